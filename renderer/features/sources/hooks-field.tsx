/** Hooks to type: what runs before and after, how long each may take, and what comes of a failure. */
import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { holdFault, textFault, timeoutFault, type HookDraft, type HooksDraft } from './hooks-draft.ts';
import styles from './hooks.module.css';

type HooksFieldProps = { readonly draft: HooksDraft; readonly onChange: (change: Partial<HooksDraft>) => void };

export function HooksField({ draft, onChange }: HooksFieldProps) {
  const hasBefore = draft.before.kind !== 'none';
  return (
    <fieldset className={styles['group']}>
      <legend>Hooks</legend>
      <HookRow when="Before the capture" draft={draft.before} onChange={(before) => onChange({ before })} />
      <HookRow when="After the capture" draft={draft.after} onChange={(after) => onChange({ after })} />
      {hasBefore ? (
        <>
          <Checkbox
            checked={draft.required}
            onChange={(event) => onChange({ required: event.currentTarget.checked })}
            label="Capture nothing where the hook before fails"
            description="Without this, a snapshot is taken that is crash-consistent, and says so."
          />
          {draft.after.kind === 'none' ? null : (
            <TextInput
              label="Held for at most"
              description="Then the hook after runs, also while files are still read: the snapshot is crash-consistent."
              value={draft.hold}
              error={holdFault(draft)}
              onChange={(event) => onChange({ hold: event.currentTarget.value })}
              maw={560}
            />
          )}
        </>
      ) : null}
    </fieldset>
  );
}

const kinds: readonly { readonly value: HookDraft['kind']; readonly label: string }[] = [
  { value: 'none', label: 'nothing' },
  { value: 'command', label: 'a program' },
  { value: 'shell', label: 'a line of shell' },
  { value: 'webhook', label: 'a webhook' },
  { value: 'ssm', label: 'a script in its instances (SSM)' },
  { value: 'ssm-powershell', label: 'PowerShell in its instances (SSM)' },
];

const examples: Readonly<Record<HookDraft['kind'], string>> = {
  none: '',
  command: "/usr/local/bin/freeze --database 'main db'",
  shell: 'pg_dump main > /srv/dumps/main.sql',
  webhook: 'https://nas.example/freeze',
  ssm: 'fsfreeze --freeze /srv/data',
  'ssm-powershell': 'Suspend-Database main',
};

const labels: Readonly<Record<Exclude<HookDraft['kind'], 'none'>, string>> = {
  command: 'Program and its words',
  shell: 'Line',
  webhook: 'Address',
  ssm: 'Script',
  'ssm-powershell': 'Script',
};

type HookRowProps = {
  readonly when: string;
  readonly draft: HookDraft;
  readonly onChange: (draft: HookDraft) => void;
};

function HookRow({ when, draft, onChange }: HookRowProps) {
  const { kind, text, timeout } = draft;
  return (
    <div className={styles['row']}>
      <Select
        label={when}
        data={[...kinds]}
        value={kind}
        allowDeselect={false}
        onChange={(value) => onChange({ ...draft, kind: kinds.find((one) => one.value === value)?.value ?? 'none' })}
      />
      {kind === 'none' ? null : (
        <>
          <Textarea
            label={labels[kind]}
            placeholder={examples[kind]}
            value={text}
            error={textFault(draft)}
            onChange={(event) => onChange({ ...draft, text: event.currentTarget.value })}
            autosize
            minRows={1}
            maxRows={6}
            spellCheck={false}
            classNames={{ input: styles['mono'] ?? '' }}
          />
          <TextInput
            label="May take"
            value={timeout}
            error={timeoutFault(draft)}
            onChange={(event) => onChange({ ...draft, timeout: event.currentTarget.value })}
          />
        </>
      )}
    </div>
  );
}
