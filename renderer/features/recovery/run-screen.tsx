/** One restore run: its steps as they go, what can be done about it, and at the end its report. */
import { MomentFacts } from './figures.tsx';
import { Link, useParams } from '@tanstack/react-router';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { useIsLive, useJob, useRun } from '../../client/live-store.ts';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { NoSuch } from '../../components/no-such.tsx';
import { JobLine } from '../../components/job-card.tsx';
import { Fact, Facts, Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { Progress } from '../../components/progress.tsx';
import { Age, DayTime, ShortTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { BucketRunFacts } from './bucket/bucket-run-facts.tsx';
import { FinishDrill } from './drills/guided-drill.tsx';
import { overwriteWords } from './draft-panel.tsx';
import { MoveRun } from './move-run.tsx';
import { RunActions } from './run-actions.tsx';
import { RunReportPanel } from './run-report.tsx';
import { RunSteps } from './run-steps.tsx';
import { canUndo, guideRail, guideStepOf, headlineOf, isAtWork } from './run-words.ts';
import styles from './recovery.module.css';

export function RunScreen() {
  const { run: id } = useParams({ from: '/recovery/$run' });
  const live = useRun(id);
  // One that is closed is not in the live state.
  const answer = useAnswer(
    ['restoreRuns.get', id],
    (client, signal) => client.restoreRuns.get({ run: id }, { signal }),
    {
      enabled: live === undefined,
      staleTimeMs: 0,
    },
  );
  const run = live ?? answer.data;
  const problem = run === undefined ? problemIn(answer) : null;
  if (run === undefined) {
    return (
      <Page title="Restore">
        {problem === null ? (
          <Skeleton lines={6} />
        ) : (
          <NoSuch
            problem={problem}
            what="restore"
            action={<Link to="/recovery">All restores</Link>}
            onRetry={() => void answer.refetch()}
          >
            The address may be cut short, or of another home. What was restored is in the list.
          </NoSuch>
        )}
      </Page>
    );
  }
  return <Run run={run} />;
}

function Run({ run }: { readonly run: RestoreRun }) {
  const { where, state, move } = run;
  const step = guideStepOf(run);
  const isOver = step === 'Report';
  const atWork = isAtWork(run) ? <AtWork run={run} /> : null;
  if (move !== null) return <MoveRun run={run} move={move} times={<Times run={run} />} atWork={atWork} />;
  return (
    <Page
      title={`Bringing back ${visibleText(run.title)}`}
      sub={
        where === null ? (
          run.bucket === null ? (
            `In AWS, ${run.aws?.region ?? ''}.`
          ) : (
            `To s3://${visibleText(`${run.bucket.bucket}/${run.bucket.prefix}`)} in ${run.bucket.region}.`
          )
        ) : where.target === null ? (
          'To the original place.'
        ) : (
          <>
            Below <span className={styles['whole']}>{visibleText(where.target)}</span>.
          </>
        )
      }
    >
      <StepRail label="Steps of the restore" steps={guideRail(step, state === 'failed')} />
      <div className={styles['guide']}>
        <div className={styles['form']}>
          <FinishDrill run={run} />
          <Panel>
            <div className={styles['headline']}>
              <span className={styles['big']} role="status">
                {headlineOf(run)}
              </span>
              <Times run={run} />
            </div>
            {atWork}
            {run.error === null ? null : <ErrorNotice problem={run.error} />}
            {state === 'interrupted' ? (
              <Notice tone="miss" title="The engine ended while this ran">
                What was written is there; going on takes up where it was left.
              </Notice>
            ) : null}
            <RunSteps run={run} />
            <May call="restoreRuns.start">
              <RunActions run={run} />
            </May>
          </Panel>
          {isOver ? <RunReportPanel run={run} /> : null}
        </div>
        <div className={styles['side']}>
          <RecoveryPoint run={run} />
          <IfWrong run={run} />
        </div>
      </div>
      {run.selections.length > 1 && !isOver ? <Selections run={run} /> : null}
    </Page>
  );
}

function Times({ run }: { readonly run: RestoreRun }) {
  const { startedAt, endedAt } = run;
  return (
    <span className={styles['dim']}>
      {startedAt === null ? (
        'not started yet'
      ) : (
        <>
          started <ShortTime at={startedAt} />
          {endedAt === null && isAtWork(run) ? (
            <>
              , <Age at={startedAt} /> so far
            </>
          ) : null}
          {endedAt === null ? null : (
            <>
              , ended <ShortTime at={endedAt} />
            </>
          )}
        </>
      )}
    </span>
  );
}

function AtWork({ run }: { readonly run: RestoreRun }) {
  const job = useJob(run.job ?? '');
  const live = useIsLive();
  if (job === undefined) return null;
  return (
    <div>
      <Progress percent={job.progress?.percent ?? null} label="Progress of the restore" stale={!live} />
      <JobLine job={job} live={live} />
    </div>
  );
}

function RecoveryPoint({ run }: { readonly run: RestoreRun }) {
  const sources = [...new Set(run.selections.map(({ source }) => source))];
  return (
    <Panel title="Recovery point">
      <Facts>
        {run.bucket === null ? null : <BucketRunFacts plan={run.bucket} />}
        {run.aws === null && run.selections.length > 0 ? (
          <>
            <MomentFacts name="Taken" takenAt={run.selections.map(({ takenAt }) => takenAt)} />
            <Fact name="Of">
              {sources.map((source) => (
                <div key={source}>
                  <PathText path={source} />
                </div>
              ))}
            </Fact>
          </>
        ) : null}
        {run.aws === null ? null : (
          <>
            <Fact name="Planned">
              <DayTime at={run.aws.plannedAt} />
            </Fact>
            <Fact name="In account">{run.aws.account}</Fact>
          </>
        )}
        {run.repository === null && run.aws === null ? null : (
          <Fact name="From">
            <span className={styles['whole']}>
              {visibleText(run.repository?.location ?? `AWS, ${run.aws?.from ?? ''}`)}
            </span>
          </Fact>
        )}
        {run.where === null ? null : <Fact name="Existing files">{overwriteWords[run.where.overwrite]}</Fact>}
        <Fact name="Begun by">{actorWords(run.actor)}</Fact>
      </Facts>
    </Panel>
  );
}

const awsWayBack =
  'Stopping keeps what was made. Undoing goes back step by step, newest first, as far as each step says; it lists what it will do first. What was replaced is tagged and kept, never deleted.';

const bucketWayBack =
  'Stopping keeps what was written. What a run has written to a bucket is not taken back: where the bucket keeps versions, what it replaced is there as an earlier one. Going on takes up where it was left, and asks S3 for nothing twice.';

function IfWrong({ run }: { readonly run: RestoreRun }) {
  return (
    <Panel title="If this goes wrong">
      <div>
        {run.closedAt !== null
          ? 'This run is closed: nothing of it can be undone any more, and its snapshots are not held by it.'
          : canUndo(run) || isAtWork(run)
            ? run.kind === 'aws'
              ? awsWayBack
              : run.kind === 'bucket'
                ? bucketWayBack
                : 'Stopping keeps what was written. Undoing removes what this run made and puts back what it replaced, unless somebody has changed it since; it lists what it will do first. The snapshots it reads are held until the run is closed.'
            : 'Nothing was written that would have to be undone.'}
      </div>
    </Panel>
  );
}

function Selections({ run }: { readonly run: RestoreRun }) {
  return (
    <Panel title="What is restored">
      <ul className={styles['list']} tabIndex={0} aria-label="What is restored">
        {run.selections.map(({ snapshot, path, takenAt }) => (
          <li key={`${snapshot} ${path}`}>
            <span className={styles['grow']}>
              <PathText path={path} />
            </span>
            <DayTime at={takenAt} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
