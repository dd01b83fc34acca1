/** What the identity that a source in AWS is read as may there: tried by a button, nothing is changed. */
import { isGuestHook } from '../../../../shared/model/hooks.ts';
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Ec2Definition, S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import type { AwsPurpose } from '../../../../shared/model/aws-rights.ts';
import { useAwsAccounts, useRightsCheck } from '../../../client/aws.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { AwsRights } from '../../../components/aws-rights.tsx';
import { asksForCode, sayAccount, sayPurpose } from '../../../components/aws-words.ts';
import { CodeForm } from '../../../components/code-form.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../remote/remote.module.css';
import { placeDraftOf, placeOf } from './place-draft.ts';

type Props = { readonly source: Ec2Definition | S3BucketDefinition };

export function SourceRightsPanel({ source }: Props) {
  const purposes = purposesOf(source);
  const [purpose, setPurpose] = useState<AwsPurpose>(purposes[0] ?? 'protect');
  const live = useIsLive();
  const check = useRightsCheck();
  const account = useAwsAccounts().data?.accounts.find(({ name }) => name === source.account);
  const { asking, found, problem, atMs } = check;
  const hasDevice = account !== undefined && asksForCode(account);
  const buckets = source.kind === 's3-bucket' ? [source.bucket] : [];
  const ask = (code: string) => check.ask({ place: placeOf(placeDraftOf(source)), purpose, buckets, code });
  return (
    <Panel title="What it may in AWS">
      <div className={styles['fields']}>
        <div className={styles['line']}>
          <SegmentedControl
            aria-label="Purpose"
            data={purposes.map((value) => ({ value, label: sayPurpose(value).title }))}
            value={purpose}
            onChange={setPurpose}
          />
          <Button disabled={!live} loading={asking} onClick={() => ask('')}>
            {found === null ? 'Check its rights' : 'Check again'}
          </Button>
          <span className={styles['dim']}>As {visibleText(sayAccount(source.account))}.</span>
        </div>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {problem !== null && (hasDevice || problem.code === 'AWS_SIGN_IN') ? (
          <CodeForm serial={account?.role?.mfaSerial ?? null} busy={asking} onCode={ask} />
        ) : null}
        {asking && found === null ? <Skeleton lines={6} /> : null}
        {found === null || problem !== null ? null : <AwsRights found={found} atMs={atMs} />}
      </div>
    </Panel>
  );
}

function purposesOf(source: Ec2Definition | S3BucketDefinition): readonly AwsPurpose[] {
  if (source.kind === 's3-bucket') return ['bucket', 'give-back'];
  const { before, after } = source.commands;
  const hooks = isGuestHook(before) || isGuestHook(after) ? (['hooks'] as const) : [];
  return ['protect', ...(source.offCloud ? (['off-cloud'] as const) : []), ...hooks, 'restore'];
}
