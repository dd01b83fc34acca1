/** What runs, with true progress; below it everything that has ended, page by page. */
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Job } from '../../../shared/contract/jobs.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { formatCount, formatDuration, formatRate } from '../../../shared/model/units.ts';
import { usePages } from '../../client/ask.ts';
import type { Live } from '../../client/live-state.ts';
import { useJobNames } from '../../client/jobs.ts';
import { liveStore, useIsLive, useRunningJobs } from '../../client/live-store.ts';
import { useMayCancel } from '../../client/me.ts';
import { Actor } from '../../components/actor.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { JobLink, JobName } from '../../components/job-link.tsx';
import { JobCard } from '../../components/job-card.tsx';
import { jobDurationMs, totalRate } from '../../components/job-words.ts';
import { Page, Panel, Tag } from '../../components/page.tsx';
import { preferences } from '../../components/preferences.ts';
import { ShortTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayJobKind, sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './activity.module.css';
import { CancelDialog } from './cancel-dialog.tsx';
import { endedJobs, filteredJobs, kindsOf, resultOf, type HistoryFilter } from './history.ts';

export function ActivityScreen() {
  const running = useRunningJobs();
  return (
    <Page
      title="Activity"
      sub={<NowWords jobs={running} />}
      actions={<Link to="/activity/trends">Trends over weeks and months</Link>}
      fill
    >
      {running.length === 0 ? null : <Running jobs={running} />}
      <History />
    </Page>
  );
}

function NowWords({ jobs }: { readonly jobs: readonly Job[] }) {
  const live = useIsLive();
  const units = preferences((chosen) => chosen.bytes);
  if (jobs.length === 0) return 'Nothing runs at the moment.';
  const waiting = jobs.filter(({ state }) => state === 'queued').length;
  const rate = live ? totalRate(jobs) : null;
  return [
    `${jobs.length - waiting} running`,
    waiting === 0 ? null : `${waiting} waiting`,
    rate === null ? null : `${formatRate(rate, units)} in all`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function Running({ jobs }: { readonly jobs: readonly Job[] }) {
  const live = useIsLive();
  const mayCancel = useMayCancel();
  const nameOf = useJobNames();
  const [leaving, setLeaving] = useState<Job | null>(null);
  return (
    <Panel title="Now" className={styles['now']}>
      <div className={styles['cards']}>
        {jobs.map((job) => (
          <JobCard
            key={job.id}
            job={job}
            live={live}
            title={<JobLink job={job} nameOf={nameOf} />}
            onCancel={mayCancel(job) ? () => setLeaving(job) : undefined}
          />
        ))}
      </div>
      <CancelDialog job={leaving} onClose={() => setLeaving(null)} />
    </Panel>
  );
}

const columnsOf = (nameOf: (title: string) => string): readonly Column<Job>[] => [
  {
    id: 'state',
    header: 'State',
    width: '112px',
    cell: ({ state }) => {
      const { tone, words } = sayJobState(state);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
    sortBy: ({ state }) => state,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: '112px',
    cell: ({ kind }) => <Tag>{sayJobKind(kind)}</Tag>,
    sortBy: ({ kind }) => kind,
  },
  {
    id: 'title',
    header: 'What',
    width: 'minmax(140px, 1fr)',
    cell: (job) => <JobName job={job} nameOf={nameOf} />,
    sortBy: ({ title }) => nameOf(title),
  },
  {
    id: 'startedAt',
    header: 'Started',
    width: 'minmax(72px, 118px)',
    cell: (job) => <ShortTime at={job.startedAt ?? job.queuedAt} />,
    sortBy: (job) => job.startedAt ?? job.queuedAt,
  },
  {
    id: 'duration',
    header: 'Took',
    width: '92px',
    align: 'end',
    cell: (job) => {
      const ms = jobDurationMs(job, Date.now());
      return ms === null ? '–' : formatDuration(ms);
    },
    sortBy: (job) => jobDurationMs(job, Date.now()),
  },
  {
    id: 'result',
    header: 'What came of it',
    width: 'minmax(180px, 2fr)',
    cell: (job) => <span title={visibleText(resultOf(job))}>{visibleText(resultOf(job))}</span>,
  },
  {
    id: 'actor',
    header: 'By',
    width: 'minmax(76px, 112px)',
    cell: ({ actor }) => <Actor actor={actor} />,
    sortBy: ({ actor }) => actor,
  },
];

function History() {
  const navigate = useNavigate();
  const nameOf = useJobNames();
  const columns = useMemo(() => columnsOf(nameOf), [nameOf]);
  const [filter, setFilter] = useState<HistoryFilter>({ outcome: 'all', kind: null, text: '' });
  const { pages, problem, waiting, more, fetchMore, askAgain } = useHistory();
  const here = useEndedHere();
  const ended = useMemo(
    () =>
      endedJobs(
        pages.map(({ jobs }) => jobs),
        here,
      ),
    [pages, here],
  );
  const shown = useMemo(() => filteredJobs(ended, filter), [ended, filter]);
  const isFiltered = shown.length !== ended.length;
  // A filter that lets little through would leave a table whose end never comes into sight.
  const wantsMore = isFiltered && more && shown.length < 50;
  useEffect(() => {
    if (wantsMore) fetchMore();
  }, [wantsMore, fetchMore]);
  const notice = pages.find((page) => page.notice !== null)?.notice ?? null;
  return (
    <Panel title="Before" aside={<HistoryWords shown={shown.length} of={ended.length} more={more} />} fill flush>
      <Filters filter={filter} kinds={kindsOf(ended)} onChange={setFilter} />
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      {notice === null ? null : (
        <Notice tone="part" title="Earlier jobs are missing">
          {visibleText(notice)}
        </Notice>
      )}
      <DataTable
        label="Jobs that have ended"
        columns={columns}
        rows={shown}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/activity/$job', params: { job: id } })}
        loading={waiting && problem === null}
        failed={problem !== null}
        onEnd={fetchMore}
        empty={<NoHistory isFiltered={isFiltered} />}
      />
    </Panel>
  );
}

function useHistory() {
  return usePages(
    ['jobs.list'],
    (client, before: string | undefined, signal) =>
      client.jobs.list({ all: true, limit: 200, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ jobs, more }) => (more ? jobs.at(-1)?.id : undefined),
  );
}

/**
 * Jobs that ended while the screen was open. Live state keeps them for a minute only, and to fetch all pages again each
 * time one ends would be much for one line.
 */
function useEndedHere(): Iterable<Job> {
  const [ended, setEnded] = useState<ReadonlyMap<string, Job>>(() => endedIn(liveStore.getState().live));
  useEffect(
    () =>
      liveStore.subscribe(({ live }, before) => {
        if (live.jobs === before.live.jobs) return;
        const now = endedIn(live);
        setEnded((known) => (now.keys().every((id) => known.has(id)) ? known : new Map([...known, ...now])));
      }),
    [],
  );
  return useMemo(() => [...ended.values()], [ended]);
}

function endedIn({ jobs }: Live): ReadonlyMap<string, Job> {
  return new Map([...jobs].filter(([, { state }]) => isOver(state)));
}

type HistoryWordsProps = { readonly shown: number; readonly of: number; readonly more: boolean };

function HistoryWords({ shown, of, more }: HistoryWordsProps) {
  const all = more ? `the newest ${formatCount(of)}` : formatCount(of);
  return <span role="status">{shown === of ? all : `${formatCount(shown)} of ${all}`}</span>;
}

type FiltersProps = {
  readonly filter: HistoryFilter;
  readonly kinds: readonly string[];
  readonly onChange: (filter: HistoryFilter) => void;
};

function Filters({ filter, kinds, onChange }: FiltersProps) {
  return (
    <div className={styles['filters']} role="search">
      <TextInput
        aria-label="Search in past jobs"
        placeholder="Search"
        data-page-search
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label="Outcome"
        value={filter.outcome}
        data={[
          { value: 'all', label: 'All' },
          { value: 'problems', label: 'With problems' },
        ]}
        onChange={(outcome) => onChange({ ...filter, outcome })}
      />
      <Select
        aria-label="Kind"
        placeholder="Every kind"
        clearable
        value={filter.kind}
        data={kinds.map((kind) => ({ value: kind, label: sayJobKind(kind) }))}
        onChange={(kind) => onChange({ ...filter, kind })}
      />
    </div>
  );
}

function NoHistory({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="No job is like that">Change the search or the filters.</EmptyState>;
  return (
    <EmptyState title="Nothing has ended yet" action={<Link to="/sources">Go to the sources</Link>}>
      Protections, restores, checks and everything else that takes a while is listed here, with its log.
    </EmptyState>
  );
}
