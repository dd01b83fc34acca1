/** A thread that counts what a capture will read, so that its end can be estimated: runs beside it, on long runs only. */
import { parentPort } from 'node:worker_threads';
import { threadData } from '../../platform/threads.ts';
import type { CaptureTotals, WalkOptions } from './capture-protocol.ts';
import { countAll } from './count-walk.ts';

// What cannot be looked at is met by the capture too, which names it.
const { items, bytes } = countAll(threadData() as WalkOptions, {
  onFolder: () => undefined,
  onUnreadable: () => undefined,
});
parentPort?.postMessage({ items, bytes } satisfies CaptureTotals);
