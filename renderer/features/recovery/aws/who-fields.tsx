/** As whom a restore asks AWS: a registered account, or keys for this restore alone. */
import { PasswordInput, Radio, Select, TextInput } from '@mantine/core';
import { useAwsAccounts } from '../../../client/aws.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { endpointFault, regionFault } from './aws-draft.ts';
import styles from './aws.module.css';
import type { AwsFieldsProps } from './want-fields.tsx';

type WhoFieldsProps = AwsFieldsProps & {
  /** Of a run that is planned already: where it is done is known. */
  readonly onlyWho?: boolean;
};

export function WhoFields({ draft, onChange, onlyWho = false }: WhoFieldsProps) {
  const accounts = useAwsAccounts().data?.accounts ?? [];
  return (
    <>
      <Radio.Group label="As whom" value={draft.by} onChange={(by) => onChange({ by })}>
        <div className={styles['choices']}>
          <Radio value="account" label="A registered account" description="It needs the rights to restore." />
          <Radio
            value="keys"
            label="Keys for this restore alone"
            description="With the policy to restore. They are used now, and kept nowhere."
          />
        </div>
      </Radio.Group>
      {draft.by === 'account' ? (
        <Select
          label="AWS account"
          data={[
            { value: '', label: 'What this machine says by itself' },
            ...accounts.map(({ name, identity }) => ({
              value: name,
              label: identity === null ? visibleText(name) : `${visibleText(name)} (${identity.account})`,
            })),
          ]}
          value={draft.account}
          allowDeselect={false}
          onChange={(account) => onChange({ account: account ?? '' })}
          maw={420}
        />
      ) : (
        <Keys draft={draft} onChange={onChange} />
      )}
      {onlyWho ? null : <WhereFields draft={draft} onChange={onChange} />}
    </>
  );
}

function WhereFields({ draft, onChange }: AwsFieldsProps) {
  const isOwn = draft.by === 'keys' || draft.account === '';
  return (
    <div className={styles['pair']}>
      <TextInput
        label="Region"
        description="Where it is restored. Empty: the usual one."
        placeholder="eu-central-1"
        value={draft.region}
        error={regionFault(draft.region)}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ region: event.currentTarget.value })}
      />
      {isOwn ? (
        <TextInput
          label="Endpoint"
          description="Empty: AWS itself."
          placeholder="AWS itself"
          value={draft.endpoint}
          error={endpointFault(draft.endpoint)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
        />
      ) : null}
    </div>
  );
}

function Keys({ draft, onChange }: AwsFieldsProps) {
  return (
    <div className={styles['pair']}>
      <TextInput
        label="Access key id"
        placeholder="AKIA… or ASIA…"
        value={draft.accessKeyId}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ accessKeyId: event.currentTarget.value })}
      />
      <PasswordInput
        label="Secret access key"
        value={draft.secret}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
      <PasswordInput
        label="Session token"
        placeholder="none"
        value={draft.sessionToken}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ sessionToken: event.currentTarget.value })}
      />
    </div>
  );
}
