/** What a health check is to be asked for now: one ping for each run of its source, or one in each interval. Pure. */
import type { RouteDefinition } from '../../../shared/contract/routes.ts';
import type { AlertFacts } from '../../../shared/model/alert-rules.ts';

/** Each names what it is about, once, and ends in `ok` or `fail`. */
export function pingsOf(
  { enabled, target }: RouteDefinition,
  { facts, isWell }: { readonly facts: AlertFacts; readonly isWell: boolean },
): string[] {
  if (!enabled || target.kind !== 'healthCheck') return [];
  const { source: wanted, everyMs, tellsFailure } = target;
  if (wanted === null) {
    const interval = Math.floor(facts.nowMs / everyMs);
    return isWell || tellsFailure ? [`interval ${interval} ${isWell ? 'ok' : 'fail'}`] : [];
  }
  const run = facts.sources?.find(({ name }) => name === wanted)?.lastRun ?? null;
  // An old run was pinged for when it was new; what is kept of that is gone after a while.
  if (run === null || facts.nowMs - run.endedAtMs > dayMs) return [];
  const isGood = run.state === 'complete' || run.state === 'completeWithExceptions';
  return isGood || tellsFailure ? [`run ${run.run} ${isGood ? 'ok' : 'fail'}`] : [];
}

const dayMs = 24 * 3_600_000;
