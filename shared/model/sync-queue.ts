/**
 * The queue of what is to be sent: an item for each snapshot and site. What becomes of it is decided here, by functions of
 * the items and of the time; nothing is sent or written here.
 */

export const syncStates = ['queued', 'running', 'paused', 'retrying', 'failed', 'done', 'skipped'] as const;
export type SyncState = (typeof syncStates)[number];

/** How what a site waits for begins while its week says that nothing is sent: whoever asks for it at once need not wait. */
export const windowWait = 'its window';

/** Times are epoch milliseconds. */
export type QueuedItem = {
  readonly item: string;
  readonly priority: number;
  readonly state: SyncState;
  readonly askedAtMs: number;
  readonly takenAtMs: number;
  /** Failures since it was asked for, or since somebody has asked for another try. */
  readonly attempts: number;
  /** Not before; null: at once. */
  readonly nextAtMs: number | null;
};

export type RetryPolicy = {
  /** Failures after which it is given up. */
  readonly retries: number;
  readonly intervalMs: number;
  /** Each wait is this many times the one before. */
  readonly multiplier: number;
};

export const defaultRetry: RetryPolicy = { retries: 10, intervalMs: 60_000, multiplier: 2 };
export const longestWaitMs = 3_600_000;

/** Who goes first: by priority, then by age. */
export function inSyncOrder<Item extends QueuedItem>(items: readonly Item[]): Item[] {
  return items.toSorted(
    (a, b) =>
      a.priority - b.priority ||
      a.askedAtMs - b.askedAtMs ||
      a.takenAtMs - b.takenAtMs ||
      (a.item < b.item ? -1 : a.item > b.item ? 1 : 0),
  );
}

/** Those that may be sent now, in their order. One that a clock set back would keep waiting for days does not wait. */
export function readyItems<Item extends QueuedItem>(items: readonly Item[], nowMs: number): Item[] {
  return inSyncOrder(items.filter((item) => isReady(item, nowMs)));
}

export function isReady({ state, nextAtMs }: QueuedItem, nowMs: number): boolean {
  if (state === 'queued') return true;
  if (state !== 'retrying') return false;
  return nextAtMs === null || nextAtMs <= nowMs || nextAtMs - nowMs > longestWaitMs;
}

export type AfterFailure = Pick<QueuedItem, 'state' | 'attempts' | 'nextAtMs'>;

/**
 * After something has gone wrong with it. Where the place itself did not answer, the item is not to blame: it is tried
 * again for as long as it takes.
 */
export function afterFailure(
  { attempts: before }: Pick<QueuedItem, 'attempts'>,
  { retries, intervalMs, multiplier }: RetryPolicy,
  { nowMs, ofThePlace }: { readonly nowMs: number; readonly ofThePlace: boolean },
): AfterFailure {
  const attempts = before + 1;
  if (!ofThePlace && attempts > retries) return { state: 'failed', attempts, nextAtMs: null };
  const waitMs = Math.min(longestWaitMs, intervalMs * multiplier ** Math.min(before, 50));
  return { state: 'retrying', attempts, nextAtMs: nowMs + waitMs };
}

/**
 * Whether what is being sent has to make room: for one that goes before all of it by now, or because one of them was
 * paused or taken out. `sending` are the items under way that have not arrived.
 */
export function mustYield(items: readonly QueuedItem[], sending: readonly string[], nowMs: number): boolean {
  const own = items.filter(({ item }) => sending.includes(item));
  if (own.length < sending.length || own.some(({ state }) => state !== 'running')) return true;
  const lowest = Math.max(...own.map(({ priority }) => priority));
  return items.some((one) => isReady(one, nowMs) && one.priority < lowest);
}
