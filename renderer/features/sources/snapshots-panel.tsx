/** The snapshots of a source, newest first, page by page. */
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { usePages } from '../../client/ask.ts';
import { useLive, usePrimaryRepository } from '../../client/live-store.ts';
import { ConsistencyBadge } from '../../components/consistency-badge.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel, Tag } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime, DayTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayRunStatus } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';

const pageSize = 200;

const columns: readonly Column<KnownSnapshot>[] = [
  { id: 'taken', header: 'Taken', width: '164px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'age', header: 'Age', width: '126px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
  {
    id: 'status',
    header: 'State',
    width: 'minmax(240px, 1fr)',
    cell: ({ status, hold, state, consistency, consistencyProblem }) => {
      const { tone, words } = sayRunStatus(status);
      return (
        <>
          <StatusBadge tone={tone}>{words}</StatusBadge>{' '}
          <ConsistencyBadge consistency={consistency} consistencyProblem={consistencyProblem} />{' '}
          {hold === null ? null : (
            <span title={visibleText(hold.reason)}>
              <Tag>held</Tag>
            </span>
          )}
          {state === 'unreadable' ? <StatusBadge tone="fail">unreadable</StatusBadge> : null}
        </>
      );
    },
  },
  { id: 'files', header: 'Files', width: '76px', align: 'end', cell: ({ files }) => <Count value={files} /> },
  { id: 'bytes', header: 'Size', width: '96px', align: 'end', cell: ({ bytes }) => <Bytes value={bytes} /> },
  {
    id: 'id',
    header: 'Id',
    width: 'minmax(84px, 1fr)',
    cell: ({ id }) => <PathText path={id.slice(0, 8)} shorten={false} mono />,
  },
];

export function SnapshotsPanel({ source }: { readonly source: SourceState }) {
  const { name, hostname, newest } = source;
  const primary = usePrimaryRepository();
  const id = newest?.repository ?? primary?.id ?? '';
  const revision = useLive((live) => live.repositories.get(id)?.revision ?? 0);
  // An answer that needs the password is another one once it was entered.
  const state = useLive((live) => live.repositories.get(id)?.state);
  const navigate = useNavigate();
  const list = usePages(
    ['browse.snapshots', id, name, hostname, revision, state],
    (client, after: string | undefined, signal) =>
      client.browse.snapshots(
        { repository: { id }, source: name, hostname, limit: pageSize, ...(after === undefined ? {} : { after }) },
        { signal },
      ),
    ({ cursor }) => cursor ?? undefined,
  );
  const rows = useMemo(() => list.pages.flatMap(({ snapshots }) => snapshots), [list.pages]);
  const total = list.pages[0]?.total;
  const where = { repository: id, source: name, host: hostname };
  return (
    <Panel
      title={total === undefined ? 'Snapshots' : `Snapshots · ${formatCount(total)}`}
      aside={
        <Link to="/snapshots" search={where}>
          Browse them
        </Link>
      }
      flush
    >
      {list.problem === null ? (
        <DataTable
          label={`Snapshots of ${visibleText(name)}`}
          columns={columns}
          rows={rows}
          keyOf={(snapshot) => snapshot.id}
          loading={list.waiting}
          onEnd={list.fetchMore}
          onOpen={({ id: snapshot }) => void navigate({ to: '/snapshots', search: { ...where, snapshot } })}
          maxHeight={420}
          empty={<EmptyState title="No snapshot yet">Protect now takes the first one.</EmptyState>}
        />
      ) : state === 'locked' ? (
        <EmptyState title="The repository is locked" action={<Link to="/">Unlock it on the overview</Link>}>
          Its password has not been entered since the engine was started.
        </EmptyState>
      ) : (
        <ErrorNotice problem={list.problem} onRetry={list.askAgain} />
      )}
    </Panel>
  );
}
