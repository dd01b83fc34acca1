/** All sites: who copies to whom, how far each is behind, what is on its way, and how many copies there are. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Site, SourceCopies } from '../../../shared/contract/sites.ts';
import { domainWords } from '../../../shared/model/site-copies.ts';
import { rateWords } from '../../../shared/model/week-grid.ts';
import { problemIn } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { useQueue, useSites } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Count, Rate } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { domainsWords } from '../../components/site-copies.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { AddSite } from './add-site.tsx';
import { MovedNotice } from './move/moved-notice.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';
import styles from './sites.module.css';
import { SitesNav } from './sites-nav.tsx';
import { Topology } from './topology.tsx';
import { lagWords, saySite } from './words.ts';

export function SitesScreen() {
  const navigate = useNavigate();
  const answer = useSites();
  const queue = useQueue(null);
  const primary = usePrimaryRepository();
  const [adding, setAdding] = useState(false);
  const problem = problemIn(answer);
  const sites = answer.data?.sites ?? [];
  const copies = answer.data?.copies ?? [];
  const few = copies.filter(({ isEnough }) => !isEnough);
  return (
    <Page
      title="Sites"
      sub={subOf(sites, few)}
      actions={
        <>
          <Link to="/standby">Hot standbys</Link>
          <ShowCommand commands={[['holdfast', 'site', 'list']]} />
          <May call="failover.preview">
            <Button
              disabled={primary === undefined}
              onClick={() => void navigate({ to: '/sites/protection/move', search: {} })}
            >
              Move protection…
            </Button>
          </May>
          <May call="siteServer.pair">
            <Button onClick={() => void navigate({ to: '/sites/server/pair', search: {} })}>Pair with a site…</Button>
          </May>
          <May call="sites.add">
            <Button variant="filled" onClick={() => setAdding(true)}>
              Add a site…
            </Button>
          </May>
        </>
      }
    >
      <SitesNav />
      <MovedNotice />
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {adding ? <AddSite onClose={() => setAdding(false)} /> : null}
      <Panel title="Sites" flush>
        <DataTable
          label="Sites"
          columns={siteColumns}
          rows={sites}
          keyOf={({ name }) => name}
          loading={answer.isPending}
          failed={answer.isError}
          onOpen={({ name }) => void navigate({ to: '/sites/$site', params: { site: name } })}
          maxHeight={420}
          empty={
            <EmptyState title="No site yet">
              A site is a place with a repository of its own: a NAS, another office, a bucket. What lies only here is
              gone with this machine.
            </EmptyState>
          }
        />
      </Panel>
      {sites.length === 0 ? null : (
        <>
          <div className={styles['columns']}>
            <Topology sites={sites} />
            <Panel title="Copies" aside="three copies in two places, one of them away" flush>
              <DataTable
                label="Copies of each source"
                columns={copyColumns}
                rows={[...few, ...copies.filter(({ isEnough }) => isEnough)]}
                keyOf={({ source }) => source}
                maxHeight={240}
              />
            </Panel>
          </div>
          <RulesPanel sites={sites} />
          <QueuePanel answer={queue} />
        </>
      )}
    </Page>
  );
}

function subOf(sites: readonly Site[], few: readonly SourceCopies[]): string {
  if (sites.length === 0) return 'Copies of snapshots in other places';
  if (few.length === 0) return 'Every source has three copies in two places, one of them away.';
  const names = few.slice(0, 3).map(({ source }) => visibleText(source));
  const more = few.length > 3 ? ` and ${few.length - 3} more` : '';
  return `Not enough copies to outlast one disaster: ${names.join(', ')}${more}.`;
}

const siteColumns: readonly Column<Site>[] = [
  { id: 'name', header: 'Site', width: 'minmax(120px, 1fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
  {
    id: 'where',
    header: 'Where',
    width: 'minmax(120px, 1fr)',
    cell: ({ domain }) => visibleText(domainWords(domain)) || <span className={styles['unsaid']}>not said</span>,
  },
  { id: 'state', header: 'State', width: '160px', cell: (site) => <SiteState site={site} /> },
  {
    id: 'lag',
    header: 'Worst lag',
    width: '140px',
    cell: ({ lag: [worst] }) => (worst === undefined ? '' : lagWords(worst)),
  },
  { id: 'waiting', header: 'Waiting', width: '80px', align: 'end', cell: ({ waiting }) => <Count value={waiting} /> },
  {
    id: 'speed',
    header: 'Sending',
    width: '100px',
    minTable: 900,
    align: 'end',
    cell: ({ throughput }) => (throughput === null ? '' : <Rate value={throughput} />),
  },
  { id: 'rate', header: 'May take', width: '150px', minTable: 1050, cell: ({ rateNow }) => rateWords(rateNow) },
  {
    id: 'seen',
    header: 'Seen',
    width: '130px',
    minTable: 780,
    cell: ({ seenAt }) => (seenAt === null ? 'never' : <RelativeTime at={seenAt} />),
  },
];

export function SiteState({ site }: { readonly site: Site }) {
  const { tone, words } = saySite(site);
  return (
    <StatusBadge tone={tone} {...(site.problem === null ? {} : { title: visibleText(site.problem.message) })}>
      {words}
    </StatusBadge>
  );
}

const copyColumns: readonly Column<SourceCopies>[] = [
  { id: 'source', header: 'Source', width: 'minmax(90px, 1fr)', cell: ({ source }) => visibleText(source) },
  {
    id: 'copies',
    header: 'Copies, the original counted',
    width: 'minmax(200px, 1.4fr)',
    cell: (copies) => domainsWords(copies),
  },
  {
    id: 'enough',
    header: '3-2-1',
    width: '96px',
    cell: ({ isEnough }) => (
      <StatusBadge tone={isEnough ? 'good' : 'part'}>{isEnough ? 'enough' : 'too few'}</StatusBadge>
    ),
  },
];
