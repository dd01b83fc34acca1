/** The thread that undoes or closes a restore run: it looks at as many files as the run has touched. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import { readLedger, removeLedger } from './ledger.ts';
import { discardAside, undoEntries, type UndoCounts, type UndoItem } from './undo.ts';

export type UndoWorkerData = {
  readonly ledger: string;
  readonly target: RawPath;
  readonly task: 'plan' | 'undo' | 'close';
  /** Of the items: from this one on, and how many. Those that are left come first. */
  readonly page: { readonly after: number; readonly limit: number };
};

export type UndoMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly path: string }
  | { readonly type: 'finished'; readonly counts: UndoCounts; readonly items: readonly UndoItem[] }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

const progressEveryMs = 100;
const { ledger, target, task, page } = threadData() as UndoWorkerData;
const port = parentPort as unknown as MessagePort;
const say = (message: UndoMessage): void => port.postMessage(message);

try {
  const { entries } = readLedger(ledger);
  if (task === 'close') {
    discardAside(entries, target);
    removeLedger(ledger);
    say({ type: 'finished', counts: { removed: 0, putBack: 0, folders: 0, left: 0 }, items: [] });
  } else {
    const left: UndoItem[] = [];
    const others: UndoItem[] = [];
    let saidAt = 0;
    const counts = undoEntries(entries, {
      target,
      dryRun: task === 'plan',
      onItem: (item, done) => {
        (item.action === 'leave' ? left : others).push(item);
        const now = Date.now();
        if (now - saidAt < progressEveryMs) return;
        saidAt = now;
        say({ type: 'progress', done, total: entries.length, path: item.path });
      },
    });
    const items = [...left, ...others].slice(page.after, page.after + page.limit);
    say({ type: 'finished', counts, items });
  }
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
}
