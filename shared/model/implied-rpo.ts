/** How old the newest good snapshot of a source may become while all goes as its profile says. */
import { blackoutEndMs } from './blackouts.ts';
import { nextOccurrence } from './occurrences.ts';
import { ruleOf } from './period-rule.ts';
import type { Blackout, ProfileDefinition, ProfilePeriod } from './profile.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Begins in a year without anything special; what it is does not matter. */
const referenceMs = Date.UTC(2027, 0, 1);
const stretchMs = 400 * dayMs;
/** Of what comes less than once a year. */
const leastOccurrences = 2;

/**
 * The longest time between two runs in a year, and a quarter of it, from half an hour to a day, for what a run takes.
 * Null where nothing comes round again.
 */
export function impliedRpoMs(
  periods: readonly Pick<ProfilePeriod, 'rule'>[],
  zone: string,
  blackouts: readonly Blackout[] = [],
): number | null {
  const gap = longestGap(periods, zone, blackouts);
  return gap === null ? null : gap + Math.min(dayMs, Math.max(hourMs / 2, gap / 4));
}

/** The source's own, or its profile's, or as the periods imply. `machineZone` counts where the profile names none. */
export function rpoOf(
  source: { readonly rpoMs: number | null },
  profile: Pick<ProfileDefinition, 'rpoMs' | 'periods' | 'zone' | 'blackouts'> | null,
  machineZone: string,
): number | null {
  if (source.rpoMs !== null) return source.rpoMs;
  if (profile === null) return null;
  return profile.rpoMs ?? impliedRpoMs(profile.periods, profile.zone ?? machineZone, profile.blackouts);
}

/** It is asked for every source and is the same for all of a profile, and for every letter of one that is written. */
const known = new Map<string, number | null>();
const mostKnown = 1_000;

/** Null where fewer than two runs come. */
export function longestGap(
  periods: readonly Pick<ProfilePeriod, 'rule'>[],
  zone: string,
  blackouts: readonly Blackout[],
): number | null {
  const key = JSON.stringify([periods.map(({ rule }) => rule), zone, blackouts]);
  const there = known.get(key);
  if (there !== undefined) return there;
  if (known.size >= mostKnown) known.clear();
  const gap = findLongestGap(periods, zone, blackouts);
  known.set(key, gap);
  return gap;
}

function findLongestGap(
  periods: readonly Pick<ProfilePeriod, 'rule'>[],
  zone: string,
  blackouts: readonly Blackout[],
): number | null {
  const rules = periods.map(({ rule }) => ruleOf(rule)).filter((rule) => rule !== null && rule.kind !== 'once');
  let [at, longest, count] = [referenceMs, 0, 0];
  let before: number | null = null;
  while (at < referenceMs + stretchMs || count < leastOccurrences) {
    const nexts = rules.map((rule) => nextOccurrence(rule, zone, at)).filter((ms) => ms !== null);
    if (nexts.length === 0) break;
    at = Math.min(...nexts);
    const begins = blackoutEndMs(blackouts, zone, at) ?? at;
    if (before !== null) longest = Math.max(longest, begins - before);
    before = begins;
    count += 1;
  }
  return longest === 0 ? null : longest;
}
