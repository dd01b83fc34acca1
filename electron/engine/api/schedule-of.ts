/** What a profile says of one source's runs, made from what the catalog holds of both. */
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { ruleOf } from '../../../shared/model/period-rule.ts';
import type { SchedulePeriod } from '../../../shared/model/schedule.ts';
import type { PauseRow } from '../catalog/pauses.ts';
import type { AssignmentRow, ProfileRow } from '../catalog/profiles.ts';

/** Nothing is missed from before a period, the source, or the profile's being given to it. */
export function schedulePeriods(
  source: RegisteredSource,
  { definition, since, updatedAtMs }: ProfileRow,
  from: AssignmentRow,
): readonly SchedulePeriod[] {
  const addedAtMs = Date.parse(source.addedAt);
  return definition.periods.flatMap(({ id, rule: stored, missed }): readonly SchedulePeriod[] => {
    const rule = ruleOf(stored);
    if (rule === null) return [];
    return [{ id, rule, missed, sinceMs: Math.max(since[id] ?? updatedAtMs, from.assignedAtMs, addedAtMs) }];
  });
}

/** The later of the two where everything and the source are paused; infinite: until somebody ends it. */
export function pausedUntil(source: string, pauses: readonly PauseRow[]): number | null {
  const own = pauses.filter(({ scope, subject }) => scope === 'tenant' || subject === source);
  return own.length === 0 ? null : Math.max(...own.map(({ untilMs }) => untilMs ?? Infinity));
}
