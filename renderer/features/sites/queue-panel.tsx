/** What is to be sent, in its order: paused, resumed, tried again, put before others, taken out. */
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { SyncItem } from '../../../shared/contract/sync.ts';
import { priorities } from '../../../shared/model/sync-rules.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder, type Answer } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { siteAnswers } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';
import { sayItem } from './words.ts';

type Queue = { readonly items: readonly SyncItem[]; readonly total: number; readonly active: boolean };
type Deed = { readonly what: 'pause' | 'resume' | 'retry' | 'drop' | number; readonly items: string[] };

export function QueuePanel({ answer }: { readonly answer: Answer<Queue> }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const order = useOrder(async (client, { what, items }: Deed) => {
    if (typeof what === 'number') return client.sync.setPriority({ items, priority: what });
    if (what === 'retry' || what === 'drop') return client.sync[what]({ items });
    return client.sync[what]({ items });
  }, siteAnswers);
  const { items = [], total = 0, active = true } = answer.data ?? {};
  const there = items.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const tell = (what: Deed['what']): void =>
    order.mutate({ what, items: there }, { onSuccess: () => setChosen(new Set()) });
  const problem = problemIn(order) ?? problemIn(answer);
  return (
    <Panel title="Queue" aside={total === 0 ? 'nothing is to be sent' : `${formatCount(total)} to be sent`} flush>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {active ? null : <p className={styles['dim']}>Nothing is sent by itself while no engine stays.</p>}
      {there.length === 0 ? null : (
        <May call="sync.pause">
          <div className={styles['bar']} role="toolbar" aria-label="What to do with the chosen">
            <span>{formatCount(there.length)} chosen</span>
            <Button onClick={() => tell('pause')}>Pause</Button>
            <Button onClick={() => tell('resume')}>Resume</Button>
            <Button onClick={() => tell('retry')}>Try again</Button>
            <Select
              aria-label="Priority"
              placeholder="Priority"
              w={110}
              data={priorities.map(String)}
              value={null}
              onChange={(value) => value !== null && tell(Number(value))}
            />
            <Button onClick={() => tell('drop')}>Take out of the queue</Button>
          </div>
        </May>
      )}
      <DataTable
        label="Queue"
        columns={columns}
        rows={items}
        keyOf={({ id }) => id}
        selection={{ keys: chosen, onChange: setChosen }}
        loading={answer.isPending}
        failed={answer.isError}
        maxHeight={320}
        empty={<p className={styles['dim']}>Everything that rules ask for is where it should be.</p>}
      />
    </Panel>
  );
}

const columns: readonly Column<SyncItem>[] = [
  {
    id: 'state',
    header: 'State',
    width: '140px',
    cell: (item) => <StatusBadge tone={sayItem(item).tone}>{sayItem(item).words}</StatusBadge>,
  },
  { id: 'site', header: 'To', width: 'minmax(90px, 0.6fr)', cell: ({ site }) => visibleText(site) },
  { id: 'source', header: 'Source', width: 'minmax(110px, 1fr)', cell: ({ source }) => visibleText(source) },
  { id: 'taken', header: 'Taken', width: '140px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'asked', header: 'Asked', width: '120px', minTable: 860, cell: ({ askedAt }) => <RelativeTime at={askedAt} /> },
  { id: 'priority', header: 'Priority', width: '70px', align: 'end', cell: ({ priority }) => String(priority) },
  {
    id: 'note',
    header: 'Why',
    width: 'minmax(120px, 1.2fr)',
    cell: ({ error, note, nextAt }) => (
      <span title={visibleText(error?.message ?? note ?? '')}>
        {nextAt === null ? null : (
          <>
            again <RelativeTime at={nextAt} />{' '}
          </>
        )}
        {visibleText(error?.message ?? note ?? '')}
      </span>
    ),
  },
];
