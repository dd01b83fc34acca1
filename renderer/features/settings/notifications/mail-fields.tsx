/** What mail takes: a server, an account, addresses. */
import { Select, Textarea, TextInput } from '@mantine/core';
import styles from '../settings.module.css';
import { ports, isElsewhere, withSecurity, type RouteDraft, type Security } from './route-draft.ts';
import type { FieldsProps } from './route-form.tsx';
import { securityWords } from './route-words.ts';
import { SecretField } from './secret-field.tsx';

type MailFieldsProps = FieldsProps & { readonly onDraft: (draft: RouteDraft) => void };

const securities = ['starttls', 'tls', 'none'] as const satisfies readonly Security[];

export function MailFields({ draft, before, faults, onChange, onLeave, onDraft }: MailFieldsProps) {
  return (
    <>
      <Select
        label="Protection of the connection"
        data={securities.map((value) => ({ value, label: `${securityWords[value]} (port ${ports[value]})` }))}
        value={draft.security}
        allowDeselect={false}
        onChange={(value) => {
          const security = securities.find((one) => one === value);
          if (security !== undefined) onDraft(withSecurity(draft, security));
        }}
      />
      <div className={styles['hostPort']}>
        <TextInput
          label="Mail server"
          placeholder="mail.example.org"
          value={draft.host}
          error={faults.host}
          onChange={({ currentTarget: { value } }) => onChange({ host: value })}
          onBlur={() => onLeave('host')}
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          label="Port"
          inputMode="numeric"
          value={draft.port}
          error={faults.port}
          onChange={({ currentTarget: { value } }) => onChange({ port: value.trim() })}
          onBlur={() => onLeave('port')}
          autoComplete="off"
        />
      </div>
      <TextInput
        label="User"
        description="Empty: the server takes letters without an account."
        value={draft.user}
        maxLength={200}
        error={faults.user}
        onChange={({ currentTarget: { value } }) => onChange({ user: value })}
        onBlur={() => onLeave('user')}
        autoComplete="off"
        spellCheck={false}
      />
      {draft.user.trim() === '' ? null : (
        <SecretField
          label="Password"
          kept={before?.hasPassword === true && !isElsewhere(draft, before)}
          forgotten={before?.hasPassword === true && isElsewhere(draft, before)}
          value={draft.password}
          error={faults.password}
          onChange={(password) => onChange({ password })}
          onLeave={() => onLeave('password')}
        />
      )}
      <TextInput
        label="Sender"
        placeholder="holdfast@example.org"
        value={draft.from}
        error={faults.from}
        onChange={({ currentTarget: { value } }) => onChange({ from: value })}
        onBlur={() => onLeave('from')}
        autoComplete="off"
        spellCheck={false}
      />
      <Textarea
        label="Recipients"
        description="One a line, or with commas."
        placeholder="ops@example.org"
        autosize
        minRows={1}
        maxRows={6}
        value={draft.to}
        error={faults.to}
        onChange={({ currentTarget: { value } }) => onChange({ to: value })}
        onBlur={() => onLeave('to')}
        spellCheck={false}
      />
    </>
  );
}
