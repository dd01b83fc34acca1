/** Drills: how each source stands, when it is rehearsed next, and what the newest drills have found. */
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { Drill, DrilledSource } from '../../../../shared/contract/drills.ts';
import { rtoWords } from '../../../../shared/model/drills.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import { useIsLive, useLive } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { useMay } from '../../../client/me.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { amountWords, drillsSentence, rtoCell, rtoTone, sayDrillState, sayWay } from './drill-words.ts';
import { ChecksDialog } from './checks-dialog.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import styles from './drills.module.css';

export function DrillsScreen() {
  const navigate = useNavigate();
  const [scheduling, setScheduling] = useState(false);
  const [checking, setChecking] = useState(false);
  const change = useDrillsChange();
  const isNarrow = useMediaQuery('(max-width: 1000px)') ?? false;
  const sources = useAnswer(['drills.sources', change], (client, signal) => client.drills.sources({}, { signal }));
  const drills = useAnswer(['drills.list', change], (client, signal) => client.drills.list({ limit: 100 }, { signal }));
  const problem = problemIn(sources) ?? problemIn(drills);
  const known = sources.data?.sources ?? [];
  return (
    <Page
      title="Drills"
      sub={
        <>
          <Link to="/recovery">Recovery</Link> ·{' '}
          {sources.data === undefined ? 'Restores that are rehearsed.' : drillsSentence(known)}
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'drill', 'schedule']]} />
          <May call="drills.setRule">
            <Button onClick={() => setScheduling(true)}>Schedule…</Button>
          </May>
          <May call="drills.setChecks">
            <Button onClick={() => setChecking(true)}>Checks…</Button>
          </May>
          <May call="drills.begin">
            <Button variant="filled" onClick={() => void navigate({ to: '/recovery/drills/guided' })}>
              Guided drill…
            </Button>
          </May>
        </>
      }
    >
      {problem === null ? null : (
        <ErrorNotice problem={problem} onRetry={() => void Promise.all([sources.refetch(), drills.refetch()])} />
      )}
      <Panel title="Sources" flush>
        <SourcesTable
          sources={known}
          loading={sources.data === undefined && problem === null}
          failed={sources.data === undefined && problem !== null}
        />
      </Panel>
      <Panel title="Newest drills" flush>
        <DataTable
          label="Newest drills"
          columns={isNarrow ? drillColumns.filter(({ id }) => id !== 'how' && id !== 'rto') : drillColumns}
          rows={drills.data?.drills ?? []}
          keyOf={({ id }) => id}
          maxHeight={420}
          loading={drills.data === undefined && problem === null}
          failed={problem !== null}
          onOpen={({ id }) => void navigate({ to: '/recovery/drills/$drill', params: { drill: id } })}
          empty={
            <EmptyState title="Never drilled">
              Whether snapshots can be restored is not known before it was tried. A drill brings a part back, where
              nothing is in use, compares it with the snapshot, and takes it away again.
            </EmptyState>
          }
        />
      </Panel>
      {checking ? <ChecksDialog opened onClose={() => setChecking(false)} /> : null}
      <ScheduleDialog opened={scheduling} onClose={() => setScheduling(false)} sources={known} />
    </Page>
  );
}

/** Something else whenever a drill has begun or ended. */
function useDrillsChange(): string {
  return useLive((live) =>
    [...live.sources.values()].map(({ key, drill }) => `${key} ${drill?.id ?? ''} ${drill?.state ?? ''}`).join('\n'),
  );
}

type SourcesTableProps = {
  readonly sources: readonly DrilledSource[];
  readonly loading: boolean;
  readonly failed: boolean;
};

function SourcesTable({ sources, loading, failed }: SourcesTableProps) {
  const navigate = useNavigate();
  const mayRun = useMay('drills.run');
  const live = useIsLive();
  const order = useOrder((client, source: string) => startJob(client.drills.run({ source, detach: true })));
  const { mutate, isPending, variables } = order;
  const isWide = useMediaQuery('(min-width: 1200px)') ?? true;
  const isNarrow = useMediaQuery('(max-width: 1000px)') ?? false;
  const rehearse = useCallback(
    (source: string) =>
      mutate(source, { onSuccess: ({ job }) => void navigate({ to: '/activity/$job', params: { job } }) }),
    [mutate, navigate],
  );
  const columns = useMemo(() => {
    const shown = sourceColumns.filter(
      ({ id }) => (isWide || !narrowLacks.has(id)) && !(isNarrow && id === 'coverage'),
    );
    if (!mayRun) return shown;
    const atWork = isPending ? variables : null;
    return [...shown, nowColumn({ live, atWork, rehearse })];
  }, [isWide, isNarrow, mayRun, live, isPending, variables, rehearse]);
  const problem = problemIn(order);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <DataTable
        label="Sources"
        columns={columns}
        rows={sources}
        keyOf={({ source }) => source}
        maxHeight={420}
        loading={loading}
        failed={failed}
        onOpen={({ source, last }) =>
          void (last === null
            ? navigate({ to: '/sources/$source', params: { source } })
            : navigate({ to: '/recovery/drills/$drill', params: { drill: last.id } }))
        }
        empty={<EmptyState title="No sources">Add a source first: what is protected can be rehearsed.</EmptyState>}
      />
    </>
  );
}

