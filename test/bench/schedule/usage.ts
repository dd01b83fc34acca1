/** What a process takes, by its own account. */
export type Usage = {
  /** Of all its threads, since it was started. */
  readonly cpuMs: number;
  /** After a collection, of the main thread. */
  readonly heapBytes: number;
  /** Resident, all threads. */
  readonly rssBytes: number;
};

export function usageNow(): Usage {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  return { cpuMs: (user + system) / 1000, heapBytes: heapUsed, rssBytes: rss };
}

/** Samples of a simulated day, in the order of time. */
export type Day = {
  readonly samples: readonly Usage[];
  readonly cpuMs: number;
  readonly ticks: number;
  readonly runs: number;
};

/** The last quarter of the day against its second; the first fills caches. */
export function growth(day: Day, of: 'heapBytes' | 'rssBytes'): { readonly before: number; readonly after: number } {
  const quarter = Math.floor(day.samples.length / 4);
  const mean = (part: readonly Usage[]): number => part.reduce((sum, usage) => sum + usage[of], 0) / part.length;
  return { before: mean(day.samples.slice(quarter, quarter * 2)), after: mean(day.samples.slice(quarter * 3)) };
}

export const tickMs = 15_000;
export const ticksBetweenSamples = 60;
