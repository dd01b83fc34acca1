/** The protection matrix: a row for each source, worst first, a cell for each of the last days. */
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { Job } from '../../../shared/contract/jobs.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount, formatDuration } from '../../../shared/model/units.ts';
import { problemIn } from '../../client/ask.ts';
import { useRunningJobs } from '../../client/live-store.ts';
import { useSourceCopies } from '../../client/sites.ts';
import { useSourceDays, type SourceDays } from '../../client/source-days.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { DayLegend, DayStrip } from '../../components/day-strip.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { daysOf } from '../../components/source-days.ts';
import { useToday } from '../../components/use-today.ts';
import { protectingBySource, sayStanding, standingOf, worstFirst } from '../../components/source-state.ts';
import { NewestGood, SourceName } from '../../components/source-name.tsx';
import { copiesAtSites } from '../../components/site-copies.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './overview.module.css';
import { moreWords, windowAround } from './matrix-model.ts';

/** A narrow window has room for the names of sources, or for a week more. */
const manyDays = 21;
const fewDays = 14;
/** Rows before somebody asks for all: as many as a window of that height has room for. */
const fewRows = 12;
const moreRows = 26;

export function Matrix({ sources }: { readonly sources: readonly SourceState[] }) {
  const [whole, setWhole] = useState(false);
  const tall = useMediaQuery('(min-height: 1150px)') ?? false;
  const collapsed = tall ? moreRows : fewRows;
  const [range, setRange] = useState({ from: 0, to: fewRows });
  const wide = useMediaQuery('(min-width: 1500px)') ?? false;
  const narrow = useMediaQuery('(max-width: 1400px)') ?? false;
  const days = narrow ? fewDays : manyDays;
  const navigate = useNavigate();
  const today = useToday();
  const ordered = useMemo(() => worstFirst(sources), [sources]);
  const shown = useMemo(() => (whole ? ordered : ordered.slice(0, collapsed)), [ordered, whole, collapsed]);
  const rest = ordered.slice(shown.length);
  const asked = windowAround(range, shown.length);
  const answer = useSourceDays(shown.slice(asked.from, asked.to), days, today);
  const jobs = useRunningJobs();
  const protecting = useMemo(() => protectingBySource(jobs), [jobs]);
  const several = useMemo(() => new Set(sources.map(({ kind }) => kind)).size > 1, [sources]);
  const kinds = several && !narrow;
  const known = useSourceCopies();
  const columns = useMemo(
    () => columnsOf(answer.data, protecting, { days, wide, kinds, known }),
    [answer.data, protecting, days, wide, kinds, known],
  );
  const onRange = useCallback((from: number, to: number) => setRange({ from, to }), []);
  const rows = useMemo(
    () => ({ count: shown.length, rowAt: (index: number) => shown[index], onRange }),
    [shown, onRange],
  );
  const problem = problemIn(answer);
  return (
    <Panel title={`Protection, last ${days} days`} aside={<DayLegend />} flush>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <DataTable
        label="Sources, worst first"
        columns={columns}
        rows={rows}
        keyOf={({ key }) => key}
        onOpen={({ key }) => void navigate({ to: '/sources/$source', params: { source: key } })}
        maxHeight={whole ? 640 : 28 + collapsed * 29 + 4}
      />
      <div className={styles['more']}>
        {rest.length > 0 || whole ? (
          <>
            <Button size="compact-xs" onClick={() => setWhole(!whole)} aria-expanded={whole}>
              {whole ? 'Show only the worst' : `Show all ${formatCount(ordered.length)}`}
            </Button>
            {whole ? null : moreWords(rest)}
          </>
        ) : null}
        <Link to="/unprotected" className={styles['atEnd'] ?? ''}>
          What is unprotected
        </Link>
      </div>
    </Panel>
  );
}

type Shown = {
  readonly days: number;
  readonly wide: boolean;
  readonly kinds: boolean;
  readonly known: ReturnType<typeof useSourceCopies>;
};

