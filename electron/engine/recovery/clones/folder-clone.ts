/** A clone in a folder: taken stock of, looked at and removed, in a thread of its own. */
import type { Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, rawFromUtf8 } from '../../platform/raw-path.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import type { CloneMessage, CloneTask, CloneTold } from './clone-worker.ts';

export type FolderWork = {
  readonly task: CloneTask['task'];
  readonly folder: string;
  readonly manifest: string;
  readonly mark: string | null;
  /** It is one Git repository that is checked out. */
  readonly isCheckout: boolean;
  /** Of the folder itself, as it was made; empty to take stock. */
  readonly inode: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
};

const phases = {
  'take stock': 'Taking stock',
  look: 'Looking for changes',
  remove: 'Removing',
  'remove all': 'Removing',
} as const;

/** Git refreshes it whenever somebody asks for the state of the folder; what is staged lies in objects. */
const gitIndex = '.git/index';

/** Stopped in the middle it has done a part; the next one goes on. */
export async function workInFolder(work: FolderWork): Promise<CloneTold> {
  const { task, folder, manifest, mark, isCheckout, inode, signal, onProgress } = work;
  const data: CloneTask = {
    task,
    folder: rawFromUtf8(folder),
    manifest,
    mark: mark === null ? null : rawFromUtf8(mark),
    ignored: isCheckout ? [gitIndex] : [],
    inode,
  };
  const worker = startThread(new URL('./clone-worker.ts', import.meta.url), {
    data,
    resourceLimits: { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 16 },
  });
  const finished = Promise.withResolvers<CloneTold>();
  const onAbort = (): void => finished.reject(toHoldfastError(signal?.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  worker.on('error', (error) => finished.reject(toHoldfastError(error)));
  worker.on('exit', () => finished.reject(new HoldfastError('INTERNAL', 'A thread ended before its work.')));
  worker.on('message', (message: CloneMessage) => {
    if (message.type === 'failed') finished.reject(new HoldfastError(message.code, message.message));
    else if (message.type === 'finished') finished.resolve(message.told);
    else {
      const unknown = { totalItems: null, doneBytes: 0, totalBytes: null, issues: 0 };
      const currentItem = displayRaw(message.path);
      onProgress({ phase: phases[task], doneItems: message.done, currentItem, ...unknown });
    }
  });
  try {
    return await finished.promise;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await stopThread(worker);
  }
}
