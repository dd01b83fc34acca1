/** What a webhook takes: an address, the form of its messages, and how Holdfast signs in there. */
import { SegmentedControl, TextInput } from '@mantine/core';
import styles from '../settings.module.css';
import { AddressField, HeaderFields } from './address-fields.tsx';
import { isElsewhere, type Authentication, type Format } from './route-draft.ts';
import type { FieldsProps } from './route-form.tsx';
import { formatWords } from './route-words.ts';
import { SecretField } from './secret-field.tsx';

const formats = ['json', 'slack', 'ntfy'] as const satisfies readonly Format[];
const explained: Readonly<Record<Format, string>> = {
  json: 'One request for each alert, with all its facts, for a program.',
  slack: 'One message for several alerts, as incoming webhooks of Slack and Mattermost take it.',
  ntfy: 'The address ends in the topic, such as https://ntfy.sh/my-topic.',
};
const authentications: { readonly value: Authentication; readonly label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'basic', label: 'User and password' },
  { value: 'bearer', label: 'Token' },
];

export function WebhookFields(props: FieldsProps) {
  const { draft, before, faults, onChange, onLeave } = props;
  const elsewhere = isElsewhere(draft, before);
  const had = before?.hasPassword === true;
  return (
    <>
      <div className={styles['labelled']}>
        <span id="webhook-format">Messages for</span>
        <SegmentedControl
          aria-labelledby="webhook-format"
          data={formats.map((value) => ({ value, label: formatWords[value] }))}
          value={draft.format}
          onChange={(format) => onChange({ format })}
        />
        <span className={styles['aside']}>{explained[draft.format]}</span>
      </div>
      <AddressField {...props} />
      <div className={styles['labelled']}>
        <span id="webhook-authentication">Authentication</span>
        <SegmentedControl
          aria-labelledby="webhook-authentication"
          data={authentications}
          value={draft.authentication}
          onChange={(authentication) => onChange({ authentication })}
        />
      </div>
      {draft.authentication === 'basic' ? (
        <TextInput
          label="User"
          value={draft.user}
          maxLength={200}
          error={faults.user}
          onChange={({ currentTarget: { value } }) => onChange({ user: value })}
          onBlur={() => onLeave('user')}
          autoComplete="off"
          spellCheck={false}
        />
      ) : null}
      {draft.authentication === 'none' ? null : (
        <SecretField
          label={draft.authentication === 'basic' ? 'Password' : 'Token'}
          kept={had && !elsewhere}
          forgotten={had && elsewhere}
          value={draft.password}
          error={faults.password}
          onChange={(password) => onChange({ password })}
          onLeave={() => onLeave('password')}
        />
      )}
      <HeaderFields {...props} />
    </>
  );
}
