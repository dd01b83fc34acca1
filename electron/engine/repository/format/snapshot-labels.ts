/** What a snapshot states of the profile and the periods it was taken for: retention goes by it. */
import type { LabelledSnapshot, Lock } from '../../../../shared/model/period-retention.ts';
import { readFact, readFacts } from './snapshot.ts';

/** More than any profile has periods. */
const mostPeriods = 100;
/** What another program has written may be of any length. */
const longestMoment = 600;

export type Labels = Pick<LabelledSnapshot, 'profile' | 'periods' | 'lockedUntil' | 'system' | 'fetchedUntil'> & {
  /** Of a part of a system snapshot, as it states it (shared/model/together.ts). */
  readonly moment?: string;
};

/** Null where it states nothing of the kind. */
export function readLabels(tags: readonly string[]): Labels | null {
  const fetched = readFact(tags, 'fetched-until');
  const moment = readFact(tags, 'moment')?.slice(0, longestMoment);
  const labels: Labels = {
    profile: readFact(tags, 'profile') ?? null,
    periods: [...new Set(readFacts(tags, 'period'))].slice(0, mostPeriods),
    lockedUntil: readLock(readFact(tags, 'locked')),
    system: readFact(tags, 'system') ?? null,
    ...(moment !== undefined && { moment }),
    ...(fetched !== undefined && { fetchedUntil: readLock(fetched) }),
  };
  const { profile, periods, lockedUntil, system, fetchedUntil } = labels;
  const isEmpty = profile === null && periods.length === 0 && lockedUntil === null && system === null;
  return isEmpty && fetchedUntil === undefined ? null : labels;
}

/** A lock that cannot be read counts for ever: somebody meant it. */
function readLock(text: string | undefined): Lock {
  if (text === undefined) return null;
  const untilMs = Date.parse(text);
  return Number.isNaN(untilMs) ? 'forever' : untilMs;
}
