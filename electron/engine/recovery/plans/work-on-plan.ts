/**
 * Works on a run of a recovery plan: begins every step that nothing holds up, beside the others, and writes down how each
 * ends, so that the run goes on wherever its engine was killed. It waits for people, and for nothing else.
 */
import type { Caller, Progress } from '../../../../shared/contract/common.ts';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { planRunState, readySteps, stateAfterLoss, type StepStates } from '../../../../shared/model/plan-runs.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import type { PlanBook, StepFacts } from './plan-book.ts';

export type StepOutcome = { readonly state: 'done' | 'partial' | 'asking' } & Partial<StepFacts>;

export type StepVoice = {
  readonly signal: AbortSignal;
  /** What is known of the step is written down at once: whoever goes on with it finds it again. */
  readonly note: (facts: Partial<StepFacts>) => Promise<void>;
};

export type PlanWork = {
  readonly book: PlanBook;
  readonly caller: Caller;
  readonly run: PlanRun;
  readonly signal: AbortSignal;
  /** False: it ends where it has to wait for a person. */
  readonly wait: boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (text: string) => void;
  readonly onChange: (run: PlanRun) => void;
  /** Throws what went wrong. */
  readonly doStep: (step: PlanRunStep, voice: StepVoice) => Promise<StepOutcome>;
};

/** Returns the run as it is when nothing of it can go on by itself. Throws what stopped it. */
export async function workOnPlan(work: PlanWork): Promise<PlanRun> {
  const { book, caller, run, signal } = work;
  const nothing = { pausing: 0 as const, errorCode: null, errorMessage: null, endedAt: null };
  const begun = run.startedAt === null ? { startedAt: book.nowMs() } : {};
  await book.change(caller, run.id, { state: 'running', ...nothing, ...begun });
  const atWork: StepsAtWork = { steps: new Map(), ended: 0, failure: null };
  try {
    for (;;) {
      const woken = book.woken(run.id);
      const endedBefore = atWork.ended;
      const now = await show(work);
      // What was read may be from before the end of a step that ended meanwhile: by it the step would seem to run without
      // anybody at work on it, or to wait, and would be done twice.
      if (atWork.failure !== null) throw atWork.failure;
      if (atWork.ended !== endedBefore) continue;
      const states = statesOf(now);
      if (!signal.aborted && !book.isPausing(run.id))
        for (const id of readySteps(stepsOf(now), states)) begin(work, atWork, now, id);
      if (atWork.steps.size > 0) await Promise.race([...atWork.steps.values(), woken]);
      else if (signal.aborted) throw toHoldfastError(signal.reason);
      else if (book.isPausing(run.id)) return await end(work, 'paused');
      else {
        const state = planRunState(stepsOf(now), states);
        if (state !== 'waiting' || !work.wait) return await end(work, state);
        if (now.state !== 'waiting') await book.change(caller, run.id, { state: 'waiting' });
        await Promise.race([woken, aborted(signal)]);
        if (!signal.aborted) await book.change(caller, run.id, { state: 'running' });
      }
    }
  } catch (thrown) {
    await Promise.all(atWork.steps.values());
    throw await stopped(work, toHoldfastError(thrown));
  }
}

type StepsAtWork = {
  readonly steps: Map<string, Promise<void>>;
  /** How many have ended. */
  ended: number;
  /** Why it could not be written down how one ended. */
  failure: HoldfastError | null;
};

function begin(work: PlanWork, atWork: StepsAtWork, { steps }: PlanRun, id: string): void {
  const step = steps.find((one) => one.step.id === id);
  if (step === undefined || atWork.steps.has(id)) return;
  const doing = workOnStep(work, step)
    .catch((thrown: unknown) => void (atWork.failure ??= toHoldfastError(thrown)))
    .finally(() => {
      atWork.steps.delete(id);
      atWork.ended += 1;
    });
  atWork.steps.set(id, doing);
}

