/** What was sent to a site, with its figures. */
import type { SyncItem } from '../../../shared/contract/sync.ts';
import { formatDuration, formatRate } from '../../../shared/model/units.ts';
import { problemIn } from '../../client/ask.ts';
import { useSyncHistory } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';
import { sayItem } from './words.ts';

export function HistoryPanel({ site }: { readonly site: string }) {
  const answer = useSyncHistory(site);
  const problem = problemIn(answer);
  return (
    <Panel title="What was sent" flush>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <DataTable
        label="What was sent"
        columns={columns}
        rows={answer.data?.items ?? []}
        keyOf={({ id }) => id}
        loading={answer.isPending}
        failed={answer.isError}
        maxHeight={320}
        empty={<p className={styles['dim']}>Nothing was sent yet.</p>}
      />
    </Panel>
  );
}

const columns: readonly Column<SyncItem>[] = [
  {
    id: 'ended',
    header: 'Ended',
    width: '150px',
    cell: ({ endedAt }) => (endedAt === null ? '' : <DayTime at={endedAt} />),
  },
  { id: 'source', header: 'Source', width: 'minmax(100px, 1fr)', cell: ({ source }) => visibleText(source) },
  {
    id: 'state',
    header: 'State',
    width: '110px',
    cell: (item) => (
      <StatusBadge tone={sayItem(item).tone} title={visibleText(item.note ?? item.error?.message ?? '')}>
        {sayItem(item).words}
      </StatusBadge>
    ),
  },
  {
    id: 'time',
    header: 'Time',
    width: '80px',
    align: 'end',
    cell: ({ startedAt, endedAt }) =>
      startedAt === null || endedAt === null
        ? ''
        : formatDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))),
  },
  {
    id: 'scanned',
    header: 'Scanned',
    width: '84px',
    minTable: 940,
    align: 'end',
    cell: ({ figures }) => <Bytes value={figures?.scannedBytes ?? null} />,
  },
  {
    id: 'checked',
    header: 'Checked',
    width: '84px',
    minTable: 940,
    align: 'end',
    cell: ({ figures }) => <Bytes value={figures?.checkedBytes ?? null} />,
  },
  {
    id: 'sent',
    header: 'Sent',
    width: '84px',
    align: 'end',
    cell: ({ figures }) => <Bytes value={figures?.sentBytes ?? null} />,
  },
  {
    id: 'net',
    header: 'Net',
    width: '84px',
    minTable: 780,
    align: 'end',
    cell: ({ figures }) => <Bytes value={figures?.sentNetBytes ?? null} />,
  },
  {
    id: 'files',
    header: 'Files',
    width: '70px',
    align: 'end',
    cell: ({ figures }) => (figures === null ? '' : <Count value={figures.updatedFiles} />),
  },
  {
    id: 'throttle',
    header: 'Throttle',
    width: '90px',
    minTable: 780,
    align: 'end',
    cell: ({ throttle }) => (throttle === null ? '' : formatRate(throttle)),
  },
  { id: 'retries', header: 'Tries', width: '60px', align: 'end', cell: ({ attempts }) => String(attempts) },
];
