/** The protections of a source that ended last. */
import { Link } from '@tanstack/react-router';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { ProtectionRun } from '../../../shared/contract/schedule.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { ConsistencyBadge } from '../../components/consistency-badge.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sources.module.css';

const looked = 500;
const shown = 10;
const booked = 50;

export function RunsPanel({ source: { name, lastRun } }: { readonly source: SourceState }) {
  const answer = useAnswer(['jobs.list', 'protect', name, lastRun?.job ?? ''], async (client, signal) => {
    const { jobs } = await client.jobs.list({ all: true, limit: looked }, { signal });
    return jobs
      .filter(({ kind, title, state }) => kind === 'protect' && title === name && isOver(state))
      .slice(0, shown);
  });
  // The book of runs knows more of those that were of a registered source.
  const book = useAnswer(['schedule.runs', name, lastRun?.job ?? ''], async (client, signal) => {
    const { runs: known } = await client.schedule.runs({ source: name, limit: booked }, { signal });
    return new Map(known.flatMap((run) => (run.job === null ? [] : [[run.job, run] as const])));
  });
  const problem = problemIn(answer);
  const runs = answer.data ?? [];
  return (
    <Panel title="Last runs" aside={<Link to="/activity">All activity</Link>}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={3} /> : null}
      {answer.isSuccess && runs.length === 0 ? (
        <p className={styles['dim']}>None among the last {looked} jobs of this console.</p>
      ) : null}
      <ul className={styles['list']}>
        {runs.map(({ id, state, summary, endedAt, error }) => {
          const { tone, words } = sayJobState(state);
          const text = visibleText(summary ?? error?.message ?? words);
          return (
            <li key={id}>
              <StatusMark tone={tone} label={words} />
              <div className={styles['run']}>
                <Link to="/activity/$job" params={{ job: id }} title={text}>
                  {text}
                </Link>
                <RunConsistency run={book.data?.get(id)} />
              </div>
              {endedAt === null ? null : <RelativeTime at={endedAt} className={styles['dim']} />}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function RunConsistency({ run }: { readonly run: ProtectionRun | undefined }) {
  return run === undefined ? null : <ConsistencyBadge {...run} />;
}
