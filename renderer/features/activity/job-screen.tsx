/** One job: how far it is, what came of it, its numbers, and its log. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, useCallback } from 'react';
import type { Job } from '../../../shared/contract/jobs.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { useJobNames } from '../../client/jobs.ts';
import { useIsLive, useJob, useLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { useMayCancel } from '../../client/me.ts';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { NoSuch } from '../../components/no-such.tsx';
import { JobName } from '../../components/job-link.tsx';
import { JobLine } from '../../components/job-card.tsx';
import { jobDurationMs } from '../../components/job-words.ts';
import { Bytes, Count, Rate } from '../../components/numbers.tsx';
import { Fact, Facts, Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { Progress } from '../../components/progress.tsx';
import { RelativeTime, ShortTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useTicking } from '../../components/ticker.ts';
import { sayJobKind, sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './activity.module.css';
import { CancelDialog } from './cancel-dialog.tsx';
import { JobLog } from './job-log.tsx';
import { RateChart } from './rate-chart.tsx';
import { SystemOfJob } from './system-of-job.tsx';
import { runAgain, type Again } from './run-again.ts';

export function JobScreen() {
  // Taken apart at once, it would be `any`.
  const params = useParams({ from: '/activity/$job' });
  const id = params.job;
  const present = useJob(id);
  const stored = useAnswer(['jobs.show', id, present?.state], (client, signal) =>
    client.jobs.show({ job: id }, { signal }),
  );
  const job = present ?? stored.data;
  const problem = problemIn(stored);
  if (job !== undefined) return <JobPage job={job} />;
  return (
    <Page title="Job" sub={<Link to="/activity">All activity</Link>}>
      {problem === null ? (
        <Skeleton lines={8} />
      ) : (
        <NoSuch
          problem={problem}
          what="job"
          action={<Link to="/activity">All activity</Link>}
          onRetry={() => void stored.refetch()}
        >
          The address may be cut short, or of another home. Jobs that ended long ago are not kept.
        </NoSuch>
      )}
    </Page>
  );
}

function JobPage({ job }: { readonly job: Job }) {
  const live = useIsLive();
  const mayCancel = useMayCancel();
  const nameOf = useJobNames();
  const again = useAgain(job);
  const [asked, setAsked] = useState<Job | null>(null);
  const { tone, words } = sayJobState(job.state);
  const over = isOver(job.state);
  return (
    <Page
      title={<JobName job={job} nameOf={nameOf} />}
      windowTitle={visibleText(nameOf(job.title))}
      sub={
        <span className={styles['state']}>
          <Link to="/activity">Activity</Link> · {sayJobKind(job.kind)}
          <StatusBadge tone={tone}>{words}</StatusBadge>
        </span>
      }
      actions={
        <>
          <ShowCommand
            commands={[
              ['holdfast', 'jobs', 'show', job.id],
              ...(over ? [] : [['holdfast', 'cancel', job.id]]),
              ...(again === null ? [] : [again.command]),
            ]}
          />
          {again === null ? null : (
            <May call={again.call}>
              <AgainButton again={again} />
            </May>
          )}
          {over || !mayCancel(job) ? null : (
            <Button disabled={!live || job.state === 'cancelling'} onClick={() => setAsked(job)}>
              Cancel…
            </Button>
          )}
        </>
      }
      fill
    >
      <div className={styles['columns']}>
        <div className={styles['main']}>
          {over ? <Outcome job={job} /> : <Now job={job} live={live} />}
          {job.kind === 'system' ? <SystemOfJob job={job.id} /> : null}
          <JobLog job={job} />
        </div>
        <div className={styles['side']}>
          <Numbers job={job} />
        </div>
      </div>
      <CancelDialog job={asked} onClose={() => setAsked(null)} />
    </Page>
  );
}

function Now({ job, live }: { readonly job: Job; readonly live: boolean }) {
  const percent = job.progress?.percent ?? null;
  const item = job.progress?.currentItem ?? null;
  return (
    <Panel title="Now" aside={percent === null ? undefined : <span className={styles['percent']}>{percent} %</span>}>
      <Progress percent={percent} label="Progress" stale={!live} />
      <JobLine job={job} live={live} />
      {item === null ? null : <PathText path={item} mono />}
      <RateChart job={job} />
    </Panel>
  );
}

function Outcome({ job }: { readonly job: Job }) {
  if (job.error !== null && job.state !== 'cancelled') return <ErrorNotice problem={job.error} />;
  return <Panel title="What came of it">{visibleText(job.summary ?? sayJobState(job.state).words)}</Panel>;
}

function Numbers({ job }: { readonly job: Job }) {
  const duration = useTicking(
    useCallback(
      (now: number) => {
        const ms = jobDurationMs(job, now);
        return ms === null ? '–' : formatDuration(job.endedAt === null ? Math.floor(ms / 1000) * 1000 : ms);
      },
      [job],
    ),
  );
  const { progress } = job;
  const rate = averageRate(job);
  // What it reports is of the part that is being taken, and no number of all of it.
  const isOfPart = job.kind === 'system';
  return (
    <Panel title="Numbers">
      <Facts>
        <Fact name="Queued">
          <ShortTime at={job.queuedAt} />
        </Fact>
        <Fact name="Started">{job.startedAt === null ? 'not yet' : <ShortTime at={job.startedAt} />}</Fact>
        <Fact name="Ended">{job.endedAt === null ? 'not yet' : <ShortTime at={job.endedAt} />}</Fact>
        <Fact name={job.endedAt === null ? 'Runs for' : 'Took'}>{duration}</Fact>
        {progress === null ? null : (
          <>
            {isOfPart ? null : (
              <>
                <Fact name="Items">
                  <Amount done={progress.doneItems} total={progress.totalItems} of={Count} />
                </Fact>
                <Fact name="Data">
                  <Amount done={progress.doneBytes} total={progress.totalBytes} of={Bytes} />
                </Fact>
              </>
            )}
            {rate === null || isOfPart ? null : (
              <Fact name="On average">
                <Rate value={rate} />
              </Fact>
            )}
            {isOfPart ? null : (
              <Fact name="Issues">
                <Count value={progress.issues} />
              </Fact>
            )}
            {job.endedAt === null ? (
              <Fact name="Last moved">
                <RelativeTime at={progress.movedAt} />
              </Fact>
            ) : null}
          </>
        )}
        <Fact name="Asked by">{actorWords(job.actor)}</Fact>
        <Fact name="Tenant">{visibleText(job.tenant)}</Fact>
        <Fact name="Priority">{job.priority}</Fact>
        <Fact name="Id">
          <code>{job.id}</code>
        </Fact>
      </Facts>
    </Panel>
  );
}

type AmountProps = {
  readonly done: number;
  readonly total: number | null;
  readonly of: React.ComponentType<{ readonly value: number }>;
};

function Amount({ done, total, of: Value }: AmountProps) {
  return (
    <>
      <Value value={done} />
      {total === null || total === done ? null : (
        <>
          {' of '}
          <Value value={total} />
        </>
      )}
    </>
  );
}

/** Bytes per second over the whole run; null while it runs, and where it moved none. */
function averageRate(job: Job): number | null {
  const ms = job.endedAt === null ? null : jobDurationMs(job, 0);
  const bytes = job.progress?.doneBytes ?? 0;
  return ms === null || ms === 0 || bytes === 0 ? null : (bytes / ms) * 1000;
}

function useAgain(job: Job): Again | null {
  const repositories = useLive((live) => live.repositories);
  const sources = useLive((live) => live.sources);
  return runAgain(job, { repositories, sources });
}

function AgainButton({ again }: { readonly again: Again }) {
  const navigate = useNavigate();
  const order = useOrder<undefined, { job: string }>((client) => again.start(client), [['jobs.list']]);
  const problem = problemIn(order);
  return (
    <>
      <Button
        variant="filled"
        loading={order.isPending}
        onClick={() =>
          order.mutate(undefined, {
            onSuccess: ({ job }) => void navigate({ to: '/activity/$job', params: { job } }),
          })
        }
      >
        Run again
      </Button>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
