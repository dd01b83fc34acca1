/** Where the credentials of an account come from: typed here, an AWS profile of the machine, or the environment. */
import { PasswordInput, Radio, TextInput } from '@mantine/core';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { isOfSession, keepsSecret, type AccountDraft, type Fault, type Faults } from './account-draft.ts';
import styles from './aws.module.css';

export type FieldsProps = {
  readonly draft: AccountDraft;
  /** The account that is changed; null: a new one. */
  readonly before: AwsAccount | null;
  /** Shown once the field was left, or somebody has tried to go on. */
  readonly faults: Faults;
  readonly onChange: (change: Partial<AccountDraft>) => void;
  readonly onLeave: (field: Fault) => void;
};

export function CredentialFields(props: FieldsProps) {
  const { draft, faults, onChange, onLeave } = props;
  return (
    <>
      <Radio.Group label="Where the credentials come from" value={draft.kind} onChange={(kind) => onChange({ kind })}>
        <div className={styles['choices']}>
          <Radio value="keys" label="Keys" description="Typed here, kept in the engine’s secret store." />
          <Radio
            value="profile"
            label="AWS profile of this machine"
            description="From ~/.aws, of the user that the engine runs as: keys, SSO, a role or a program."
          />
          <Radio
            value="environment"
            label="Environment of the engine"
            description="AWS_… variables, a container, or the role of the instance it runs on."
          />
        </div>
      </Radio.Group>
      {draft.kind === 'keys' ? <KeyFields {...props} /> : null}
      {draft.kind === 'profile' ? (
        <TextInput
          label="AWS profile"
          description="Its name in ~/.aws/config. With SSO, somebody signs in from time to time: runs by schedule are refused without."
          placeholder="default"
          value={draft.profile}
          error={faults.profile}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ profile: event.currentTarget.value })}
          onBlur={() => onLeave('profile')}
          maw={480}
        />
      ) : null}
    </>
  );
}

function KeyFields({ draft, before, faults, onChange, onLeave }: FieldsProps) {
  const kept = keepsSecret(draft, before);
  return (
    <>
      <div className={styles['pair']}>
        <TextInput
          label="Access key id"
          placeholder="AKIA…"
          value={draft.accessKeyId}
          error={faults.accessKeyId}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ accessKeyId: event.currentTarget.value })}
          onBlur={() => onLeave('accessKeyId')}
        />
        <PasswordInput
          label="Secret access key"
          placeholder={kept ? 'kept; type to replace' : ''}
          value={draft.secret}
          error={faults.secret}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ secret: event.currentTarget.value })}
          onBlur={() => onLeave('secret')}
        />
      </div>
      {isOfSession(draft) ? (
        <PasswordInput
          label="Session token"
          description="Of keys that begin with ASIA. They end by themselves: say below when."
          placeholder={kept ? 'kept with the secret' : ''}
          value={draft.sessionToken}
          error={faults.sessionToken}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ sessionToken: event.currentTarget.value })}
          onBlur={() => onLeave('sessionToken')}
        />
      ) : null}
      <div className={styles['pair']}>
        <TextInput
          type="datetime-local"
          label="Ends at"
          description="Where AWS lets it end; empty: not by itself."
          value={draft.endsAt}
          error={faults.endsAt}
          onChange={(event) => onChange({ endsAt: event.currentTarget.value })}
          onBlur={() => onLeave('endsAt')}
        />
        <TextInput
          label="To be renewed after, in days"
          description="An alert asks for it; empty: never."
          placeholder="never"
          value={draft.renewAfterDays}
          error={faults.renewAfterDays}
          inputMode="numeric"
          onChange={(event) => onChange({ renewAfterDays: event.currentTarget.value })}
          onBlur={() => onLeave('renewAfterDays')}
        />
      </div>
    </>
  );
}
