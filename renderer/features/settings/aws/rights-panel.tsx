/** Tries what an account may, purpose by purpose. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { awsPurposes, type AwsPurpose } from '../../../../shared/model/aws-rights.ts';
import { bucketPattern } from '../../../../shared/model/aws.ts';
import { useRightsCheck } from '../../../client/aws.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { AwsRights } from '../../../components/aws-rights.tsx';
import { asksForCode, isOfBuckets, sayPurpose } from '../../../components/aws-words.ts';
import { CodeForm } from '../../../components/code-form.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { checkCommand } from './account-commands.ts';
import { regionsOf } from './account-draft.ts';
import styles from './aws.module.css';

export function RightsPanel({ account }: { readonly account: AwsAccount }) {
  const [purpose, setPurpose] = useState<AwsPurpose>('protect');
  const [region, setRegion] = useState(account.regions[0] ?? '');
  const [typed, setTyped] = useState('');
  const live = useIsLive();
  const check = useRightsCheck();
  const buckets = isOfBuckets(purpose) ? regionsOf(typed) : [];
  const isWrong = !buckets.every((name) => bucketPattern.test(name));
  const { asking, found, problem, atMs } = check;
  const place = { account: account.name, region: region === '' ? null : region, endpoint: null };
  const ask = (code: string) => check.ask({ place, purpose, buckets, code });
  return (
    <section className={styles['policy']} aria-label={`What ${account.name} may`}>
      <form
        className={styles['fields']}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWrong && !asking) ask('');
        }}
      >
        <SegmentedControl
          aria-label="Purpose"
          data={awsPurposes.map((value) => ({ value, label: sayPurpose(value).title }))}
          value={purpose}
          onChange={setPurpose}
        />
        <div className={styles['line']}>
          {account.regions.length > 1 ? (
            <SegmentedControl aria-label="Region" data={[...account.regions]} value={region} onChange={setRegion} />
          ) : null}
          {isOfBuckets(purpose) ? (
            <TextInput
              label="Buckets to try"
              placeholder="those it may list"
              value={typed}
              error={isWrong ? 'Names of buckets, parted by spaces.' : null}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          ) : null}
          <Button type="submit" variant="filled" disabled={!live || isWrong} loading={asking}>
            Check
          </Button>
          <ShowCommand commands={[checkCommand(account.name, purpose, buckets, region)]} />
        </div>
        <p className={styles['dim']}>
          By calls that only look, and by DryRun, which AWS answers without doing anything. What cannot be tried without
          changing something is told as not tested.
        </p>
      </form>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {problem !== null && (asksForCode(account) || problem.code === 'AWS_SIGN_IN') ? (
        <CodeForm serial={account.role?.mfaSerial ?? null} busy={asking} onCode={ask} />
      ) : null}
      {asking && found === null ? <Skeleton lines={6} /> : null}
      {found === null || problem !== null ? null : <AwsRights found={found} atMs={atMs} />}
    </section>
  );
}
