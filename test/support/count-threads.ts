import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/**
 * How many threads this process starts while `work` is done
 * (https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#worker-thread).
 */
export async function countThreads(work: () => Promise<unknown>): Promise<number> {
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
