/** The first snapshot as it is taken, and what came of it. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { isOver } from '../../../shared/model/job-states.ts';
import type { Job } from '../../../shared/contract/jobs.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useKnownJob } from '../../client/jobs.ts';
import { useIsLive } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { JobCard } from '../../components/job-card.tsx';
import { Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './first-run.module.css';
import { changeStart, forgetStart, noteMade, startStore } from './start-store.ts';

export function StepRun() {
  const { job: id, source } = startStore((start) => start.made);
  const job = useKnownJob(id ?? '');
  const navigate = useNavigate();
  const leave = () => {
    forgetStart();
    void navigate({ to: '/' });
  };
  return (
    <>
      <Panel>
        <div className={styles['body']}>
          <h2 className={styles['question']}>{job === undefined ? 'Starting' : titleOf(job)}</h2>
          {job === undefined ? <Skeleton lines={2} /> : <Progressing job={job} />}
          <div className={styles['actions']}>
            {job !== undefined && isOver(job.state) && job.state !== 'done' && job.state !== 'partial' ? (
              <Button
                onClick={() => {
                  noteMade({ job: null });
                  changeStart({ step: 'often' });
                }}
              >
                Back, to try again
              </Button>
            ) : null}
            <span className={styles['spring']} />
            <Button variant="filled" onClick={leave} data-autofocus>
              Go to the overview
            </Button>
          </div>
        </div>
      </Panel>
      <aside className={styles['side']}>
        <Panel title="From here">
          <p>The run goes on if you leave this page.</p>
          <p>
            Everything about {source === null ? 'the source' : <b>{visibleText(source)}</b>} is under{' '}
            <Link to="/sources">Sources</Link>: its history, what it leaves out, Protect now.
          </p>
          <p>A backup is proven by a restore. Bring back one file from the first snapshot today.</p>
        </Panel>
      </aside>
    </>
  );
}

function titleOf(job: Job): string {
  if (job.state === 'done') return 'The first snapshot is there';
  if (job.state === 'partial') return 'The first snapshot is there, and not complete';
  return isOver(job.state) ? 'The first snapshot was not taken' : 'The first snapshot is being taken';
}

function Progressing({ job }: { readonly job: Job }) {
  const live = useIsLive();
  const cancel = useOrder((client, { id }: { id: string }) => client.jobs.cancel({ job: id }));
  const problem = problemIn(cancel);
  if (!isOver(job.state)) {
    return (
      <>
        <JobCard job={job} live={live} onCancel={() => cancel.mutate({ id: job.id })} />
        {problem === null ? null : <ErrorNotice problem={problem} />}
      </>
    );
  }
  const { tone, words } = sayJobState(job.state);
  return (
    <>
      <div className={styles['result']}>
        <StatusMark tone={tone} label={words} />
        {visibleText(job.summary ?? words)}
      </div>
      {job.error === null ? null : <ErrorNotice problem={job.error} />}
      {job.state === 'partial' ? (
        <Notice tone="part" title="Something could not be read">
          What it was is named in the{' '}
          <Link to="/activity/$job" params={{ job: job.id }}>
            log of the run
          </Link>
          . A partial snapshot does not count as a good one.
        </Notice>
      ) : null}
    </>
  );
}
