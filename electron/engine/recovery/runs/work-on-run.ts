/**
 * Works on a restore run, of whatever kind: its steps one after the other, each written down as begun before it begins and
 * safe to begin again, so that a run goes on wherever its engine was killed.
 */
import type { Caller, Progress } from '../../../../shared/contract/common.ts';
import type { RestoreRun, RunStep } from '../../../../shared/contract/restore-runs.ts';
import { throwIfCancelled, toHoldfastError, type HoldfastError } from '../../../../shared/model/errors.ts';
import type { RunBook } from './run-book.ts';

export type WorkBase = {
  readonly book: RunBook;
  readonly caller: Caller;
  readonly run: RestoreRun;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (text: string) => void;
  readonly onChange: (run: RestoreRun) => void;
  /** What a step has noted stays when it begins again: it says what was made elsewhere. */
  readonly keepsNotes: boolean;
};

export type Outcome = {
  /** `waiting`: it is not over, and somebody else works on it; the run pauses. */
  readonly state: 'done' | 'partial' | 'waiting';
  readonly detail: string;
  readonly result: NonNullable<RunStep['result']>;
};

/** Goes on with the first step that is not done. Returns the run as it is then. Throws what stopped it. */
export async function workOnRun(work: WorkBase, outcomeOf: (id: string) => Promise<Outcome>): Promise<RestoreRun> {
  const { book, caller, run } = work;
  const first = run.steps.findIndex(({ state }) => state !== 'done');
  const begun = run.startedAt === null ? { startedAt: book.nowMs() } : {};
  await book.change(caller, run.id, {
    state: 'running',
    pausing: 0,
    errorCode: null,
    errorMessage: null,
    endedAt: null,
    ...begun,
  });
  // What comes after a step that is done again has to be done again.
  for (const { id } of first < 0 ? [] : run.steps.slice(first)) {
    const afresh = { startedAt: null, endedAt: null, errorCode: null, errorMessage: null };
    const notes = work.keepsNotes ? {} : { result: null };
    await book.changeStep(caller, run.id, id, { state: 'waiting', ...afresh, ...notes });
  }
  try {
    for (const { id } of first < 0 ? [] : run.steps.slice(first)) {
      if (book.isPausing(run.id)) return await end(work, 'paused');
      throwIfCancelled(work.signal);
      if ((await workOnStep(work, id, outcomeOf)) === 'waiting') return await end(work, 'paused');
    }
  } catch (error) {
    throw await stopped(work, error);
  }
  const { steps } = await book.get(caller, run.id);
  return end(work, steps.some(({ state }) => state === 'partial') ? 'partial' : 'done');
}

async function end({ book, caller, run, onChange }: WorkBase, state: RestoreRun['state']): Promise<RestoreRun> {
  await book.change(caller, run.id, { state, pausing: 0, ...(state === 'paused' ? {} : { endedAt: book.nowMs() }) });
  const ended = await book.get(caller, run.id);
  onChange(ended);
  return ended;
}

async function stopped(work: WorkBase, thrown: unknown): Promise<HoldfastError> {
  const error = work.signal.aborted ? toHoldfastError(work.signal.reason) : toHoldfastError(thrown);
  const state = error.code === 'ENGINE_STOPPED' ? 'interrupted' : error.code === 'CANCELLED' ? 'cancelled' : 'failed';
  const told = { errorCode: error.code, errorMessage: error.message };
  await work.book.change(work.caller, work.run.id, { state, pausing: 0, endedAt: work.book.nowMs(), ...told });
  work.onChange(await work.book.get(work.caller, work.run.id));
  return error;
}

async function workOnStep(
  work: WorkBase,
  id: string,
  outcomeOf: (id: string) => Promise<Outcome>,
): Promise<Outcome['state']> {
  const { book, caller, run, onChange } = work;
  const changeStep = (change: Parameters<RunBook['changeStep']>[3]): Promise<void> =>
    book.changeStep(caller, run.id, id, change);
  if (id === 'verify') await book.change(caller, run.id, { state: 'verifying' });
  await changeStep({ state: 'running', startedAt: book.nowMs() });
  onChange(await book.get(caller, run.id));
  try {
    const { state, detail, result } = await outcomeOf(id);
    const endedAt = state === 'waiting' ? null : book.nowMs();
    await changeStep({ state, detail, result: JSON.stringify(result), endedAt });
    onChange(await book.get(caller, run.id));
    return state;
  } catch (thrown) {
    const error = work.signal.aborted ? toHoldfastError(work.signal.reason) : toHoldfastError(thrown);
    const state = work.signal.aborted ? 'stopped' : 'failed';
    await changeStep({ state, endedAt: book.nowMs(), errorCode: error.code, errorMessage: error.message });
    throw error;
  }
}
