/** When the snapshot was taken and how complete it is, above its tree. */
import { Link } from '@tanstack/react-router';
import { useAnswer } from '../../client/ask.ts';
import { ConsistencyBadge } from '../../components/consistency-badge.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayRunStatus } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import type { SnapshotOf } from './snapshot-of.ts';
import styles from './snapshots.module.css';

export function useSnapshot({ repository, id }: Pick<SnapshotOf, 'repository' | 'id'>) {
  return useAnswer(
    ['browse.snapshot', repository.id, id, repository.revision],
    (client, signal) => client.browse.snapshot({ repository: { id: repository.id }, snapshot: id }, { signal }),
    { keepPrevious: true },
  );
}

export function SnapshotFacts({ snapshot }: { readonly snapshot: SnapshotOf }) {
  const { data } = useSnapshot(snapshot);
  const said = data === undefined || data.id !== snapshot.id ? null : sayRunStatus(data.status);
  return (
    <>
      <DayTime at={snapshot.takenAt} />{' '}
      {said === null || said.tone === 'good' ? null : <StatusBadge tone={said.tone}>{said.words}</StatusBadge>}
      {data === undefined || data.id !== snapshot.id ? null : <ConsistencyBadge {...data} />}
      {data?.hold === null || data?.hold === undefined ? null : (
        <StatusBadge tone="part" title={`${data.hold.reason} (${data.hold.author})`}>
          held
        </StatusBadge>
      )}
    </>
  );
}

/** Of which system snapshot it is part, where it is of one. */
export function PartOfSystem({ snapshot }: { readonly snapshot: SnapshotOf }) {
  const { data } = useSnapshot(snapshot);
  if (data === undefined || data.id !== snapshot.id || data.system === null) return null;
  return (
    <p className={styles['part']}>
      Part of{' '}
      <Link to="/snapshots/systems/$system" params={{ system: data.system }}>
        system snapshot {data.system.slice(0, 8)}
      </Link>
    </p>
  );
}

/** Why it did not hold still while it was read, where it was asked to. */
export function ConsistencyProblem({ snapshot }: { readonly snapshot: SnapshotOf }) {
  const { data } = useSnapshot(snapshot);
  if (data === undefined || data.id !== snapshot.id || data.consistencyProblem === null) return null;
  return <p className={styles['problem']}>{visibleText(data.consistencyProblem)}</p>;
}
