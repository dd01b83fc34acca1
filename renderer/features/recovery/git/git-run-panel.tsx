/** A restore of Git repositories as it goes, and at the end what came of it. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { formatCount, formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useIsLive, useJob } from '../../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { JobCard } from '../../../components/job-card.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { DayTime, ShortTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { FinishOf } from '../drills/guided-drill.tsx';
import styles from '../recovery.module.css';
import { RefFigures } from './git-figures.tsx';
import { RefList, RepositoryList } from './git-lists.tsx';
import { PartList } from './git-parts.tsx';
import { forgetGitRun, type GitRun } from './git-restore-run.ts';

export function GitRunPanel({ run, onAnother }: { readonly run: GitRun; readonly onAnother: () => void }) {
  const navigate = useNavigate();
  const { result, problem, repositories } = run;
  const isOver = result !== null || problem !== null;
  return (
    <div className={styles['guide']}>
      <Panel title={isOver ? 'Report' : 'Running'}>
        <div className={styles['form']}>
          <div className={styles['headline']}>
            <span className={styles['big']} role="status">
              {headlineOf(run)}
            </span>
            <span className={styles['dim']}>
              started <ShortTime at={run.startedAt} />
              {result === null ? null : `, took ${formatDuration(result.durationMs)}`}
            </span>
          </div>
          <FinishOf
            mayBe={run.title.startsWith('Drill: ')}
            busy={!isOver}
            about={run.target}
            state={isOver ? 'over' : 'running'}
          />
          {isOver ? null : <AtWork job={run.job} />}
          {problem === null ? null : <ErrorNotice problem={problem} />}
          {result === null ? null : <Outcome run={run} />}
          {repositories.length === 0 ? null : (
            <>
              <RepositoryList repositories={repositories} showsVerified={isOver && run.verify} />
              <RefList repositories={repositories} several={repositories.length > 1} />
              <PartList repositories={repositories} several={repositories.length > 1} />
            </>
          )}
          {result === null || result.issues.length === 0 ? null : (
            <>
              <h3>What did not go as asked</h3>
              <ul className={styles['list']} tabIndex={0} aria-label="What did not go as asked">
                {result.issues.map(({ path, message }) => (
                  <li key={`${path} ${message}`}>
                    <span>{visibleText(path)}</span>
                    <span className={styles['grow']}>{visibleText(message)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        {isOver ? (
          <div className={styles['actions']}>
            <Button
              onClick={() => {
                onAnother();
                forgetGitRun();
                void navigate({ to: '/recovery/git', search: {} });
              }}
            >
              Restore something else
            </Button>
          </div>
        ) : null}
      </Panel>
      <Beside run={run} isOver={isOver} />
    </div>
  );
}

function Beside({ run, isOver }: { readonly run: GitRun; readonly isOver: boolean }) {
  return (
    <div className={styles['side']}>
      <Panel title="Recovery point">
        <Facts>
          <Fact name="Taken">
            <DayTime at={run.takenAt} />
          </Fact>
          <Fact name="To">
            <span className={styles['whole']}>{visibleText(run.target)}</span>
          </Fact>
          {run.job === null ? null : (
            <Fact name="Job">
              <Link to="/activity/$job" params={{ job: run.job }}>
                {run.job.slice(0, 8)}
              </Link>
            </Fact>
          )}
        </Facts>
      </Panel>
      <Panel title={isOver ? 'What is kept' : 'If this goes wrong'}>
        <ul className={styles['risks']}>
          {isOver ? null : <li>Stopping keeps what was pushed already. Started again, it does what is missing.</li>}
          <li>
            {isOver
              ? 'The token was not kept: neither this page nor the engine has it any more.'
              : 'The token is not kept: this page has forgotten it, and the engine does when the job ends.'}
          </li>
          <li>
            These lists are on this page only as long as it stays open. The job in Activity keeps the summary and what
            did not go as asked.
          </li>
        </ul>
      </Panel>
    </div>
  );
}

function AtWork({ job: id }: { readonly job: string | null }) {
  const job = useJob(id ?? '');
  const live = useIsLive();
  const cancel = useOrder((client, which: string) => client.jobs.cancel({ job: which }));
  const problem = problemIn(cancel);
  if (job === undefined) return <Skeleton lines={2} />;
  return (
    <>
      <JobCard job={job} live={live} onCancel={() => cancel.mutate(job.id)} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}

function Outcome({ run: { result, verify, repositories } }: { readonly run: GitRun }) {
  if (result === null) return null;
  const { refs } = result;
  const sound = repositories.filter(
    ({ verified }) =>
      verified !== null && verified.sound && verified.otherRefs.length + verified.otherParts.length === 0,
  );
  const looked = repositories.filter(({ verified }) => verified !== null);
  return (
    <>
      <RefFigures counts={refs} />
      {refs.heldBack === 0 ? null : (
        <Notice
          tone="part"
          title={`${refs.heldBack === 1 ? 'One ref was' : `${formatCount(refs.heldBack)} refs were`} held back`}
        >
          The target has other commits there, so it was left as it is.
        </Notice>
      )}
      {verify ? (
        <Notice tone={looked.length > 0 && sound.length === looked.length ? 'good' : 'part'}>
          {looked.length === 0
            ? 'Nothing was looked at afterwards.'
            : `${formatCount(sound.length)} of ${formatCount(looked.length)} ${looked.length === 1 ? 'target' : 'targets'}: the refs were read again and are those of the snapshot, and a fresh clone passes git fsck.`}
        </Notice>
      ) : (
        <Notice tone="part">Nothing was verified: that the target has what the snapshot holds was not proved.</Notice>
      )}
    </>
  );
}

function headlineOf({ result, problem }: GitRun): string {
  if (problem !== null) return problem.code === 'CANCELLED' ? 'Stopped' : 'Failed';
  if (result === null) return 'Giving back';
  const { done, partial, failed, empty } = result.repositories;
  if (failed > 0 && done + partial + empty === 0) return 'Failed';
  return failed + partial > 0 ? 'Given back, with exceptions' : 'Given back';
}