type NowProps = {
  readonly live: boolean;
  /** Being asked for. */
  readonly atWork: string | null;
  readonly rehearse: (source: string) => void;
};

function nowColumn(props: NowProps): Column<DrilledSource> {
  return {
    id: 'now',
    header: 'Rehearse',
    width: '138px',
    align: 'end',
    cell: (source) => <Now source={source} {...props} />,
  };
}

function Now({ source: { source, last }, live, atWork, rehearse }: NowProps & { readonly source: DrilledSource }) {
  return (
    <Button
      size="compact-xs"
      disabled={!live || last?.state === 'running'}
      loading={atWork === source}
      aria-label={`Rehearse now: ${visibleText(source)}`}
      onClick={(event) => {
        event.stopPropagation();
        rehearse(source);
      }}
    >
      Rehearse now
    </Button>
  );
}

/** They are on the page of each drill, and in the tables of a wide window. */
const narrowLacks: ReadonlySet<string> = new Set(['trend', 'next']);

const sourceColumns: readonly Column<DrilledSource>[] = [
  {
    id: 'source',
    header: 'Source',
    width: 'minmax(120px, 1fr)',
    cell: ({ source }) => <PathText path={source} />,
    sortBy: ({ source }) => source,
  },
  { id: 'last', header: 'Last drill', width: 'minmax(200px, 0.6fr)', cell: (source) => <Last source={source} /> },
  {
    id: 'rto',
    header: 'Recovery time',
    width: 'minmax(150px, 0.5fr)',
    cell: ({ rto, rule }) => <Rto rto={rto} rtoMs={rule?.rtoMs ?? null} />,
    sortBy: ({ rto }) => rto?.ms ?? -1,
  },
  {
    id: 'trend',
    header: 'Against its target',
    width: 'minmax(140px, 0.5fr)',
    cell: (source) => <Trend source={source} />,
  },
  { id: 'coverage', header: 'Covered', width: 'minmax(130px, 0.5fr)', cell: (source) => <Coverage source={source} /> },
  { id: 'next', header: 'Next', width: 'minmax(130px, 0.5fr)', cell: (source) => <Next source={source} /> },
];

function Last({ source: { last, isFlaky } }: { readonly source: DrilledSource }) {
  if (last === null) return <StatusBadge tone="none">never drilled</StatusBadge>;
  const { tone, words } = sayDrillState(last.state);
  return (
    <>
      <StatusBadge tone={tone} {...(isFlaky ? { title: 'Of the last few, some passed and some did not.' } : {})}>
        {isFlaky ? `${words}, flaky` : words}
      </StatusBadge>{' '}
      <RelativeTime at={last.startedAt} className={styles['dim'] ?? ''} />
    </>
  );
}

function Rto({ rto, rtoMs }: { readonly rto: Drill['rto']; readonly rtoMs: number | null }) {
  const target = rtoMs === null ? '' : ` Allowed: ${formatDuration(rtoMs)}.`;
  return (
    <StatusBadge
      tone={rtoTone(rto, rtoMs)}
      title={`${rto === null ? 'No drill has passed.' : `${rtoWords(rto)}.`}${target}`}
    >
      {rtoCell(rto)}
    </StatusBadge>
  );
}

function Trend({ source: { source, trend, rule } }: { readonly source: DrilledSource }) {
  const label = `Recovery time of ${visibleText(source)} by its drills`;
  const limit = rule?.rtoMs ?? null;
  const values = trend.flatMap(({ rtoMs }) => rtoMs ?? []).slice(-20);
  if (values.length < 2)
    return (
      <span className={styles['dim']} title="A line needs the recovery times of two drills.">
        from 2 drills on
      </span>
    );
  return <Sparkline label={label} values={values} height={20} {...(limit === null ? {} : { limit })} />;
}

function Coverage({ source: { coverage, isShrinking } }: { readonly source: DrilledSource }) {
  const percent = `${Math.floor(coverage * 100)} %`;
  if (!isShrinking) return <span title="Brought back by passed drills of the last 90 days.">{percent}</span>;
  return (
    <StatusBadge tone="part" title="Less of it was brought back in the last 90 days than in those before.">
      {`${percent}, shrinking`}
    </StatusBadge>
  );
}

function Next({ source: { next, overdue, rule } }: { readonly source: DrilledSource }) {
  if (rule === null || next === null) return <span className={styles['dim']}>not by itself</span>;
  if (overdue) return <StatusBadge tone="miss">overdue</StatusBadge>;
  return <RelativeTime at={next} />;
}

const drillColumns: readonly Column<Drill>[] = [
  { id: 'source', header: 'Source', width: 'minmax(120px, 1fr)', cell: ({ source }) => <PathText path={source} /> },
  { id: 'begun', header: 'Begun', width: '120px', cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    cell: ({ state }) => {
      const { tone, words } = sayDrillState(state);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  {
    id: 'how',
    header: 'How',
    width: '90px',
    cell: (drill) => <span title={sayWay(drill).meaning}>{sayWay(drill).words}</span>,
  },
  { id: 'amount', header: 'Brought back', width: 'minmax(200px, 1.4fr)', cell: (drill) => amountWords(drill) },
  { id: 'rto', header: 'Recovery time', width: '150px', cell: ({ rto, rtoMs }) => <Rto rto={rto} rtoMs={rtoMs} /> },
];
