/** Runs of protection put together by day: how many there were, how long they took, what they brought. */
import type { TrendDay } from '../../../shared/contract/schedule.ts';
import type { EndedRunState } from './protection-runs.ts';

/** One that has ended. What is not known of it is null. */
export type TrendRun = {
  readonly askedAtMs: number;
  readonly state: EndedRunState;
  readonly durationMs: number | null;
  readonly filesChanged: number | null;
  readonly filesSeen: number | null;
  readonly bytesAdded: number | null;
  readonly bytesStored: number | null;
};

type Sums = {
  runs: number;
  partial: number;
  failed: number;
  missed: number;
  bytesAdded: number;
  bytesStored: number;
  filesChanged: number;
  filesSeen: number;
  /** Of each run that took a snapshot. */
  readonly durations: number[];
};

/** `day` counts from the first bound; each bound ends the day before it. In order, without days that had no run. */
export function trendDays(
  runs: Iterable<TrendRun>,
  bounds: readonly number[],
): (Omit<TrendDay, 'date'> & { readonly day: number })[] {
  const days = new Map<number, Sums>();
  for (const run of runs) {
    const day = dayOf(run.askedAtMs, bounds);
    if (day === null) continue;
    let sums = days.get(day);
    if (sums === undefined) {
      sums = { ...nothing, durations: [] };
      days.set(day, sums);
    }
    add(sums, run);
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, sums]) => ({ day, ...present(sums) }));
}

const nothing = {
  runs: 0,
  partial: 0,
  failed: 0,
  missed: 0,
  bytesAdded: 0,
  bytesStored: 0,
  filesChanged: 0,
  filesSeen: 0,
};

function add(sums: Sums, run: TrendRun): void {
  if (run.state === 'missed') {
    sums.missed += 1;
    return;
  }
  sums.runs += 1;
  if (run.state === 'failed' || run.state === 'interrupted') sums.failed += 1;
  if (run.state === 'partial') sums.partial += 1;
  const isTaken = run.state === 'complete' || run.state === 'completeWithExceptions' || run.state === 'partial';
  // Of what an engine has left, only a snapshot was found: how long it took nobody knows.
  if (!isTaken || run.durationMs === null || run.bytesAdded === null) return;
  // A clock that was put back in between would make it end before it began.
  sums.durations.push(Math.max(0, run.durationMs));
  sums.bytesAdded += run.bytesAdded;
  sums.bytesStored += run.bytesStored ?? 0;
  sums.filesChanged += run.filesChanged ?? 0;
  sums.filesSeen += run.filesSeen ?? 0;
}

function present({ durations, runs, partial, failed, missed, ...amounts }: Sums): Omit<TrendDay, 'date'> {
  const counts = { runs, partial, failed, missed };
  if (durations.length === 0) return { ...counts, taken: null };
  durations.sort((a, b) => a - b);
  const middle = durations.length >> 1;
  const upper = durations[middle] ?? 0;
  const median = durations.length % 2 === 1 ? upper : (upper + (durations[middle - 1] ?? 0)) / 2;
  const sum = durations.reduce((all, one) => all + one, 0);
  const durationMs = { median, max: durations.at(-1) ?? 0, sum };
  return { ...counts, taken: { runs: durations.length, durationMs, ...amounts } };
}

/** The last bound that is not later; null before the first and from the last on. */
function dayOf(atMs: number, bounds: readonly number[]): number | null {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low === 0 || low >= bounds.length ? null : low - 1;
}
