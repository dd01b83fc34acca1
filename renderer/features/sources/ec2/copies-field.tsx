/** Copies of native snapshots in other regions or accounts, each kept for a time of its own. */
import { Button, Select, TextInput } from '@mantine/core';
import { useAwsAccounts } from '../../../client/aws.ts';
import { visibleText } from '../../../components/visible-text.ts';
import awsStyles from '../aws/aws.module.css';
import styles from '../remote/remote.module.css';
import { copyFault, emptyCopy, type CopyDraft } from './ec2-draft.ts';
import type { Ec2FieldsProps } from './target-fields.tsx';

const most = 10;

export function CopiesField({ draft, onChange }: Ec2FieldsProps) {
  const accounts = useAwsAccounts().data?.accounts ?? [];
  const { copies } = draft;
  const set = (at: number, change: Partial<CopyDraft>) =>
    onChange({ copies: copies.map((copy, index) => (index === at ? { ...copy, ...change } : copy)) });
  return (
    <fieldset className={styles['group']}>
      <legend>Copies</legend>
      <p className={styles['dim']}>
        A snapshot alone lies in one region and one account. A copy elsewhere outlives both; AWS counts it in full, and
        its transfer.
      </p>
      {copies.length === 0 ? null : (
        <ul className={awsStyles['copies']}>
          {copies.map((copy, at) => (
            <li key={at} className={awsStyles['copy']}>
              <CopyRow
                copy={copy}
                number={at + 1}
                names={accounts.map(({ name }) => name)}
                onChange={(change) => set(at, change)}
                onRemove={() => onChange({ copies: copies.filter((_, index) => index !== at) })}
              />
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button disabled={copies.length >= most} onClick={() => onChange({ copies: [...copies, emptyCopy] })}>
          Add a copy
        </Button>
      </div>
    </fieldset>
  );
}

type CopyRowProps = {
  readonly copy: CopyDraft;
  readonly number: number;
  readonly names: readonly string[];
  readonly onChange: (change: Partial<CopyDraft>) => void;
  readonly onRemove: () => void;
};

function CopyRow({ copy, number, names, onChange, onRemove }: CopyRowProps) {
  const faults = copyFault(copy);
  const known = [...new Set([...names, ...(copy.account === '' ? [] : [copy.account])])];
  return (
    <>
      <TextInput
        label="Region"
        aria-label={`Region of copy ${number}`}
        placeholder="eu-west-1"
        value={copy.region}
        error={faults.region}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ region: event.currentTarget.value })}
      />
      <Select
        label="In the account"
        aria-label={`Account of copy ${number}`}
        data={[{ value: '', label: 'the same' }, ...known.map((value) => ({ value, label: visibleText(value) }))]}
        value={copy.account}
        allowDeselect={false}
        onChange={(account) => onChange({ account: account ?? '' })}
      />
      <TextInput
        label="Kept, in days"
        aria-label={`Days that copy ${number} is kept`}
        placeholder="as the snapshot"
        value={copy.keepDays}
        error={faults.keepDays}
        inputMode="numeric"
        onChange={(event) => onChange({ keepDays: event.currentTarget.value })}
      />
      <TextInput
        label="KMS key"
        aria-label={`KMS key of copy ${number}`}
        placeholder="that of the region"
        value={copy.kmsKey}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ kmsKey: event.currentTarget.value })}
      />
      <Button aria-label={`Take out copy ${number}`} onClick={onRemove}>
        Take out
      </Button>
    </>
  );
}
