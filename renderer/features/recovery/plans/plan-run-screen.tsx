/** A run of a plan, made for 3 a.m.: what is happening, what waits for you, what comes next, and all of it below. */
import { Link, useParams } from '@tanstack/react-router';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { kindWords, workWords } from '../../../../shared/model/plan-words.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useLive } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { actorWords } from '../../../components/actor.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { NoSuch } from '../../../components/no-such.tsx';
import { Fact, Facts, Page, Panel } from '../../../components/page.tsx';
import { Progress } from '../../../components/progress.tsx';
import { Age, DayTime, ShortTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { FinishOf } from '../drills/guided-drill.tsx';
import recovery from '../recovery.module.css';
import { PlanGraph } from './plan-graph.tsx';
import { PlanRunActions } from './plan-run-actions.tsx';
import { headlineOf, heldUp, nowOf, sayPlanStep } from './plan-run-words.ts';
import { StepAnswers } from './step-answers.tsx';
import styles from './plans.module.css';

export function PlanRunScreen() {
  const { run: id } = useParams({ from: '/recovery/plan-runs/$run' });
  const live = useLive((state) => state.planRuns.get(id));
  const answer = useAnswer(['planRuns.get', id], (client, signal) => client.planRuns.get({ run: id }, { signal }), {
    enabled: live === undefined,
    staleTimeMs: 0,
  });
  const run = live ?? answer.data;
  const problem = run === undefined ? problemIn(answer) : null;
  if (run !== undefined) return <Run run={run} />;
  return (
    <Page title="Run of a plan" sub={<Link to="/recovery/plans">Recovery plans</Link>}>
      {problem === null ? (
        <Skeleton lines={6} />
      ) : (
        <NoSuch
          problem={problem}
          what="run of a plan"
          action={<Link to="/recovery/plans">All recovery plans</Link>}
          onRetry={() => void answer.refetch()}
        >
          The address may be cut short, or of another home.
        </NoSuch>
      )}
    </Page>
  );
}

function Run({ run }: { readonly run: PlanRun }) {
  const { plan, steps, startedAt, endedAt, state, isolation } = run;
  const { over } = nowOf(run);
  return (
    <Page
      title={`${isolation === null ? 'Run' : 'Rehearsal'} of ${visibleText(plan.name)}`}
      sub={
        <>
          <Link to="/recovery/plans">Recovery plans</Link> ·{' '}
          <Link to="/recovery/plans/$plan" params={{ plan: plan.name }}>
            the plan
          </Link>
          , version {run.version}
        </>
      }
    >
      <div className={styles['columns']}>
        <div className={styles['column']}>
          <Panel>
            <div className={recovery['headline']}>
              <span className={recovery['big']} role="status">
                {headlineOf(run)}
              </span>
              <span className={recovery['dim']}>
                {startedAt === null ? (
                  'not started yet'
                ) : (
                  <>
                    started <ShortTime at={startedAt} />
                    {endedAt === null ? (
                      <>
                        , <Age at={startedAt} /> so far
                      </>
                    ) : (
                      <>, took {formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}</>
                    )}
                    {plan.targetRtoMs === null ? null : `, allowed ${formatDuration(plan.targetRtoMs)}`}
                  </>
                )}
              </span>
            </div>
            <Progress
              percent={(100 * over) / steps.length}
              label={`${over} of ${steps.length} steps done`}
              stale={false}
            />
            {run.error === null || state === 'running' || state === 'waiting' ? null : (
              <ErrorNotice problem={run.error} />
            )}
            {state === 'interrupted' ? (
              <div className={styles['actions']}>
                <Notice tone="miss" title="Nothing is lost">
                  What was done stays done. Going on takes up where it was left; steps that nobody knows the end of ask
                  you first.
                </Notice>
              </div>
            ) : null}
            <FinishOf
              mayBe={isolation?.guided === true}
              busy={state === 'ready' || state === 'running' || state === 'waiting'}
              about={run.id}
              state={state}
            />
            <May call="planRuns.start">
              <PlanRunActions run={run} />
            </May>
          </Panel>
          <NowPanels run={run} />
          <Panel title="All steps">
            <AllSteps run={run} />
          </Panel>
        </div>
        <div className={`${styles['column']} ${styles['beside']}`}>
          <Panel title="In which order">
            <PlanGraph steps={steps.map(({ step }) => step)} toneOf={(id) => toneOf(run, id)} />
          </Panel>
          <Panel title="About this run">
            <Facts>
              <Fact name="Begun by">{actorWords(run.actor)}</Fact>
              <Fact name="Created">
                <DayTime at={run.createdAt} />
              </Fact>
              {run.at === null ? null : (
                <Fact name="As of before">
                  <DayTime at={run.at} />
                </Fact>
              )}
              {Object.entries(run.values).map(([name, value]) => (
                <Fact key={name} name={name}>
                  <span className={recovery['whole']}>{visibleText(value)}</span>
                </Fact>
              ))}
            </Facts>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function toneOf({ steps }: PlanRun, id: string) {
  return sayPlanStep(steps.find(({ step }) => step.id === id)?.state ?? 'waiting').tone;
}

function NowPanels({ run }: { readonly run: PlanRun }) {
  const { happening, yours, next } = nowOf(run);
  return (
    <>
      {yours.map((step) => (
        <Panel key={step.step.id} title={`Waits for you: ${visibleText(step.step.title)}`} marked>
          <StepAnswers run={run} step={step} />
        </Panel>
      ))}
      {happening.length === 0 ? null : (
        <Panel title="Happening now">
          <StepLines steps={happening} />
        </Panel>
      )}
      {next.length === 0 ? null : (
        <Panel title="Comes next">
          <StepLines steps={next} />
        </Panel>
      )}
    </>
  );
}

function StepLines({ steps }: { readonly steps: readonly PlanRunStep[] }) {
  return (
    <ul className={styles['list']}>
      {steps.map(({ step, state, startedAt, detail }) => (
        <li key={step.id} className={styles['row']}>
          <StatusMark {...marked(state)} />
          <div>
            {visibleText(step.title)}
            <div className={styles['what']}>
              {kindWords[step.work.kind]}: {visibleText(workWords(step.work))}
            </div>
            {state !== 'running' || detail === null ? null : (
              <div className={styles['what']}>{visibleText(detail)}</div>
            )}
          </div>
          {state === 'running' && startedAt !== null ? <Age at={startedAt} /> : null}
        </li>
      ))}
    </ul>
  );
}

function marked(state: PlanRunStep['state']) {
  const { tone, words } = sayPlanStep(state);
  return { tone, label: words };
}

function AllSteps({ run }: { readonly run: PlanRun }) {
  const held = heldUp(run);
  return (
    <ol className={recovery['steps']} aria-label="Steps">
      {run.steps.map((one) => (
        <li key={one.step.id} data-state={one.state} aria-current={one.state === 'running' ? 'step' : undefined}>
          <StatusMark {...marked(one.state)} />
          <div>
            <div>{visibleText(one.step.title)}</div>
            {one.detail === null ? null : <div className={recovery['detail']}>{visibleText(one.detail)}</div>}
            {one.error === null ? null : <div className={recovery['detail']}>{visibleText(one.error.message)}</div>}
            {held.get(one.step.id) === undefined ? null : (
              <div className={recovery['detail']}>held up by {visibleText(held.get(one.step.id) ?? '')}</div>
            )}
            {one.output === null || one.output === '' ? null : (
              <pre className={styles['output']}>{visibleText(one.output)}</pre>
            )}
          </div>
          <div className={recovery['dim']}>
            {one.restoreRun === null ? null : (
              <Link to="/recovery/$run" params={{ run: one.restoreRun }}>
                its restore
              </Link>
            )}
            {one.answer === null ? null : <div>{answerWords(one.answer)}</div>}
          </div>
          <span className={recovery['time']}>
            {one.startedAt === null || one.endedAt === null
              ? null
              : formatDuration(Date.parse(one.endedAt) - Date.parse(one.startedAt))}
          </span>
        </li>
      ))}
    </ol>
  );
}

function answerWords({ what, name, actor, reason }: NonNullable<PlanRunStep['answer']>): string {
  const who = visibleText(name === '' ? actor : name);
  if (what === 'skip') return `skipped by ${who}: ${visibleText(reason)}`;
  return what === 'confirm' ? `confirmed by ${who}` : `tried again by ${who}`;
}
