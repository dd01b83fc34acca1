/** What runs now. */
import { Link } from '@tanstack/react-router';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useJobNames } from '../../client/jobs.ts';
import { useIsLive, useRunningJobs } from '../../client/live-store.ts';
import { useMayCancel } from '../../client/me.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { JobLink } from '../../components/job-link.tsx';
import { JobCard } from '../../components/job-card.tsx';
import { Panel } from '../../components/page.tsx';
import styles from './overview.module.css';

/** More are counted; Activity lists them. */
const shown = 8;

export function RunningPanel() {
  const jobs = useRunningJobs();
  const live = useIsLive();
  const nameOf = useJobNames();
  const mayCancel = useMayCancel();
  const cancel = useOrder((client, { id }: { id: string }) => client.jobs.cancel({ job: id }));
  const problem = problemIn(cancel);
  return (
    <Panel title="Running" aside={<Link to="/activity">All activity</Link>}>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {jobs.length === 0 ? (
        <span className={styles['dim']}>Nothing runs.</span>
      ) : (
        <div className={styles['jobs']}>
          {jobs.slice(0, shown).map((job) => (
            <JobCard
              key={job.id}
              job={job}
              live={live}
              title={<JobLink job={job} nameOf={nameOf} />}
              onCancel={mayCancel(job) ? () => cancel.mutate({ id: job.id }) : undefined}
            />
          ))}
        </div>
      )}
      {jobs.length > shown ? <p className={styles['dim']}>and {jobs.length - shown} more</p> : null}
    </Panel>
  );
}
