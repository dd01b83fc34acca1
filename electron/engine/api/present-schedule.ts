/** Runs, pauses and plans as the contract shows them. */
import type { Pause, ProtectionRun, SourcePlan } from '../../../shared/contract/schedule.ts';
import { errorCatalog, HoldfastError, reportError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { PauseRow } from '../catalog/pauses.ts';
import type { ProtectionRunRow } from '../catalog/protection-runs.ts';
import type { SourcePlanView } from '../protection/scheduler.ts';

export function presentPause({ scope, subject, untilMs, reason, sinceMs, author }: PauseRow): Pause {
  return { scope, subject, until: time(untilMs), reason, since: new Date(sinceMs).toISOString(), by: author };
}

export type SourceGlance = { readonly newestGoodAtMs: number | null; readonly rpoMs: number | null };

export function presentPlan(
  { source, profile, due, next, pausedUntilMs, waitsFor }: SourcePlanView,
  { newestGoodAtMs, rpoMs }: SourceGlance,
): SourcePlan {
  return {
    source,
    profile,
    newestGoodAt: time(newestGoodAtMs),
    rpoMs,
    due: [...due],
    next: next === null ? null : { at: new Date(next.atMs).toISOString(), periods: [...next.periods] },
    pausedUntil: pausedUntilMs === null || !Number.isFinite(pausedUntilMs) ? null : time(pausedUntilMs),
    paused: pausedUntilMs !== null,
    waitsFor,
  };
}

export function presentRun(row: ProtectionRunRow): ProtectionRun {
  const { filesNew, filesChanged, filesUnmodified, bytesAdded, bytesStored, bytesTotal } = row;
  const hasFigures = filesNew !== null && filesChanged !== null && filesUnmodified !== null;
  return {
    run: row.run,
    source: row.source,
    profile: row.profile,
    periods: [...row.periods],
    dueAt: time(row.occurrenceMs),
    askedAt: new Date(row.askedAtMs).toISOString(),
    startedAt: time(row.startedAtMs),
    endedAt: time(row.endedAtMs),
    state: row.state,
    late: row.late,
    job: row.job,
    snapshot: row.snapshot,
    consistency: row.consistency,
    consistencyProblem: row.consistencyProblem,
    files: hasFigures ? { new: filesNew, changed: filesChanged, unmodified: filesUnmodified } : null,
    bytes:
      bytesAdded === null || bytesStored === null || bytesTotal === null
        ? null
        : { added: bytesAdded, stored: bytesStored, total: bytesTotal },
    error: errorOf(row),
    by: row.actor,
  };
}

function errorOf({ errorCode, errorMessage }: ProtectionRunRow): ProtectionRun['error'] {
  if (errorCode === null) return null;
  const code = Object.hasOwn(errorCatalog, errorCode) ? (errorCode as ErrorCode) : 'INTERNAL';
  return reportError(new HoldfastError(code, errorMessage ?? ''));
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
