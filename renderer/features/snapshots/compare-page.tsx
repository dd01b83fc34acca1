/** Two snapshots of a source side by side: what was added, changed and removed from the older to the newer one. */
import { Button, SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { DiffEntry } from '../../../shared/contract/diff.ts';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { putInBasket } from '../../client/basket.ts';
import { collect } from '../../client/collect.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { absoluteTime } from '../../components/format-time.ts';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { sayChange, shownChanges, type Shown } from './changes.ts';
import { useSnapshot } from './snapshot-facts.tsx';
import { addressOf } from './view.ts';
import styles from './snapshots.module.css';

type ComparePageProps = {
  readonly repository: Connection;
  readonly source: string;
  readonly host: string | null;
  readonly snapshot: string;
  readonly against: string;
};

/** More are counted, not listed. */
const listed = 50_000;

const columns: readonly Column<DiffEntry>[] = [
  {
    id: 'change',
    header: 'Change',
    width: '130px',
    cell: ({ change }) => <StatusBadge tone={sayChange(change).tone}>{sayChange(change).words}</StatusBadge>,
    sortBy: ({ change }) => change,
  },
  {
    id: 'path',
    header: 'Path',
    width: 'minmax(240px, 1fr)',
    cell: ({ path }) => <PathText path={path} />,
    sortBy: ({ path }) => path,
  },
  {
    id: 'before',
    header: 'Was',
    width: '100px',
    align: 'end',
    cell: ({ before }) => (before?.type === 'file' ? <Bytes value={before.size} /> : null),
    sortBy: ({ before }) => before?.size ?? null,
  },
  {
    id: 'after',
    header: 'Is',
    width: '100px',
    align: 'end',
    cell: ({ after }) => (after?.type === 'file' ? <Bytes value={after.size} /> : null),
    sortBy: ({ after }) => after?.size ?? null,
  },
];

export function ComparePage({ repository, source, host, snapshot, against }: ComparePageProps) {
  const navigate = useNavigate();
  const [shown, setShown] = useState<Shown>('all');
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const one = useSnapshot({ repository, id: snapshot });
  const other = useSnapshot({ repository, id: against });
  const sides = [one.data, other.data].filter((side) => side !== undefined);
  const [before, after] = sides.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
  const answer = useAnswer(
    ['snapshots.diff', repository.id, before?.id, after?.id],
    (client, signal) =>
      collect(
        client.snapshots.diff(
          { repository: { id: repository.id }, before: before?.id ?? '', after: after?.id ?? '' },
          { signal },
        ),
        {
          itemsOf: (event) => (event.type === 'entries' ? event.entries : []),
          resultOf: (event) => (event.type === 'done' ? event.result : null),
          atMost: listed,
        },
      ),
    { enabled: before !== undefined && after !== undefined, staleTimeMs: Infinity },
  );
  const rows = useMemo(() => shownChanges(answer.data?.items ?? [], shown), [answer.data, shown]);
  const problem = problemIn(one) ?? problemIn(other) ?? problemIn(answer);
  const time = (side: typeof before) => (side === undefined ? '…' : absoluteTime(Date.parse(side.takenAt)));
  const result = answer.data?.result ?? null;
  const putOld = () => {
    if (before === undefined) return;
    const chosen = rows.filter(({ path, before: was }) => checked.has(path) && was !== null);
    putInBasket(
      chosen.map(({ path, before: was }) => ({
        repository: repository.id,
        snapshot: before.id,
        takenAt: before.takenAt,
        source,
        path,
        type: was?.type ?? 'file',
        bytes: was?.type === 'file' ? was.size : null,
      })),
    );
    setChecked(new Set());
  };
  return (
    <Page
      title={<PathText path={source} />}
      windowTitle={`Compare · ${visibleText(source)}`}
      sub={`From ${time(before)} to ${time(after)}`}
      actions={
        <>
          {before === undefined || after === undefined ? null : (
            <ShowCommand
              commands={[
                ['holdfast', 'diff', before.id.slice(0, 8), after.id.slice(0, 8), '--repository', repository.location],
              ]}
              restic={[['restic', '-r', repository.location, 'diff', before.id.slice(0, 8), after.id.slice(0, 8)]]}
            />
          )}
          <Button disabled={checked.size === 0} onClick={putOld}>
            Put the older version into the basket
          </Button>
          <Button
            onClick={() => {
              const search = addressOf({ repository: repository.id, source, host, snapshot, path: null });
              void navigate({ to: '/snapshots', search });
            }}
          >
            Back to the snapshot
          </Button>
        </>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {problem === null && answer.data === undefined ? <Skeleton lines={8} /> : null}
      {result === null && answer.data !== undefined ? (
        <Notice tone="part" title="There are more changes than can be shown here">
          The first <Count value={listed} /> are listed. The command line lists all of them.
        </Notice>
      ) : null}
      {answer.data === undefined ? null : (
        <Panel fill flush>
          <div className={styles['bar']}>
            {result === null ? null : (
              <div className={`${styles['counts'] ?? ''} ${styles['grow'] ?? ''}`}>
                <span>
                  <Count value={result.added} /> added
                </span>
                <span>
                  <Count value={result.changed + result.typeChanged} /> changed
                </span>
                <span>
                  <Count value={result.removed} /> removed
                </span>
                <span className={styles['dim']}>
                  + <Bytes value={result.addedBytes} />, − <Bytes value={result.removedBytes} />
                </span>
              </div>
            )}
            <SegmentedControl
              aria-label="Which changes are shown"
              data={[
                { value: 'all', label: 'All' },
                { value: 'added', label: 'Added' },
                { value: 'changed', label: 'Changed' },
                { value: 'removed', label: 'Removed' },
              ]}
              value={shown}
              onChange={(value) => setShown(value)}
            />
          </div>
          <DataTable
            label="Changes"
            columns={columns}
            rows={rows}
            keyOf={({ path }) => path}
            selection={{ keys: checked, onChange: setChecked }}
            empty={
              <EmptyState title="Nothing differs">Both snapshots hold the same files with the same content.</EmptyState>
            }
          />
        </Panel>
      )}
    </Page>
  );
}
