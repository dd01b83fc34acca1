/** Locks of native snapshots, and what cannot be taken back about them, by date, before it is asked for. */
import { Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Ec2Lock } from '../../../../shared/contract/aws-sources.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import styles from '../remote/remote.module.css';
import { coolOffFault, daysFault, lockOf } from './ec2-draft.ts';
import type { Ec2FieldsProps } from './target-fields.tsx';

type LockFieldsProps = Ec2FieldsProps & {
  /** The name to type before a compliance lock is asked for; null: nobody has to. */
  readonly word: string | null;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
};

export function LockFields({ draft, onChange, word, typed, onTyped }: LockFieldsProps) {
  const lock = lockOf(draft);
  return (
    <>
      <Radio.Group label="Lock" value={draft.lock} onChange={(mode) => onChange({ lock: mode })}>
        <div className={styles['group']}>
          <Radio value="none" label="None" description="Whoever may delete snapshots may delete them." />
          <Radio
            value="governance"
            label="Governance"
            description="Nobody deletes them before their time, but for whoever may unlock them. Holdfast does not ask for that right."
          />
          <Radio
            value="compliance"
            label="Compliance"
            description="Nobody deletes them before their time: not the owner of the account, and not AWS."
          />
        </div>
      </Radio.Group>
      {draft.lock === 'none' ? null : (
        <div className={styles['pair']}>
          <TextInput
            label="Locked for, in days"
            value={draft.lockDays}
            error={daysFault(draft.lockDays)}
            inputMode="numeric"
            onChange={(event) => onChange({ lockDays: event.currentTarget.value })}
          />
          {draft.lock === 'compliance' ? (
            <TextInput
              label="Cool-off, in hours"
              description="As long as it can be taken back; empty: not at all."
              placeholder="none"
              value={draft.coolOffHours}
              error={coolOffFault(draft.coolOffHours)}
              inputMode="numeric"
              onChange={(event) => onChange({ coolOffHours: event.currentTarget.value })}
            />
          ) : null}
        </div>
      )}
      {lock?.mode === 'compliance' ? <ComplianceWarning lock={lock} /> : null}
      {word === null ? null : (
        <TextInput
          label={
            <>
              Type <b>{word}</b> to confirm the compliance lock
            </>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onTyped(event.currentTarget.value)}
          maw={360}
        />
      )}
    </>
  );
}

const hourMs = 3_600_000;

function ComplianceWarning({ lock }: { readonly lock: Ec2Lock }) {
  const [nowMs] = useState(() => Date.now());
  const { days, coolOffHours } = lock;
  const end = nowMs + days * 24 * hourMs;
  return (
    <Notice tone="fail" title="A compliance lock cannot be lifted once its cool-off is over">
      {coolOffHours === null ? (
        <>It has no cool-off: it holds from the moment it is set. </>
      ) : (
        <>
          Of a snapshot that is locked now, it can be taken back until{' '}
          <b>
            <DayTime at={nowMs + coolOffHours * hourMs} />
          </b>
          .{' '}
        </>
      )}
      From then on nobody can shorten or remove it, neither you nor the owner of the account nor AWS. A snapshot that is
      complete now could be deleted on{' '}
      <b>
        <DayTime at={end} />
      </b>{' '}
      at the earliest, and one of each later run {days === 1 ? 'a day' : `${days} days`} after it; all are paid for
      until then.
    </Notice>
  );
}
