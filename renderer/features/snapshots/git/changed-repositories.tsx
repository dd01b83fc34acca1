/** The Git repositories whose refs differ between two snapshots, told from the lists of refs that lie beside them. */
import { useMemo } from 'react';
import type { Connection } from '../../../../shared/contract/repositories.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { collect } from '../../../client/collect.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { changedRepositories, type ChangedRepository } from './changed-model.ts';

type ChangedRepositoriesProps = {
  readonly repository: Connection;
  readonly before: string;
  readonly after: string;
  readonly onOpen: (path: string) => void;
};

const said = {
  added: { tone: 'good', words: 'new' },
  removed: { tone: 'part', words: 'not there any more' },
  changed: { tone: 'none', words: 'refs differ' },
  history: { tone: 'part', words: 'history lost' },
} as const;

const columns: readonly Column<ChangedRepository>[] = [
  {
    id: 'change',
    header: 'Change',
    width: '180px',
    cell: ({ change }) => <StatusBadge tone={said[change].tone}>{said[change].words}</StatusBadge>,
    sortBy: ({ change }) => said[change].words,
  },
  {
    id: 'name',
    header: 'Repository',
    width: 'minmax(200px, 1fr)',
    cell: ({ path }) => <PathText path={path.replace(/\.git$/, '')} />,
    sortBy: ({ path }) => path,
  },
];

/** More are not looked through. */
const listed = 200_000;

export function ChangedRepositories({ repository, before, after, onOpen }: ChangedRepositoriesProps) {
  const answer = useAnswer(
    ['snapshots.diff', 'git', repository.id, before, after],
    async (client, signal) => {
      const { items, result } = await collect(
        client.snapshots.diff({ repository: { id: repository.id }, before, after }, { signal }),
        {
          itemsOf: (event) => (event.type === 'entries' ? event.entries : []),
          resultOf: (event) => (event.type === 'done' ? event.result : null),
          atMost: listed,
        },
      );
      return { changed: changedRepositories(items), whole: result !== null };
    },
    { staleTimeMs: Infinity },
  );
  const problem = problemIn(answer);
  const rows = useMemo(() => answer.data?.changed ?? [], [answer.data]);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={8} label="Comparing the snapshots" />;
  return (
    <>
      {answer.data.whole ? null : (
        <Notice tone="part" title="There may be more">
          The snapshots differ in more files than were looked through.
        </Notice>
      )}
      <Panel fill flush>
        <DataTable
          label="Repositories whose refs differ"
          columns={columns}
          rows={rows}
          keyOf={({ path }) => path}
          onOpen={({ path, change }) => change !== 'removed' && onOpen(path)}
          empty={
            <EmptyState title="No ref differs">
              Every branch and tag of every repository is where it was in the older snapshot.
            </EmptyState>
          }
        />
      </Panel>
    </>
  );
}
