/** Runs of recovery plans: created from a plan as it is now, begun and gone on with as a job, and answered by people. */
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isolateStep, type PlanIsolation } from '../../../../shared/model/plan-isolation.ts';
import { answersFor, planRunState, type PlanStepAnswer } from '../../../../shared/model/plan-runs.ts';
import {
  fillStep,
  hasCommands,
  parameterValues,
  planProblems,
  type PlanStep,
} from '../../../../shared/model/recovery-plans.ts';
import { canGoOn } from '../../../../shared/model/run-states.ts';
import type { KnownPlan } from '../../catalog/recovery-plans.ts';
import { planDraft } from '../../recovery/plans/plan-evidence.ts';
import { workOnPlan } from '../../recovery/plans/work-on-plan.ts';
import { handlers, type CallContext } from '../context.ts';
import { streamJob, type OperationEvent } from '../stream-job.ts';
import { doStep } from './do-step.ts';
import { mustFindPlan } from './find-plan.ts';
import type { GivenToRun } from './restore-step.ts';

type RunEvent = { type: 'run'; run: PlanRun };

export const planRunsHandlers = {
  create: handlers.planRuns.create.handler(({ input: { plan, values, at }, context }) =>
    createPlanRun(context, { plan, values, atMs: at === null ? null : Date.parse(at), isolation: null }),
  ),

  start: handlers.planRuns.start.handler(async function* ({ input, context, signal }) {
    const { repository, aws, githubToken, wait, detach } = input;
    const run = await context.planRuns.get(context.caller, input.run);
    yield* startPlanRun(context, { run, given: { repository, aws, githubToken }, wait, detach }, signal);
  }),

  pause: handlers.planRuns.pause.handler(async ({ input, context: { planRuns, caller } }) => {
    const run = await planRuns.get(caller, input.run);
    if (!planRuns.askToPause(run.id))
      throw new HoldfastError('RUN_OVER', `The run of ${run.plan.name} is not at work.`);
    await planRuns.change(caller, run.id, { pausing: 1 });
    return planRuns.get(caller, run.id);
  }),

  stop: handlers.planRuns.stop.handler(async ({ input, context, signal }) => {
    const { planRuns, jobs, caller } = context;
    const run = await planRuns.get(caller, input.run);
    const job = planRuns.jobOf(run.id);
    const [live] = job === null ? [] : jobs.find(caller, job);
    if (live === undefined) {
      if (!canGoOn(run.state)) throw overError(run);
      await planRuns.change(caller, run.id, { state: 'cancelled', endedAt: planRuns.nowMs() });
    } else {
      live.cancel(new HoldfastError('CANCELLED', `The run was stopped by ${caller.actor}.`));
      const states = jobs.follow(live, signal);
      while ((await states.next()).done !== true);
    }
    return planRuns.get(caller, run.id);
  }),

  answer: handlers.planRuns.answer.handler(async ({ input, context }) => {
    const run = await context.planRuns.get(context.caller, input.run);
    return answer(context, run, input);
  }),

  list: handlers.planRuns.list.handler(async ({ input, context: { planRuns, caller } }) => {
    const { plan = null, before = null, limit } = input;
    const found = await planRuns.list(caller, { plan, before, limit: limit + 1 });
    return { runs: found.slice(0, limit), more: found.length > limit };
  }),

  get: handlers.planRuns.get.handler(({ input, context: { planRuns, caller } }) => planRuns.get(caller, input.run)),
};

/** PLAN_UNKNOWN, PLAN_INVALID, PLAN_NOT_APPROVED. With an isolation it is a rehearsal. */
export async function createPlanRun(
  context: CallContext,
  asked: {
    readonly plan: string;
    readonly values: Readonly<Record<string, string>>;
    readonly atMs: number | null;
    readonly isolation: PlanIsolation | null;
  },
): Promise<PlanRun> {
  const known = await mustFindPlan(context, asked.plan);
  refuseUnapproved(known);
  const { plan, version } = known;
  const [problem] = planProblems(plan);
  if (problem !== undefined)
    throw new HoldfastError('PLAN_INVALID', `${problem.step ?? plan.name}: ${problem.problem}`);
  const { values, problems } = parameterValues(plan, asked.values);
  if (problems.length > 0) throw new HoldfastError('PLAN_INVALID', problems.join(' '));
  const { atMs, isolation } = asked;
  const steps = plan.steps.map((step) => turned(fillStep(step, values), isolation));
  return context.planRuns.create(context.caller, { plan, version, values, atMs, isolation, steps });
}

function turned(
  step: PlanStep,
  isolation: PlanIsolation | null,
): { readonly step: PlanStep; readonly left: string | null } {
  if (isolation === null) return { step, left: null };
  const turnedAway = isolateStep(step, isolation);
  if (turnedAway.kind === 'left') return { step, left: turnedAway.reason };
  return { step: { ...step, work: turnedAway.work }, left: null };
}

