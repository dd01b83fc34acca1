import { setImmediate as nextTurn } from 'node:timers/promises';

/** Millions of entries at once would keep the main thread from everything else for too long. */
const entriesAtOnce = 100_000;

/** Calls `visit` for 0 to `count` - 1, and lets others run in between. */
export async function forEachEntry(count: number, signal: AbortSignal, visit: (entry: number) => void): Promise<void> {
  for (let from = 0; from < count; from += entriesAtOnce) {
    const end = Math.min(count, from + entriesAtOnce);
    for (let entry = from; entry < end; entry++) visit(entry);
    if (end < count) await nextTurn();
    signal.throwIfAborted();
  }
}
