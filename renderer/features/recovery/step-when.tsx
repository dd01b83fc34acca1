/** From when: which snapshot of the source. Items of a basket each have theirs already. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { BasketItem } from '../../client/basket.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime, DayTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Timeline } from '../../components/timeline.tsx';
import { sayRunStatus } from '../../components/tone.ts';
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import { PointDetails, PointLine } from './points/point-notes.tsx';
import { usePoints, type PointOf } from './points/use-points.ts';
import styles from './recovery.module.css';

type StepWhenProps = {
  readonly items: readonly BasketItem[];
  /** The machine whose source it is; null: whichever. */
  readonly host: string | null;
  /** Each item has its moment, which is changed where it was put together. */
  readonly fixed: boolean;
  readonly onChange: (items: readonly BasketItem[]) => void;
  readonly onNext: () => void;
  readonly onBack: () => void;
};

const columnsWith = (pointOf: PointOf): readonly Column<KnownSnapshot>[] => [
  { id: 'taken', header: 'Taken', width: '165px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'age', header: 'Age', width: '90px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
  {
    id: 'status',
    header: 'What decides',
    width: 'minmax(220px, 1fr)',
    cell: ({ id, status }) => {
      const point = pointOf(id);
      if (point !== undefined) return <PointLine point={point} />;
      return <StatusBadge tone={sayRunStatus(status).tone}>{sayRunStatus(status).words}</StatusBadge>;
    },
  },
  { id: 'files', header: 'Files', width: '80px', align: 'end', cell: ({ files }) => <Count value={files} /> },
  { id: 'bytes', header: 'Size', width: '90px', align: 'end', cell: ({ bytes }) => <Bytes value={bytes} /> },
];

export function StepWhen({ items, host, fixed, onChange, onNext, onBack }: StepWhenProps) {
  const [item] = items;
  if (fixed || item === undefined) {
    return (
      <Panel title="When: each path as of its own snapshot">
        <ul className={styles['list']}>
          {items.map(({ repository, snapshot, path, takenAt }) => (
            <li key={`${repository} ${snapshot} ${path}`}>
              <span className={styles['grow']}>
                <PathText path={path} />
              </span>
              <DayTime at={takenAt} />
            </li>
          ))}
        </ul>
        <Buttons onNext={onNext} onBack={onBack} ready={items.length > 0} />
      </Panel>
    );
  }
  return <ChooseSnapshot item={item} host={host} onChange={onChange} onNext={onNext} onBack={onBack} />;
}

function ChooseSnapshot({
  item,
  host,
  onChange,
  onNext,
  onBack,
}: Omit<StepWhenProps, 'items' | 'fixed'> & { readonly item: BasketItem }) {
  const answer = useAnswer(['browse.snapshots', item.repository, item.source, host], (client, signal) =>
    client.browse.snapshots(
      {
        repository: { id: item.repository },
        source: item.source,
        limit: 500,
        ...(host === null ? {} : { hostname: host }),
      },
      { signal },
    ),
  );
  // What an address asked for may be older than all that are listed here.
  const asked = useAnswer(['browse.snapshot', item.repository, item.snapshot], (client, signal) =>
    client.browse.snapshot({ repository: { id: item.repository }, snapshot: item.snapshot }, { signal }),
  );
  const pointOf = usePoints(item.source, host);
  const moment = asked.data?.takenAt;
  useEffect(() => {
    if (moment !== undefined && moment !== item.takenAt) onChange([{ ...item, takenAt: moment }]);
  }, [moment, item, onChange]);
  const problem = problemIn(answer) ?? problemIn(asked);
  if (problem !== null) {
    const again = () => void Promise.all([answer.refetch(), asked.refetch()]);
    return <ErrorNotice problem={problem} onRetry={again} />;
  }
  if (answer.data === undefined) return <Skeleton lines={6} />;
  const { snapshots, total } = answer.data;
  const chosen = snapshots.find(({ id }) => id === item.snapshot) ?? asked.data;
  const choose = ({ id, takenAt }: Pick<KnownSnapshot, 'id' | 'takenAt'>) =>
    onChange([{ ...item, snapshot: id, takenAt }]);
  const point = chosen === undefined ? undefined : pointOf(chosen.id);
  const points = snapshots.toReversed().map(({ id, takenAt, bytes, status, hold }) => ({
    key: id,
    at: Date.parse(takenAt),
    weight: bytes,
    tone: hold !== null ? ('held' as const) : status === 'partial' ? ('partial' as const) : ('plain' as const),
  }));
  return (
    <Panel title="When" aside={total > snapshots.length ? `the newest ${snapshots.length} of ${total}` : undefined}>
      <Timeline
        label="Snapshots of the source"
        points={points}
        selected={item.snapshot}
        onSelect={({ key, at }) => choose({ id: key, takenAt: new Date(at).toISOString() })}
      />
      <DataTable
        label="Snapshots"
        columns={columnsWith(pointOf)}
        rows={snapshots}
        keyOf={({ id }) => id}
        currentKey={item.snapshot}
        onCurrent={(snapshot) => {
          if (snapshot.id !== item.snapshot) choose(snapshot);
        }}
        maxHeight={320}
      />
      {point === undefined ? null : <PointDetails key={point.id} point={point} />}
      {chosen?.status === 'partial' ? (
        <Notice tone="part" title="This snapshot is partial">
          Something could not be read when it was taken. What is missing is named in the run that took it; an older
          snapshot may have it.
        </Notice>
      ) : null}
      <Buttons onNext={onNext} onBack={onBack} ready={chosen !== undefined} />
    </Panel>
  );
}

type ButtonsProps = { readonly onNext: () => void; readonly onBack: () => void; readonly ready: boolean };

function Buttons({ onNext, onBack, ready }: ButtonsProps) {
  return (
    <div className={styles['actions']}>
      <Button onClick={onBack}>Back</Button>
      <Button variant="filled" disabled={!ready} onClick={onNext}>
        Next
      </Button>
    </div>
  );
}
