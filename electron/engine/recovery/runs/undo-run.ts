/** Undoing and closing a run of files, in a thread of its own. */
import type { Progress } from '../../../../shared/contract/common.ts';
import type { RestoreRun, UndoResult } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import { realTarget } from './folder-run.ts';
import { ledgerPath } from './ledger.ts';
import type { UndoMessage, UndoWorkerData } from './undo-worker.ts';

export type UndoRequest = {
  readonly home: string;
  readonly run: RestoreRun;
  readonly task: UndoWorkerData['task'];
  readonly page: UndoWorkerData['page'];
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
};

const nothing: UndoResult = { removed: 0, putBack: 0, folders: 0, left: 0, items: [] };

/** Stopped in the middle it has undone the newer part; the next one goes on. */
export async function undoRun({ home, run, task, page, signal, onProgress }: UndoRequest): Promise<UndoResult> {
  const target = realTarget(run);
  if (target === null) return nothing;
  const data: UndoWorkerData = { ledger: ledgerPath(home, run.id), target: rawFromUtf8(target), task, page };
  const worker = startThread(new URL('./undo-worker.ts', import.meta.url), {
    data,
    resourceLimits: { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 16 },
  });
  const finished = Promise.withResolvers<UndoResult>();
  const onAbort = (): void => finished.reject(toHoldfastError(signal?.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  worker.on('error', (error) => finished.reject(toHoldfastError(error)));
  worker.on('exit', () => finished.reject(new HoldfastError('INTERNAL', 'A thread ended before its work.')));
  worker.on('message', (message: UndoMessage) => {
    if (message.type === 'failed') finished.reject(new HoldfastError(message.code, message.message));
    else if (message.type === 'finished') finished.resolve({ ...message.counts, items: [...message.items] });
    else {
      const amounts = { doneBytes: 0, totalBytes: null, issues: 0 };
      const { done: doneItems, total: totalItems, path: currentItem } = message;
      onProgress({ phase: 'Undoing', doneItems, totalItems, currentItem, ...amounts });
    }
  });
  try {
    return await finished.promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await stopThread(worker);
  }
}