function columnsOf(
  answer: SourceDays | undefined,
  protecting: ReadonlyMap<string, Job>,
  { days, wide, kinds, known }: Shown,
): readonly Column<SourceState>[] {
  const always: readonly Column<SourceState>[] = [
    {
      id: 'name',
      header: 'Source',
      width: wide ? 'minmax(160px, 280px)' : 'minmax(110px, 1fr)',
      cell: (source) => <SourceName source={source} showsKind={kinds} />,
    },
    {
      id: 'days',
      header: 'By day, today last',
      // Nine pixels for each, two between them, and the room at both ends of a cell.
      width: `${days * 11 + 15}px`,
      cell: ({ key, name }) =>
        answer === undefined ? null : (
          <DayStrip days={daysOf(answer.first, days, answer.sources[key] ?? [], protecting.has(name))} />
        ),
    },
    {
      id: 'good',
      header: 'Newest good',
      width: '96px',
      align: 'end',
      cell: (source) => <NewestGood source={source} asAge />,
    },
    { id: 'state', header: 'State', width: '142px', cell: (source) => <State source={source} /> },
    {
      id: 'rto',
      header: 'Back in',
      width: '104px',
      align: 'end',
      cell: ({ drill }) => <BackIn drill={drill ?? null} />,
    },
  ];
  const size: Column<SourceState> = {
    id: 'size',
    header: 'Size',
    width: '84px',
    align: 'end',
    cell: ({ bytes }) => <Bytes value={bytes} />,
  };
  const copies = known === undefined || known.sites.length === 0 ? [] : [copiesColumn(known)];
  // A narrow window has room for one of them; where copies lie is the one that a fire asks about.
  if (!wide) return [...always, ...(copies.length > 0 ? copies : [size])];
  return [
    ...always,
    ...copies,
    size,
    {
      id: 'snapshots',
      header: 'Snapshots',
      width: '90px',
      align: 'end',
      cell: ({ snapshots }) => <Count value={snapshots} className={styles['dim']} />,
    },
    { id: 'last', header: 'Last run', width: 'minmax(120px, 1fr)', cell: (source) => <LastRun source={source} /> },
  ];
}

function copiesColumn({ sites, copies }: NonNullable<Shown['known']>): Column<SourceState> {
  return {
    id: 'copies',
    header: 'At sites',
    width: '112px',
    cell: ({ name }) => {
      const said = copiesAtSites(name, sites, copies);
      if (said === null) return <span className={styles['dim']}>none</span>;
      return (
        <StatusBadge tone={said.tone} title={visibleText(said.detail)}>
          {said.words}
        </StatusBadge>
      );
    },
  };
}

function State({ source }: { readonly source: SourceState }) {
  const { tone, words } = sayStanding(standingOf(source));
  const summary = source.lastRun?.summary ?? null;
  return (
    <StatusBadge tone={tone} {...(summary === null ? {} : { title: visibleText(summary) })}>
      {words}
    </StatusBadge>
  );
}

function BackIn({ drill }: { readonly drill: NonNullable<SourceState['drill']> | null }) {
  if (drill === null) return <span className={styles['dim']}>never drilled</span>;
  const { rto, state } = drill;
  if (rto === null) return <span className={styles['dim']}>{state}</span>;
  return <span title={rto.words}>{`${rto.basis === 'measured' ? '' : '~'}${formatDuration(rto.ms)}`}</span>;
}

function LastRun({ source: { lastRun } }: { readonly source: SourceState }) {
  if (lastRun === null) return <span className={styles['dim']}>none known</span>;
  const summary = visibleText(lastRun.summary ?? sayJobState(lastRun.state as Job['state']).words);
  return (
    <span className={styles['dim']} title={summary}>
      <RelativeTime at={lastRun.endedAt} />: {summary}
    </span>
  );
}