/** Rejects only where it cannot be written down how it ended. */
async function workOnStep(work: PlanWork, step: PlanRunStep): Promise<void> {
  const { book, caller, run } = work;
  const { id, title, timeLimitMs } = step.step;
  const limit = new AbortController();
  const timer =
    timeLimitMs === null ? null : setTimeout(() => limit.abort(tooLong(title, timeLimitMs)), timeLimitMs).unref();
  const signal = AbortSignal.any([work.signal, limit.signal]);
  const note = (facts: Partial<StepFacts>): Promise<void> => book.changeStep(caller, run.id, id, facts);
  await book.changeStep(caller, run.id, id, {
    state: 'running',
    startedAt: book.nowMs(),
    endedAt: null,
    error: null,
    detail: null,
    output: null,
    answer: null,
  });
  work.onNotice(`${title}: begun.`);
  try {
    const { state, ...facts } = await work.doStep(step, { signal, note });
    await book.changeStep(caller, run.id, id, { state, ...facts, endedAt: state === 'asking' ? null : book.nowMs() });
    work.onNotice(`${title}: ${state === 'asking' ? 'waits for somebody' : state}.`);
  } catch (thrown) {
    await notDone(work, step, limit.signal.aborted ? toHoldfastError(limit.signal.reason) : toHoldfastError(thrown));
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

function tooLong(title: string, timeLimitMs: number): HoldfastError {
  return new HoldfastError('PLAN_STEP_TOO_LONG', `${title} took longer than ${formatDuration(timeLimitMs)}.`);
}

async function notDone(work: PlanWork, { step }: PlanRunStep, error: HoldfastError): Promise<void> {
  const { book, caller, run, signal } = work;
  // Whoever stopped all of it did not find that this step failed.
  if (signal.aborted && error.code !== 'PLAN_STEP_TOO_LONG') {
    const state = stateAfterLoss(step.work.kind);
    return book.changeStep(caller, run.id, step.id, { state, endedAt: null, error: null });
  }
  await book.changeStep(caller, run.id, step.id, { state: 'failed', endedAt: book.nowMs(), error });
  work.onNotice(`${step.title}: failed. ${error.message}`);
}

async function show({ book, caller, run, onProgress, onChange }: PlanWork): Promise<PlanRun> {
  const now = await book.get(caller, run.id);
  const over = now.steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  const running = now.steps.filter(({ state }) => state === 'running').map(({ step }) => step.title);
  onProgress({
    phase: 'Running the plan',
    doneItems: over,
    totalItems: now.steps.length,
    doneBytes: 0,
    totalBytes: null,
    currentItem: running.length === 0 ? null : running.join(', '),
    issues: now.steps.filter(({ state }) => state === 'failed' || state === 'partial').length,
  });
  onChange(now);
  return now;
}

async function end(work: PlanWork, state: PlanRun['state']): Promise<PlanRun> {
  const { book, caller, run } = work;
  const isOver = state === 'done' || state === 'partial' || state === 'failed';
  await book.change(caller, run.id, { state, engine: null, pausing: 0, endedAt: isOver ? book.nowMs() : null });
  return show(work);
}

async function stopped(work: PlanWork, error: HoldfastError): Promise<HoldfastError> {
  const { book, caller, run } = work;
  const state = error.code === 'ENGINE_STOPPED' ? 'interrupted' : error.code === 'CANCELLED' ? 'cancelled' : 'failed';
  const told = { errorCode: error.code, errorMessage: error.message };
  await book.change(caller, run.id, { state, engine: null, pausing: 0, endedAt: book.nowMs(), ...told });
  await show(work);
  return error;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function stepsOf({ steps }: PlanRun): readonly { readonly id: string; readonly after: readonly string[] }[] {
  return steps.map(({ step }) => step);
}

function statesOf({ steps }: PlanRun): StepStates {
  return new Map(steps.map(({ step, state }) => [step.id, state]));
}
