/** From when: which snapshot of the source. Items of a basket each have theirs already. */
import { Button } from '@mantine/core';
import type { BasketItem } from '../../client/basket.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime, ShortTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Timeline } from '../../components/timeline.tsx';
import { sayRunStatus } from '../../components/tone.ts';
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import styles from './recovery.module.css';

type StepWhenProps = {
  readonly items: readonly BasketItem[];
  /** Each item has its moment, which is changed where it was put together. */
  readonly fixed: boolean;
  readonly onChange: (items: readonly BasketItem[]) => void;
  readonly onNext: () => void;
  readonly onBack: () => void;
};

const columns: readonly Column<KnownSnapshot>[] = [
  { id: 'taken', header: 'Taken', width: '150px', cell: ({ takenAt }) => <ShortTime at={takenAt} /> },
  { id: 'age', header: 'Age', width: '120px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
  {
    id: 'status',
    header: 'It is',
    width: 'minmax(150px, 1fr)',
    cell: ({ status }) => <StatusBadge tone={sayRunStatus(status).tone}>{sayRunStatus(status).words}</StatusBadge>,
  },
  { id: 'files', header: 'Files', width: '90px', align: 'end', cell: ({ files }) => <Count value={files} /> },
  { id: 'bytes', header: 'Size', width: '100px', align: 'end', cell: ({ bytes }) => <Bytes value={bytes} /> },
];

export function StepWhen({ items, fixed, onChange, onNext, onBack }: StepWhenProps) {
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
              <ShortTime at={takenAt} />
            </li>
          ))}
        </ul>
        <Buttons onNext={onNext} onBack={onBack} ready={items.length > 0} />
      </Panel>
    );
  }
  return <ChooseSnapshot item={item} onChange={onChange} onNext={onNext} onBack={onBack} />;
}

function ChooseSnapshot({
  item,
  onChange,
  onNext,
  onBack,
}: Omit<StepWhenProps, 'items' | 'fixed'> & { readonly item: BasketItem }) {
  const answer = useAnswer(['browse.snapshots', item.repository, item.source], (client, signal) =>
    client.browse.snapshots({ repository: { id: item.repository }, source: item.source, limit: 500 }, { signal }),
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={6} />;
  const { snapshots, total } = answer.data;
  const chosen = snapshots.find(({ id }) => id === item.snapshot);
  const choose = ({ id, takenAt }: Pick<KnownSnapshot, 'id' | 'takenAt'>) =>
    onChange([{ ...item, snapshot: id, takenAt }]);
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
        columns={columns}
        rows={snapshots}
        keyOf={({ id }) => id}
        currentKey={item.snapshot}
        onCurrent={(snapshot) => {
          if (snapshot.id !== item.snapshot) choose(snapshot);
        }}
        maxHeight={320}
      />
      {chosen?.status === 'partial' ? (
        <Notice tone="part" title="This snapshot is partial">
          Something could not be read when it was taken. What is missing is named in the run that took it; an older
          snapshot may have it.
        </Notice>
      ) : null}
      <Buttons onNext={onNext} onBack={onBack} ready={chosen !== undefined || item.snapshot !== ''} />
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
