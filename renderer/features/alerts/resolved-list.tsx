/** Alerts that are over, newest first, page by page. */
import { useMemo } from 'react';
import { usePages } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { resolvedColumns } from './columns.tsx';

type ResolvedListProps = {
  /** Id of the one that the address asks for. */
  readonly wanted: string | undefined;
};

export function ResolvedList({ wanted }: ResolvedListProps) {
  const repositories = useLive((live) => live.repositories);
  // Another question once an alert has come or gone.
  const open = useLive((live) => live.alerts);
  const print = useMemo(() => [...open.keys()].sort().join(''), [open]);
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['alerts.list', 'resolved', print],
    (client, before: string | undefined, signal) =>
      client.alerts.list({ resolved: true, limit: 200, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ alerts, more }) => (more ? alerts.at(-1)?.id : undefined),
  );
  const rows = useMemo(() => pages.flatMap(({ alerts }) => alerts), [pages]);
  const columns = useMemo(() => resolvedColumns(repositories), [repositories]);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      <Panel flush fill>
        <DataTable
          label="Resolved alerts"
          columns={columns}
          rows={rows}
          rowHeight={48}
          keyOf={({ id }) => id}
          currentKey={wanted}
          loading={waiting && problem === null}
          failed={problem !== null}
          onEnd={fetchMore}
          empty={<EmptyState title="Nothing is resolved yet">What is over is kept here for 400 days.</EmptyState>}
        />
      </Panel>
    </>
  );
}
