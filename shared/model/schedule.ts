/**
 * What is due: a pure function of periods, of what has happened, and of the time. Nothing is remembered between two
 * answers, so sleep, restarts and clocks that jump can neither lose a run nor double it.
 */
import { blackoutEndMs } from './blackouts.ts';
import { newestOccurrence, nextOccurrence, type PeriodRule } from './occurrences.ts';
import type { Blackout } from './profile.ts';

export type SchedulePeriod = {
  /** Unique in its profile; snapshots carry it. */
  readonly id: string;
  readonly rule: PeriodRule;
  /** What becomes of one that passed while nothing could run. */
  readonly missed: 'catchUp' | 'skip';
  /** Since when it is part of the schedule: nothing before is missed. Epoch milliseconds. */
  readonly sinceMs: number;
};

/** What is known of one source, all in epoch milliseconds. */
export type ScheduleHistory = {
  /**
   * For each period that ever ran, when its newest run was asked for: the occurrence is dealt with by what came of that
   * run, and all before it too.
   */
  readonly answered: Readonly<Record<string, number>>;
  /** The newest failures in a row, for the same occurrence: how many, and when the last one ended. */
  readonly failed: { readonly count: number; readonly endedAtMs: number } | null;
  /** A run is under way or waits for its turn. */
  readonly isRunning: boolean;
};

export type ScheduleOptions = {
  readonly zone: string;
  /** Nothing is due before; null: not paused. */
  readonly pausedUntilMs: number | null;
  /** How late a run may begin and still count as on time. */
  readonly graceMs: number;
};

export type DueRun = {
  /** All that are due together: one snapshot answers them. */
  readonly periods: readonly string[];
  /** The newest of their occurrences. */
  readonly occurrenceMs: number;
  /** Began later than the grace allows. */
  readonly isLate: boolean;
};

export type SchedulePlan = {
  readonly due: DueRun | null;
  /** Occurrences that passed and are not made up for: to be told, once. */
  readonly skipped: readonly { readonly period: string; readonly occurrenceMs: number }[];
  /** When to look again at the latest, after what is due now; null: never, as things are. */
  readonly nextMs: number | null;
};

const minuteMs = 60_000;
/** Between a failure and the next try, growing; the last one repeats. */
const retryAfterMs: readonly number[] = [5 * minuteMs, 15 * minuteMs, 60 * minuteMs];

export function planRuns(
  periods: readonly SchedulePeriod[],
  history: ScheduleHistory,
  { zone, pausedUntilMs, graceMs }: ScheduleOptions,
  nowMs: number,
): SchedulePlan {
  const next = earliest(periods.map(({ rule }) => nextOccurrence(rule, zone, nowMs)));
  // What a run under way answers is known when it has ended.
  if (history.isRunning) return { due: null, skipped: [], nextMs: next };
  if (pausedUntilMs !== null && nowMs < pausedUntilMs) {
    return { due: null, skipped: [], nextMs: earliest([pausedUntilMs]) };
  }
  const open = periods.flatMap((period) => {
    const since = Math.max(period.sinceMs, history.answered[period.id] ?? -Infinity);
    const occurrenceMs = newestOccurrence(period.rule, zone, since, nowMs);
    return occurrenceMs === null ? [] : [{ period, occurrenceMs, isLate: nowMs - occurrenceMs > graceMs }];
  });
  const isSkipped = ({ period, isLate }: (typeof open)[number]): boolean => isLate && period.missed === 'skip';
  const skipped = open.filter(isSkipped).map(({ period, occurrenceMs }) => ({ period: period.id, occurrenceMs }));
  const wanted = open.filter((one) => !isSkipped(one));
  if (wanted.length === 0) return { due: null, skipped, nextMs: next };
  const occurrenceMs = Math.max(...wanted.map((one) => one.occurrenceMs));
  const retryMs = retryAt(history, occurrenceMs);
  if (retryMs !== null && nowMs < retryMs) return { due: null, skipped, nextMs: earliest([next, retryMs]) };
  const due = {
    periods: wanted.map(({ period }) => period.id),
    occurrenceMs,
    isLate: wanted.every(({ isLate }) => isLate),
  };
  return { due, skipped, nextMs: next };
}

/**
 * The next run as things are: what comes round first after now, or after a pause, and outside of blackouts. Null where
 * nothing does, or not before somebody ends the pause.
 */
export function nextRun(
  periods: readonly SchedulePeriod[],
  { zone, pausedUntilMs }: Pick<ScheduleOptions, 'zone' | 'pausedUntilMs'>,
  blackouts: readonly Blackout[],
  nowMs: number,
): { readonly atMs: number; readonly periods: readonly string[] } | null {
  const fromMs = Math.max(nowMs, pausedUntilMs ?? nowMs);
  if (!Number.isFinite(fromMs)) return null;
  const nexts = periods.map((period) => ({ period, atMs: nextOccurrence(period.rule, zone, fromMs) }));
  const occurrenceMs = earliest(nexts.map(({ atMs }) => atMs));
  if (occurrenceMs === null) return null;
  const together = nexts.filter(({ atMs }) => atMs === occurrenceMs).map(({ period }) => period.id);
  return { atMs: blackoutEndMs(blackouts, zone, occurrenceMs) ?? occurrenceMs, periods: together };
}

/** A new occurrence is tried at once, whatever became of the one before. */
function retryAt({ failed }: ScheduleHistory, occurrenceMs: number): number | null {
  if (failed === null || failed.endedAtMs < occurrenceMs) return null;
  return failed.endedAtMs + (retryAfterMs[Math.min(failed.count, retryAfterMs.length) - 1] ?? 0);
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.min(...known);
}
