/** What another console holds: its sources, alerts, repositories and sites; with a token for it, two things can be told. */
import { Button } from '@mantine/core';
import { useCallback } from 'react';
import type { PeerReading, PeerSource } from '../../../../shared/contract/peers.ts';
import { covers } from '../../../../shared/model/roles.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useMay } from '../../../client/me.ts';
import { peerAnswers } from '../../../client/peers.ts';
import { AlertLevelBadge } from '../../../components/alert-view.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { useTicking } from '../../../components/ticker.ts';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { lossAge, sayFreshness } from './peer-words.ts';

type PeerTablesProps = { readonly peer: string; readonly reading: PeerReading };
type PeerAlert = PeerReading['alerts']['list'][number];

export function PeerTables({ peer, reading }: PeerTablesProps) {
  const here = useMay('peers.protect');
  const operates = here && covers(reading.role, 'operate');
  const now = useTicking(useCallback((ms: number) => Math.floor(ms / 30_000) * 30_000, []));
  const protect = useOrder((client, source: string) => client.peers.protect({ peer, source }), peerAnswers);
  const acknowledge = useOrder((client, alert: string) => client.peers.acknowledge({ peer, alert }), peerAnswers);
  const problem = problemIn(protect) ?? problemIn(acknowledge);
  const { sources, alerts, repositories, sites, running } = reading;
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {protect.data === undefined ? null : (
        <Notice tone="good">It has begun there, as job {visibleText(protect.data.job)}.</Notice>
      )}
      <Panel title="Its alerts" flush>
        <DataTable
          label="Its alerts"
          columns={alertColumns(operates ? (id) => acknowledge.mutate(id) : null)}
          rows={alerts.list}
          keyOf={({ id }) => id}
          maxHeight={240}
          empty={<p className={styles['dim']}>None is open there.</p>}
        />
      </Panel>
      <Panel title="Its sources, worst first" flush>
        <DataTable
          label="Its sources"
          columns={sourceColumns(now, operates ? (name) => protect.mutate(name) : null)}
          rows={sources.list}
          keyOf={({ name }) => name}
          maxHeight={360}
          empty={<p className={styles['dim']}>It protects nothing yet.</p>}
        />
      </Panel>
      <div className={styles['columns']}>
        <Panel title="Its storage" flush>
          <DataTable
            label="Its repositories"
            columns={repositoryColumns}
            rows={repositories}
            keyOf={({ location }) => location}
            maxHeight={200}
            empty={<p className={styles['dim']}>No repository is connected there.</p>}
          />
        </Panel>
        <Panel title="Its sites" flush>
          <DataTable
            label="Its sites"
            columns={siteColumns}
            rows={sites}
            keyOf={({ name }) => name}
            maxHeight={200}
            empty={<p className={styles['dim']}>Nothing is copied elsewhere from there.</p>}
          />
        </Panel>
      </div>
      {running.length === 0 ? null : (
        <Panel title="Runs there now">
          <ul className={styles['ways']} aria-label="Runs there now">
            {running.map(({ title, percent }, index) => (
              // Two jobs may have the same title.
              <li key={index}>
                {visibleText(title)}
                <span className={styles['dim']}>{percent === null ? '' : `${Math.floor(percent)} %`}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function alertColumns(onAcknowledge: ((id: string) => void) | null): readonly Column<PeerAlert>[] {
  return [
    { id: 'level', header: 'Level', width: '110px', cell: ({ level }) => <AlertLevelBadge level={level} /> },
    {
      id: 'title',
      header: 'Alert',
      width: 'minmax(200px, 1fr)',
      cell: ({ title, detail }) => <span title={visibleText(detail)}>{visibleText(title)}</span>,
    },
    { id: 'since', header: 'Since', width: '120px', cell: ({ raisedAt }) => <RelativeTime at={raisedAt} /> },
    {
      id: 'do',
      header: 'Change',
      width: '140px',
      cell: ({ id, acknowledged }) =>
        acknowledged ? (
          'acknowledged'
        ) : onAcknowledge === null ? (
          ''
        ) : (
          <Button size="compact-xs" onClick={() => onAcknowledge(id)}>
            Acknowledge
          </Button>
        ),
    },
  ];
}

function sourceColumns(nowMs: number, onProtect: ((name: string) => void) | null): readonly Column<PeerSource>[] {
  return [
    { id: 'name', header: 'Source', width: 'minmax(120px, 1fr)', cell: ({ name }) => visibleText(name) },
    {
      id: 'freshness',
      header: 'Freshness',
      width: '170px',
      cell: ({ freshness }) => (
        <StatusBadge tone={sayFreshness(freshness).tone}>{sayFreshness(freshness).words}</StatusBadge>
      ),
    },
    {
      id: 'loss',
      header: 'Would be lost now',
      width: '150px',
      cell: ({ newestGoodAt }) => lossAge(newestGoodAt, nowMs),
    },
    {
      id: 'rpo',
      header: 'Allowed (RPO)',
      width: '110px',
      cell: ({ rpoMs }) => (rpoMs === null ? 'not said' : formatDuration(rpoMs)),
    },
    {
      id: 'waits',
      header: 'Waits for',
      width: 'minmax(100px, 1fr)',
      cell: ({ waitsFor }) => visibleText(waitsFor ?? ''),
    },
    {
      id: 'do',
      header: 'Change',
      width: '120px',
      cell: ({ name }) =>
        onProtect === null ? (
          ''
        ) : (
          <Button size="compact-xs" onClick={() => onProtect(name)}>
            Protect now<span className="visually-hidden"> {visibleText(name)}</span>
          </Button>
        ),
    },
  ];
}

const repositoryColumns: readonly Column<PeerReading['repositories'][number]>[] = [
  {
    id: 'name',
    header: 'Repository',
    width: 'minmax(120px, 1fr)',
    cell: ({ name, location, primary }) => (
      <span title={visibleText(location)}>
        {visibleText(name)}
        {primary ? ', primary' : ''}
      </span>
    ),
  },
  { id: 'state', header: 'State', width: '110px', cell: ({ state }) => state },
  {
    id: 'snapshots',
    header: 'Snapshots',
    width: '90px',
    align: 'end',
    cell: ({ snapshots }) => <Count value={snapshots} />,
  },
];

const siteColumns: readonly Column<PeerReading['sites'][number]>[] = [
  { id: 'name', header: 'Site', width: 'minmax(110px, 1fr)', cell: ({ name }) => visibleText(name) },
  { id: 'state', header: 'State', width: '110px', cell: ({ state }) => visibleText(state) },
  {
    id: 'lag',
    header: 'Behind',
    width: '120px',
    cell: ({ lagMs }) => (lagMs === null ? 'nothing sent yet' : lagMs === 0 ? 'up to date' : formatDuration(lagMs)),
  },
  { id: 'waiting', header: 'Waiting', width: '80px', align: 'end', cell: ({ waiting }) => <Count value={waiting} /> },
];
