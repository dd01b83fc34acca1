/** The log of a job: levels, search, and the newest line in sight while it runs. */
import { SegmentedControl, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { Job, JobLogLine } from '../../../shared/contract/jobs.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { absoluteTime, clockTime } from '../../components/format-time.ts';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import type { Tone } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './activity.module.css';
import { countLevels, filteredLines, logText, type LogFilter } from './log-lines.ts';

/** A log has as many lines at most. */
const wholeLog = 1000;
const askEveryMs = 2000;
const tones: Readonly<Record<'warning' | 'error', Tone>> = { warning: 'part', error: 'fail' };
const none: readonly JobLogLine[] = [];

const columns: readonly Column<JobLogLine>[] = [
  {
    id: 'level',
    header: <span className="visually-hidden">Level</span>,
    width: '34px',
    cell: ({ level }) =>
      level === 'info' ? (
        <span className="visually-hidden">info</span>
      ) : (
        <StatusMark tone={tones[level]} label={level} />
      ),
  },
  {
    id: 'at',
    header: 'Time',
    width: '84px',
    cell: ({ at }) => <time title={absoluteTime(Date.parse(at))}>{clockTime(Date.parse(at))}</time>,
  },
  {
    id: 'message',
    header: 'Message',
    width: 'minmax(200px, 2fr)',
    cell: ({ level, message }) => (
      <span className={styles['message']} data-level={level} title={visibleText(message)}>
        {visibleText(message)}
      </span>
    ),
  },
  {
    id: 'path',
    header: 'About',
    width: 'minmax(120px, 1fr)',
    cell: ({ path }) => (path === null ? null : <PathText path={path} mono />),
  },
  { id: 'code', header: 'Code', width: '150px', cell: ({ code }) => (code === null ? null : <code>{code}</code>) },
];

export function JobLog({ job }: { readonly job: Job }) {
  const [filter, setFilter] = useState<LogFilter>({ level: 'all', text: '' });
  const over = isOver(job.state);
  const live = useIsLive();
  const answer = useAnswer(
    ['jobs.log', job.id, over],
    (client, signal) => client.jobs.log({ job: job.id, limit: wholeLog }, { signal }),
    { keepPrevious: true },
  );
  const { refetch } = answer;
  useEffect(() => {
    if (over || !live) return undefined;
    const timer = setInterval(() => void refetch(), askEveryMs);
    return () => clearInterval(timer);
  }, [over, live, refetch]);
  const lines = answer.data?.lines ?? none;
  const shown = useMemo(() => filteredLines(lines, filter), [lines, filter]);
  const problem = problemIn(answer);
  return (
    <Panel title="Log" aside={<LogWords lines={lines} />} fill flush>
      <div className={styles['filters']} role="search">
        <TextInput
          aria-label="Search in the log"
          placeholder="Search"
          data-page-search
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="Level"
          value={filter.level}
          data={[
            { value: 'all', label: 'All' },
            { value: 'problems', label: 'Warnings and errors' },
            { value: 'errors', label: 'Errors' },
          ]}
          onChange={(level) => setFilter({ ...filter, level })}
        />
        <CopyButton text={logText(shown)} what="log" />
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void refetch()} />}
      <DataTable
        label="Log"
        columns={columns}
        rows={shown}
        keyOf={({ line }) => String(line)}
        follow={!over}
        loading={answer.isPending}
        failed={answer.isError}
        empty={
          <EmptyState title={lines.length === 0 ? 'The log is empty' : 'No line is like that'}>
            {lines.length === 0 ? 'Only what is worth telling is written here.' : 'Change the search or the level.'}
          </EmptyState>
        }
      />
    </Panel>
  );
}

function LogWords({ lines }: { readonly lines: readonly JobLogLine[] }) {
  const { warnings, errors } = countLevels(lines);
  const parts = [
    `${formatCount(lines.length)} ${lines.length === 1 ? 'line' : 'lines'}`,
    warnings === 0 ? null : `${formatCount(warnings)} ${warnings === 1 ? 'warning' : 'warnings'}`,
    errors === 0 ? null : `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}`,
  ];
  return <span role="status">{parts.filter((part) => part !== null).join(' · ')}</span>;
}
