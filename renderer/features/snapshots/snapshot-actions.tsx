/** What can be done with a whole snapshot: restore, compare, hold, expire. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { useMay } from '../../client/me.ts';
import type { TimelinePoint } from '../../components/timeline-model.ts';
import { CompareChoice } from './compare-choice.tsx';
import { ExpireDialog } from './expire-dialog.tsx';
import { useHoldsGit } from './git/use-holds-git.ts';
import { HoldDialog } from './hold-dialog.tsx';
import { useSnapshot } from './snapshot-facts.tsx';
import type { SnapshotOf } from './snapshot-of.ts';
import { addressOf } from './view.ts';

type SnapshotActionsProps = {
  readonly snapshot: SnapshotOf;
  readonly newest: string;
  readonly points: readonly TimelinePoint[];
};

export function SnapshotActions({ snapshot, newest, points }: SnapshotActionsProps) {
  const [dialog, setDialog] = useState<'compare' | 'hold' | 'expire' | null>(null);
  const navigate = useNavigate();
  const close = () => setDialog(null);
  const { data } = useSnapshot(snapshot);
  const known = data?.id === snapshot.id ? data : null;
  const { repository, source, host, id } = snapshot;
  const holdsGit = useHoldsGit(snapshot);
  const registered = useLive((live) => [...live.sources.values()].find(({ name }) => name === source)?.registered);
  const inEc2 = registered?.kind === 'ec2' ? registered : undefined;
  const ofBucket = registered?.kind === 's3-bucket' ? registered : undefined;
  const mayHold = useMay((known?.hold ?? null) === null ? 'holds.hold' : 'holds.release');
  return (
    <>
      {inEc2 === undefined ? null : (
        <May call="awsRestores.create">
          <Button
            onClick={() => {
              const { account } = inEc2;
              const search = { point: id, ...(account === null ? {} : { account }) };
              void navigate({ to: '/recovery/aws', search });
            }}
          >
            Restore in AWS…
          </Button>
        </May>
      )}
      {ofBucket === undefined ? null : (
        <May call="buckets.create">
          <Button
            onClick={() => {
              const { account, region, bucket } = ofBucket;
              const place = { ...(account === null ? {} : { account }), ...(region === null ? {} : { region }) };
              void navigate({ to: '/recovery/bucket', search: { source, bucket, snapshot: id, ...place } });
            }}
          >
            Give back to a bucket…
          </Button>
        </May>
      )}
      {holdsGit ? (
        <Button
          onClick={() => {
            const search = { repository: repository.id, source, snapshot: id };
            void navigate({ to: '/snapshots/git', search: host === null ? search : { ...search, host } });
          }}
        >
          As Git
        </Button>
      ) : null}
      <Button disabled={points.length < 2} onClick={() => setDialog('compare')}>
        Compare…
      </Button>
      {mayHold ? (
        <Button disabled={known === null} onClick={() => setDialog('hold')}>
          {(known?.hold ?? null) === null ? 'Hold…' : 'Release…'}
        </Button>
      ) : null}
      <May call="upkeep.forget">
        <Button disabled={known === null} onClick={() => setDialog('expire')}>
          Expire…
        </Button>
      </May>
      <May call="restoreRuns.create">
        <Button
          variant="filled"
          onClick={() => {
            const search = { repository: repository.id, source, snapshot: id };
            void navigate({ to: '/recovery/restore', search: host === null ? search : { ...search, host } });
          }}
        >
          Restore this whole snapshot…
        </Button>
      </May>
      <CompareChoice
        snapshot={snapshot}
        newest={newest}
        points={points}
        opened={dialog === 'compare'}
        onClose={close}
        onCompare={(against) => {
          const search = { repository: repository.id, source, snapshot: id, against };
          void navigate({ to: '/snapshots', search: host === null ? search : { ...search, host } });
        }}
      />
      {known === null ? null : (
        <>
          <HoldDialog snapshot={snapshot} known={known} opened={dialog === 'hold'} onClose={close} />
          <ExpireDialog
            snapshot={snapshot}
            known={known}
            opened={dialog === 'expire'}
            onClose={close}
            onExpired={() => {
              close();
              // The address would go on to name what is gone: the newest is shown instead.
              const address = addressOf({ repository: repository.id, source, host, snapshot: null, path: null });
              void navigate({ to: '/snapshots', search: address, replace: true });
            }}
          />
        </>
      )}
    </>
  );
}
