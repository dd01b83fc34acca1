/** What was sent by a route, and what became of it, newest first. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Delivery, Route } from '../../../../shared/contract/routes.ts';
import { usePages } from '../../../client/ask.ts';
import { useLive } from '../../../client/live-store.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { RelativeTime, ShortTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { messageWords, sayDelivery } from './route-words.ts';

export function DeliveriesTable({ route: { id, name } }: { readonly route: Route }) {
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['routes.deliveries', id],
    (client, before: string | undefined, signal) =>
      client.routes.deliveries({ route: id, limit: 100, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ deliveries, more }) => (more ? deliveries.at(-1)?.id : undefined),
  );
  const rows = useMemo(() => pages.flatMap(({ deliveries }) => deliveries), [pages]);
  return (
    <div className={styles['deliveries']}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      <DataTable
        label={`Deliveries by ${visibleText(name)}`}
        columns={columns}
        rows={rows}
        keyOf={(row) => row.id}
        loading={waiting && problem === null}
        failed={problem !== null}
        onEnd={fetchMore}
        maxHeight={320}
        empty={<EmptyState title="Nothing was sent by it yet" />}
      />
    </div>
  );
}

const columns: readonly Column<Delivery>[] = [
  { id: 'at', header: 'Since', width: '96px', cell: ({ at }) => <ShortTime at={at} /> },
  { id: 'kind', header: 'Message', width: 'minmax(150px, 1fr)', cell: (row) => <About delivery={row} /> },
  {
    id: 'state',
    header: 'State',
    width: '104px',
    cell: (row) => {
      const { tone, words } = sayDelivery(row);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  { id: 'attempts', header: 'Attempts', width: '76px', align: 'end', cell: ({ attempts }) => attempts },
  {
    id: 'next',
    header: 'Next try',
    width: '96px',
    cell: ({ nextAt, state }) => (nextAt === null || state !== 'queued' ? '–' : <RelativeTime at={nextAt} />),
  },
  {
    id: 'problem',
    header: 'Problem',
    width: 'minmax(150px, 1fr)',
    cell: ({ problem }) => (problem === null ? null : <span title={visibleText(problem)}>{visibleText(problem)}</span>),
  },
];

/** What an alert says is known here while it is open; its screen has the rest. */
function About({ delivery: { kind, alert } }: { readonly delivery: Delivery }) {
  const title = useLive((live) => (alert === null ? undefined : live.alerts.get(alert)?.title));
  const words = messageWords(kind);
  if (alert === null) return words;
  return (
    <Link to="/alerts" search={{ alert }} tabIndex={-1}>
      {title === undefined ? words : `${words}: ${visibleText(title)}`}
    </Link>
  );
}
