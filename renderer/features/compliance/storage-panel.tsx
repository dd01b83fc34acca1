/** How full places are, and when they will be. */
import { Button } from '@mantine/core';
import type { StoredPlace } from '../../../shared/contract/storage.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './compliance.module.css';

export function StoragePanel() {
  const answer = useAnswer(['storage.list'], (client, signal) => client.storage.list({}, { signal }));
  const order = useOrder((client, _input: null) => client.storage.measure({}), [['storage.list']]);
  const problem = problemIn(answer) ?? problemIn(order);
  return (
    <Panel
      title="Storage"
      flush
      aside={
        <May call="storage.measure">
          <Button loading={order.isPending} onClick={() => order.mutate(null)}>
            Measure now
          </Button>
        </May>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <DataTable
        label="Storage"
        columns={columns}
        rows={answer.data?.places ?? []}
        keyOf={({ connection }) => connection}
        maxHeight={320}
        loading={answer.data === undefined && problem === null}
        failed={problem !== null}
        empty={<EmptyState title="No repository is connected">Connect one in Settings.</EmptyState>}
      />
    </Panel>
  );
}

const columns: readonly Column<StoredPlace>[] = [
  {
    id: 'name',
    header: 'Place',
    width: 'minmax(130px, 1fr)',
    sortBy: ({ name }) => name,
    cell: ({ name }) => visibleText(name),
  },
  {
    id: 'used',
    header: 'Used',
    width: '92px',
    align: 'end',
    sortBy: ({ usedBytes }) => usedBytes,
    cell: ({ usedBytes }) => <Bytes value={usedBytes} />,
  },
  {
    id: 'fits',
    header: 'Fits',
    width: '92px',
    align: 'end',
    sortBy: ({ fitsBytes }) => fitsBytes,
    cell: ({ fitsBytes }) => <Bytes value={fitsBytes} />,
  },
  {
    id: 'growth',
    header: 'A day',
    width: '92px',
    align: 'end',
    sortBy: ({ growth }) => growth?.perDay ?? null,
    cell: ({ growth }) => <Bytes value={growth === null ? null : Math.round(growth.perDay)} />,
  },
  {
    id: 'full',
    header: 'Full',
    width: 'minmax(240px, 2fr)',
    sortBy: ({ full }) => full.likelyAt ?? '9999',
    cell: ({ full, fullUnderLocks, locks }) => (
      <span className={styles['words']} title={fullUnderLocks ? (locks?.words ?? '') : full.words}>
        {fullUnderLocks ? <StatusBadge tone="fail">before its locks end</StatusBadge> : null} {full.words}
      </span>
    ),
  },
];
