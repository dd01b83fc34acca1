/** A protected bucket in figures: what its newest snapshot holds by class, whether it keeps versions; and the way back to one. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { BucketAbout } from '../../../../shared/contract/buckets.ts';
import type { S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useIsLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../aws/aws.module.css';

const versioningWords = {
  on: 'kept for each key',
  suspended: 'no longer kept; those that were are still there',
  off: 'not kept: what is replaced there is gone',
} as const;

export function BucketPanel({ source }: { readonly source: S3BucketDefinition }) {
  const { name, bucket, account, region, endpoint } = source;
  const navigate = useNavigate();
  const live = useIsLive();
  const repository = usePrimaryRepository();
  const look = useOrder((client, id: string) =>
    client.buckets.about({ repository: { id }, source: name, bucket, place: { account, region, endpoint } }),
  );
  const problem = problemIn(look);
  const search = {
    source: name,
    bucket,
    ...(account === null ? {} : { account }),
    ...(region === null ? {} : { region }),
  };
  return (
    <Panel title="Bucket">
      <div className={styles['fields']}>
        <div className={styles['line']}>
          <May call="buckets.about">
            <Button
              disabled={!live || repository === undefined}
              loading={look.isPending}
              onClick={() => repository !== undefined && look.mutate(repository.id)}
            >
              Look at it
            </Button>
          </May>
          <May call="buckets.create">
            <Button onClick={() => void navigate({ to: '/recovery/bucket', search })}>Give back to a bucket…</Button>
          </May>
        </div>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {look.data === undefined ? null : <About about={look.data} />}
      </div>
    </Panel>
  );
}

function About({ about: { snapshot, objects, bytes, classes, versioning } }: { readonly about: BucketAbout }) {
  return (
    <Facts>
      <Fact name="Versions in S3">{versioning === null ? 'not said' : versioningWords[versioning]}</Fact>
      {snapshot === null ? (
        <Fact name="Newest snapshot">none yet</Fact>
      ) : (
        <>
          <Fact name="Newest snapshot">
            <DayTime at={snapshot.takenAt} />
          </Fact>
          <Fact name="Objects">
            {formatCount(objects)}, {formatBytes(bytes)}
          </Fact>
        </>
      )}
      {classes.map((one) => (
        <Fact key={one.storageClass} name={visibleText(one.storageClass)}>
          {formatCount(one.objects)}, {formatBytes(one.bytes)}
        </Fact>
      ))}
    </Facts>
  );
}
