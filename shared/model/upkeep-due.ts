/** When the space of snapshots that are gone is given back: a pure function of what was done, and of the time. */

/** Of one repository; times are epoch milliseconds. */
export type UpkeepState = {
  /** When the console first worked with it. */
  readonly sinceMs: number;
  /** When a prune last came to an end; null: never. */
  readonly prunedAtMs: number | null;
  /** It did not get through all: its budget was used up. */
  readonly leftOver: boolean;
  /** Snapshots that were removed since. */
  readonly removed: number;
  /** The newest failures in a row. */
  readonly failed: { readonly count: number; readonly atMs: number } | null;
};

export type UpkeepDue = {
  readonly due: boolean;
  /** When to look again at the latest. */
  readonly nextMs: number;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Where nothing was removed, runs that broke off may still have left something. */
const idleFactor = 4;
/** What is left over goes on the next day. */
const goOnAfterMs = dayMs;
const retryAfterMs: readonly number[] = [hourMs, 6 * hourMs, dayMs];

export const defaultPruneDays = 7;

/** `everyDays` 0: never. */
export function upkeepDue(state: UpkeepState, nowMs: number, everyDays: number = defaultPruneDays): UpkeepDue {
  if (everyDays <= 0) return { due: false, nextMs: nowMs + dayMs };
  const dueMs = Math.max(whenDue(state, everyDays * dayMs), whenRetried(state));
  return nowMs >= dueMs
    ? { due: true, nextMs: nowMs + hourMs }
    : { due: false, nextMs: Math.min(dueMs, nowMs + dayMs) };
}

function whenDue({ sinceMs, prunedAtMs, leftOver, removed }: UpkeepState, everyMs: number): number {
  if (prunedAtMs !== null && leftOver) return prunedAtMs + Math.min(goOnAfterMs, everyMs);
  return (prunedAtMs ?? sinceMs) + (removed > 0 ? everyMs : idleFactor * everyMs);
}

function whenRetried({ failed }: UpkeepState): number {
  if (failed === null) return 0;
  return failed.atMs + (retryAfterMs[Math.min(failed.count, retryAfterMs.length) - 1] ?? 0);
}
