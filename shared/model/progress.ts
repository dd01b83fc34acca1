/** What can be said about how far something is, without ever saying more than is known. */

/** Bytes and items done, and their totals: null until they are known. */
export type Amounts = {
  readonly doneItems: number;
  readonly totalItems: number | null;
  readonly doneBytes: number;
  readonly totalBytes: number | null;
};

export type Measure = 'bytes' | 'items';

/** What the share that is done is counted in: bytes where there are any, else items. */
export function measureOf(progress: Amounts): Measure {
  if (progress.totalBytes !== null && progress.totalBytes > 0) return 'bytes';
  if (progress.totalItems !== null && progress.totalItems > 0) return 'items';
  return progress.doneBytes > 0 ? 'bytes' : 'items';
}

export function amountsOf(progress: Amounts): { done: number; total: number | null } {
  return measureOf(progress) === 'bytes'
    ? { done: progress.doneBytes, total: progress.totalBytes }
    : { done: progress.doneItems, total: progress.totalItems };
}

/** 0 to 100, rounded down; null before the total is known. Sources grow while they are read, so it is capped. */
export function percentOf(progress: Amounts): number | null {
  const { done, total } = amountsOf(progress);
  return total === null || total === 0 ? null : Math.min(100, Math.floor((done / total) * 100));
}
