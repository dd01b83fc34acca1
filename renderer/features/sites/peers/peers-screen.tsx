/** Other consoles that are watched from this one: how each stands, the worst first. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { Peer } from '../../../../shared/contract/peers.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { peerAnswers, usePeers } from '../../../client/peers.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { useTicking } from '../../../components/ticker.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { AutomaticPanel } from '../automatic/automatic-panel.tsx';
import { SitesNav } from '../sites-nav.tsx';
import { AddPeer } from './add-peer.tsx';
import { worstPeersFirst } from './peer-order.ts';
import { copiesWords, lossWords, sayPeer, sayPeerAlerts, saySources, storageWords } from './peer-words.ts';

export function PeersScreen() {
  const navigate = useNavigate();
  const answer = usePeers();
  const [adding, setAdding] = useState(false);
  const now = useTicking(useCallback((ms: number) => Math.floor(ms / 30_000) * 30_000, []));
  const ask = useOrder((client) => client.peers.list({ ask: true }), peerAnswers);
  const problem = problemIn(answer) ?? problemIn(ask);
  const peers = worstPeersFirst(answer.data?.peers ?? []);
  return (
    <Page
      title="Other consoles"
      sub="Holdfast elsewhere, watched from here: what each says of itself"
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'peers', 'list']]} />
          <Button loading={ask.isPending} disabled={peers.length === 0} onClick={() => ask.mutate()}>
            Ask all now
          </Button>
          <May call="peers.add">
            <Button variant="filled" onClick={() => setAdding(true)}>
              Watch another console…
            </Button>
          </May>
        </>
      }
    >
      <SitesNav />
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {adding ? <AddPeer onClose={() => setAdding(false)} /> : null}
      <Panel title="Consoles, worst first" flush>
        <DataTable
          label="Other consoles"
          columns={columnsAt(now)}
          rows={peers}
          keyOf={({ id }) => id}
          loading={answer.isPending}
          failed={answer.isError}
          onOpen={({ id }) => void navigate({ to: '/sites/peers/$peer', params: { peer: id } })}
          maxHeight={520}
          empty={
            problem === null ? (
              <EmptyState title="No other console is watched">
                At the other one, make a token in Settings: as viewer it is observed, as operator its sources can be
                protected from here. One that falls silent is an alert here.
              </EmptyState>
            ) : null
          }
        />
      </Panel>
      <AutomaticPanel />
    </Page>
  );
}

function columnsAt(nowMs: number): readonly Column<Peer>[] {
  const heard =
    (words: (reading: NonNullable<Peer['reading']>) => React.ReactNode) =>
    ({ reading }: Peer) =>
      reading === null ? '' : words(reading);
  return [
    { id: 'name', header: 'Console', width: 'minmax(130px, 1.2fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
    { id: 'state', header: 'State', width: '140px', cell: (peer) => <PeerState peer={peer} /> },
    {
      id: 'sources',
      header: 'Sources',
      width: '150px',
      cell: heard(({ sources }) => {
        const { tone, words } = saySources(sources);
        return <StatusBadge tone={tone}>{words}</StatusBadge>;
      }),
    },
    {
      id: 'loss',
      header: 'Would be lost now',
      width: 'minmax(140px, 1fr)',
      cell: heard(({ sources }) => visibleText(lossWords(sources.worst, nowMs))),
    },
    {
      id: 'alerts',
      header: 'Alerts',
      width: '130px',
      cell: heard(({ alerts }) => {
        const { tone, words } = sayPeerAlerts(alerts);
        return <StatusBadge tone={tone}>{words}</StatusBadge>;
      }),
    },
    {
      id: 'storage',
      header: 'Storage',
      width: 'minmax(110px, 0.7fr)',
      minTable: 1040,
      cell: heard(({ repositories }) => storageWords(repositories)),
    },
    {
      id: 'copies',
      header: 'Copies at',
      width: 'minmax(100px, 0.7fr)',
      minTable: 920,
      cell: heard(({ sites }) => copiesWords(sites)),
    },
    { id: 'heard', header: 'Heard', width: '120px', minTable: 830, cell: heard(({ at }) => <RelativeTime at={at} />) },
  ];
}

export function PeerState({ peer }: { readonly peer: Peer }) {
  const { tone, words } = sayPeer(peer);
  return (
    <StatusBadge tone={tone} {...(peer.problem === null ? {} : { title: visibleText(peer.problem.message) })}>
      {words}
    </StatusBadge>
  );
}
