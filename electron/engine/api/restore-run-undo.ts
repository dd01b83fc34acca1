/** Taking back what a restore run has made, and closing it, after which nothing of it can be taken back. */
import type { AwsWho } from '../../../shared/contract/aws-restores.ts';
import type { RestoreRun, UndoResult } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Voice } from '../jobs/voice.ts';
import { removeMadeFolders } from '../recovery/runs/folder-run.ts';
import { undoRun, type UndoRequest } from '../recovery/runs/undo-run.ts';
import type { CallContext } from './context.ts';
import { recordRun } from './evidence/run-evidence.ts';
import { undoMove } from './failover/failover.ts';
import { inAws, overError } from './restore-run-work.ts';

const noPage = { after: 0, limit: 0 };

/** RUN_BUSY, RUN_OVER where it is closed. */
export async function undoable({ runs, caller }: CallContext, beginning: string): Promise<RestoreRun> {
  const run = await runs.get(caller, beginning);
  runs.refuseBusy(run.id);
  if (run.closedAt !== null) throw overError(run);
  if (run.kind === 'bucket')
    throw new HoldfastError(
      'BAD_USAGE',
      'What a run has written to a bucket is not taken back: a bucket that keeps versions still has what was there.',
    );
  return run;
}

/** What `undo` would do now; `page`: which of it is named. */
export async function undoPreview(
  context: CallContext,
  run: RestoreRun,
  { aws: who, after, limit }: { readonly aws: AwsWho | null; readonly after: number; readonly limit: number },
  signal: AbortSignal | undefined,
): Promise<UndoResult> {
  const { aws: plan } = run;
  if (run.move !== null) return undoMove(context, run, run.move, true);
  if (plan !== null) {
    const voice = { signal: signal ?? new AbortController().signal, onProgress: () => undefined };
    return (await inAws()).undoInAws(context, { run, plan, who, dryRun: true }, voice);
  }
  return undoRun({ ...undoOf(context, run), task: 'plan', page: { after, limit }, signal });
}

/** Where something is left it stays open, so that it can be tried again. */
export async function undo(
  context: CallContext,
  run: RestoreRun,
  who: AwsWho | null,
  voice: Voice,
): Promise<UndoResult> {
  const { runs, caller } = context;
  await runs.change(caller, run.id, { state: 'undoing' });
  try {
    const result = await takeBack(context, run, who, voice);
    for (const { id, undo: sentence, state } of run.steps) {
      if (sentence !== null && state !== 'waiting') await runs.changeStep(caller, run.id, id, { state: 'undone' });
    }
    await runs.change(caller, run.id, { state: 'undone', endedAt: runs.nowMs() });
    if (result.left === 0) await closeRun(context, { ...run, state: 'undone' }, voice.signal);
    return result;
  } catch (error) {
    await runs.change(caller, run.id, { state: 'interrupted', endedAt: runs.nowMs() });
    throw error;
  }
}

async function takeBack(context: CallContext, run: RestoreRun, who: AwsWho | null, voice: Voice): Promise<UndoResult> {
  const { aws: plan } = run;
  if (run.move !== null) return undoMove(context, run, run.move, false);
  if (plan !== null) return (await inAws()).undoInAws(context, { run, plan, who, dryRun: false }, voice);
  const result = await undoRun({ ...undoOf(context, run), ...voice, task: 'undo', page: { after: 0, limit: 1000 } });
  await removeMadeFolders(run);
  return result;
}

export async function closeRun(context: CallContext, run: RestoreRun, signal: AbortSignal | undefined): Promise<void> {
  const { runs, caller } = context;
  if (run.kind === 'folder') await undoRun({ ...undoOf(context, run), task: 'close', page: noPage, signal });
  const ended = ['done', 'partial', 'failed', 'undone', 'cancelled'].includes(run.state);
  await runs.change(caller, run.id, { ...(ended ? {} : { state: 'cancelled' }), closedAt: runs.nowMs() });
  if (!ended) await recordRun(context, run.id);
}

function undoOf({ home }: CallContext, run: RestoreRun): Pick<UndoRequest, 'home' | 'run' | 'onProgress'> {
  return { home, run, onProgress: () => undefined };
}