/** RUN_BUSY, RUN_OVER, PLAN_NOT_APPROVED. */
export async function* startPlanRun(
  context: CallContext,
  {
    run,
    given,
    wait,
    detach,
  }: { readonly run: PlanRun; readonly given: GivenToRun; readonly wait: boolean; readonly detach: boolean },
  signal: AbortSignal | undefined,
): AsyncGenerator<OperationEvent<PlanRun> | RunEvent, void> {
  const { planRuns: book, caller } = context;
  if (!book.isAtWork(run.id) && !canGoOn(run.state)) throw overError(run);
  // Of a plan that was removed meanwhile, what was allowed when the run was created stays so.
  const known = await context.catalog.read('recoveryPlans.find', caller, { name: run.plan.name });
  if (known !== null && hasCommands(run.plan)) refuseUnapproved(known);
  book.claim(run.id);
  let isQueued = false;
  const job = {
    kind: 'plan',
    title: run.plan.name,
    priority: 'urgent' as const,
    repository: null,
    takesNoPlace: true,
    detach,
    judge: ({ state }: PlanRun) => ({
      state: state === 'failed' ? ('failed' as const) : state === 'partial' ? ('partial' as const) : ('done' as const),
      summary: `The run is ${state}.`,
    }),
    onQueued: (id: string) => {
      isQueued = true;
      book.setJob(run.id, id);
    },
    onOver: () => book.leave(run.id),
  };
  try {
    const events = streamJob<PlanRun, RunEvent>({ context, signal }, job, (voice) =>
      workOnPlan({
        ...voice,
        book,
        caller,
        run,
        wait,
        onChange: (changed) => void voice.say({ type: 'run', run: changed }),
        doStep: (step, stepVoice) => doStep(context, { run, step, given }, stepVoice),
      }).finally(() => leaveEvidence(context, run.id)),
    );
    for await (const event of events) {
      if (event.type === 'job' && 'job' in event) await book.change(caller, run.id, { job: event.job });
      yield event;
    }
  } finally {
    if (!isQueued) book.leave(run.id);
  }
}

type Answer = {
  readonly step: string;
  readonly answer: PlanStepAnswer;
  readonly name: string;
  readonly reason: string;
};

async function answer(
  context: CallContext,
  run: PlanRun,
  { step: id, answer: what, name, reason }: Answer,
): Promise<PlanRun> {
  const { planRuns: book, caller } = context;
  const step = run.steps.find((one) => one.step.id === id);
  if (step === undefined) throw new HoldfastError('PLAN_STEP_STANDS', `The run has no step ${id}.`);
  if (!answersFor(step.step.work.kind, step.state).includes(what))
    throw new HoldfastError('PLAN_STEP_STANDS', `${step.step.title} is ${step.state}.`);
  if (what === 'confirm' && name === '') throw new HoldfastError('BAD_USAGE', 'Whoever confirms it gives their name.');
  if (what === 'skip' && reason === '') throw new HoldfastError('BAD_USAGE', 'Going on without a step takes a reason.');
  const at = new Date(book.nowMs()).toISOString();
  await book.changeStep(caller, run.id, id, {
    ...stateAfter(what, step, book.nowMs()),
    answer: { what, name, reason, at, actor: caller.actor },
  });
  book.wake(run.id);
  if (!book.isAtWork(run.id)) await settle(context, run.id);
  return book.get(caller, run.id);
}

function stateAfter(what: PlanStepAnswer, { startedAt }: PlanRunStep, nowMs: number) {
  if (what === 'retry') return { state: 'waiting' as const, endedAt: null, error: null };
  const began = startedAt === null ? { startedAt: nowMs } : {};
  return { state: what === 'confirm' ? ('done' as const) : ('skipped' as const), ...began, endedAt: nowMs };
}

/** Nobody is at work: the answer may have been all that it waited for. */
async function settle(context: CallContext, id: string): Promise<void> {
  const { planRuns: book, caller } = context;
  const { steps } = await book.get(caller, id);
  const states = new Map(steps.map(({ step, state }) => [step.id, state]));
  const state = planRunState(
    steps.map(({ step }) => step),
    states,
  );
  const isOver = state === 'done' || state === 'partial';
  if (isOver) {
    await book.change(caller, id, { state, endedAt: book.nowMs(), errorCode: null, errorMessage: null });
    await leaveEvidence(context, id);
    return;
  }
  // What can go on waits for somebody to let it.
  await book.change(caller, id, { state: state === 'running' ? 'paused' : state });
}

async function leaveEvidence({ planRuns: book, caller, evidence }: CallContext, id: string): Promise<void> {
  const draft = planDraft(await book.get(caller, id));
  if (draft !== null) await evidence.record(draft);
}

function refuseUnapproved({ plan, approved }: KnownPlan): void {
  if (approved === false)
    throw new HoldfastError('PLAN_NOT_APPROVED', `The commands of ${plan.name} are not approved on this machine.`);
}

function overError({ plan, state }: PlanRun): HoldfastError {
  return new HoldfastError('RUN_OVER', `The run of ${plan.name} is ${state}.`);
}
