import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { endRestingThreads } from '../../electron/engine/platform/lent-threads.ts';

/**
 * How many threads this process starts while `work` is done
 * (https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#worker-thread).
 * Those that rest would hide how many it needs, so they are ended before, unless they are what is looked at.
 */
export async function countThreads(work: () => Promise<unknown>, { restingStay = false } = {}): Promise<number> {
  if (!restingStay) await endRestingThreads();
  let threads = 0;
  const count = (): void => void (threads += 1);
  subscribe('worker_threads', count);
  try {
    await work();
    return threads;
  } finally {
    unsubscribe('worker_threads', count);
  }
}
