/** One site: how it stands, when it may be sent to, what it holds, what was sent, and what can be fetched back. */
import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { domainWords } from '../../../shared/model/site-copies.ts';
import type { Site, SiteLag } from '../../../shared/contract/sites.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { siteAnswers, useQueue, useSites } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Count } from '../../components/numbers.tsx';
import { Fact, Facts, Page, Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { ConnectSite } from './connect-site.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { HoldingsPanel } from './holdings-panel.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { SiteState } from './sites-screen.tsx';
import styles from './sites.module.css';
import { WeekEditor } from './week-editor.tsx';
import { lagWords } from './words.ts';

export function SiteScreen() {
  const { site: name } = useParams({ from: '/sites/$site' });
  const answer = useSites();
  const site = answer.data?.sites.find((one) => one.name === name);
  const problem = problemIn(answer);
  if (site === undefined)
    return (
      <Page title={visibleText(name)}>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {answer.isPending ? null : (
          <Panel>
            <EmptyState title="There is no such site" action={<Link to="/sites">All sites</Link>}>
              It may have another name by now.
            </EmptyState>
          </Panel>
        )}
      </Page>
    );
  return <KnownSite site={site} />;
}

function KnownSite({ site }: { readonly site: Site }) {
  const queue = useQueue(site.name);
  const order = useSiteOrder(site);
  const problem = problemIn(order);
  return (
    <Page
      title={visibleText(site.name)}
      sub={
        <>
          <Link to="/sites">Sites</Link> · {visibleText(site.location)}
        </>
      }
      actions={
        <>
          <ShowCommand
            commands={[
              ['holdfast', 'site', 'show', site.name],
              ['holdfast', 'sync', 'run', '--to', site.name],
            ]}
          />
          <May call="sync.pause">
            <Button onClick={() => order.mutate(site.paused === null ? 'pause' : 'resume')}>
              {site.paused === null ? 'Pause' : 'Resume'}
            </Button>
          </May>
          <May call="sync.run">
            <Button
              variant="filled"
              loading={order.isPending}
              disabled={!site.enabled}
              onClick={() => order.mutate('send')}
            >
              Send now
            </Button>
          </May>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {site.state === 'unconnected' ? <ConnectSite site={site} /> : null}
      {site.problem === null ? null : (
        <Notice tone="fail" title="It cannot be reached">
          {visibleText(site.problem.message)} {site.problem.action}
        </Notice>
      )}
      <div className={styles['columns']}>
        <Panel title="As it stands">
          <Facts>
            <Fact name="State">
              <SiteState site={site} />
            </Fact>
            <Fact name="Where">{visibleText(domainWords(site.domain)) || 'nobody has said'}</Fact>
            <Fact name="Last answered">{site.seenAt === null ? 'never' : <RelativeTime at={site.seenAt} />}</Fact>
            <Fact name="Takes away">
              {site.appendOnly ? 'only its own administrator' : 'what its rules no longer keep'}
            </Fact>
          </Facts>
        </Panel>
        <Panel title="How far behind" flush>
          <DataTable
            label="How far behind, by source"
            columns={lagColumns}
            rows={site.lag}
            keyOf={({ source }) => source}
            maxHeight={200}
            empty={<p className={styles['dim']}>Nothing is sent there.</p>}
          />
        </Panel>
      </div>
      <WeekEditor site={site} />
      <QueuePanel answer={queue} />
      <HoldingsPanel site={site} />
      <HistoryPanel site={site.name} />
    </Page>
  );
}

function useSiteOrder(site: Site) {
  const primary = usePrimaryRepository();
  return useOrder(async (client, what: 'pause' | 'resume' | 'send') => {
    if (what === 'pause') await client.sync.pause({ site: site.name });
    else if (what === 'resume') await client.sync.resume({ site: site.name });
    else {
      const events = await client.sync.run({ repository: { id: primary?.id ?? '' }, to: site.name, detach: true });
      for await (const event of events) if (event.type === 'done') return;
    }
  }, siteAnswers);
}

const lagColumns: readonly Column<SiteLag>[] = [
  { id: 'source', header: 'Source', width: 'minmax(110px, 1fr)', cell: ({ source }) => visibleText(source) },
  {
    id: 'newest',
    header: 'Newest here',
    width: '140px',
    cell: ({ newestAt }) => (newestAt === null ? '' : <DayTime at={newestAt} />),
  },
  {
    id: 'sent',
    header: 'Newest there',
    width: '140px',
    cell: ({ sentAt }) => (sentAt === null ? '' : <DayTime at={sentAt} />),
  },
  { id: 'lag', header: 'Lag', width: '146px', cell: (lag) => lagWords(lag) },
  {
    id: 'count',
    header: 'There',
    width: '70px',
    minTable: 630,
    align: 'end',
    cell: ({ snapshots }) => <Count value={snapshots} />,
  },
];
