/** What a site holds, as it says itself; what is chosen is fetched back. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { HeldSnapshot, Site } from '../../../shared/contract/sites.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, startJob, useOrder, usePages } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { siteAnswers } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';

export function HoldingsPanel({ site }: { readonly site: Site }) {
  const primary = usePrimaryRepository();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['sites.holdings', site.name],
    (client, before: string | undefined, signal) =>
      client.sites.holdings({ name: site.name, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ snapshots, more }) => (more ? snapshots.at(-1)?.original : undefined),
  );
  const order = useOrder(
    (client, snapshots: string[]) =>
      startJob(client.sync.fetch({ repository: { id: primary?.id ?? '' }, site: site.name, snapshots, detach: true })),
    siteAnswers,
  );
  const rows = pages.flatMap(({ snapshots }) => snapshots);
  const wanted = rows.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const trouble = problemIn(order) ?? problem;
  return (
    <Panel title="What it holds" aside={pages[0] === undefined ? '' : `${formatCount(pages[0].total)} snapshots`} flush>
      {trouble === null ? null : <ErrorNotice problem={trouble} onRetry={askAgain} />}
      {wanted.length === 0 ? null : (
        <May call="sync.fetch">
          <div className={styles['bar']} role="toolbar" aria-label="What to do with the chosen">
            <Button
              variant="filled"
              loading={order.isPending}
              disabled={primary === undefined}
              onClick={() => order.mutate(wanted, { onSuccess: () => setChosen(new Set()) })}
            >
              Fetch {formatCount(wanted.length)} back, for 3 days
            </Button>
          </div>
        </May>
      )}
      <DataTable
        label="Snapshots at the site"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        selection={{ keys: chosen, onChange: setChosen }}
        loading={waiting}
        failed={problem !== null}
        onEnd={fetchMore}
        maxHeight={360}
        empty={problem === null ? <p className={styles['dim']}>It holds nothing yet.</p> : null}
      />
    </Panel>
  );
}

const columns: readonly Column<HeldSnapshot>[] = [
  { id: 'taken', header: 'Taken', width: '140px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'source', header: 'Source', width: 'minmax(110px, 1fr)', cell: ({ source }) => visibleText(source) },
  { id: 'host', header: 'From', width: '110px', minTable: 700, cell: ({ hostname }) => visibleText(hostname) },
  { id: 'size', header: 'Size', width: '90px', align: 'end', cell: ({ bytes }) => <Bytes value={bytes} /> },
  { id: 'here', header: 'Here too', width: '80px', cell: ({ here }) => (here ? 'yes' : 'only there') },
  {
    id: 'why',
    header: 'Kept there',
    width: 'minmax(140px, 1.6fr)',
    cell: ({ keep, reasons }) => {
      const words = visibleText(reasons.join('; '));
      return <span title={words}>{keep ? words : `goes: ${words}`}</span>;
    },
  },
];
