/** What a profile will do, before anybody relies on it: what runs, how much there will be, what may surprise. */
import { blackoutEndMs } from './blackouts.ts';
import { keepUntil, laterOf } from './keep-until.ts';
import { occurrences, type PeriodRule } from './occurrences.ts';
import { ruleOf } from './period-rule.ts';
import type { ProfileDefinition, ProfilePeriod } from './profile.ts';

/** In epoch milliseconds; `keepUntilMs` is null for ever. */
export type PlannedRun = {
  readonly atMs: number;
  /** Ids of all that are due together: one snapshot answers them. */
  readonly periods: readonly string[];
  readonly keepUntilMs: number | null;
};

export type SourceFigures = {
  /** Of the newest run: what is in the source. */
  readonly totalBytes: number;
  /** Bytes stored for what was added, over runs that were held against an earlier one. */
  readonly addedBytes: number;
  readonly storedBytes: number;
  /** How many runs those were. */
  readonly runs: number;
};

const dayMs = 24 * 3_600_000;

/** All in (fromMs, untilMs], in order; what a blackout holds up begins at its end. */
export function plannedRuns(
  profile: ProfileDefinition,
  machineZone: string,
  fromMs: number,
  untilMs: number,
): readonly PlannedRun[] {
  const zone = profile.zone ?? machineZone;
  const byTime = new Map<number, ProfilePeriod[]>();
  for (const period of profile.periods) {
    const rule = ruleOf(period.rule);
    if (rule === null) continue;
    for (const atMs of beginnings(profile, rule, zone, fromMs, untilMs)) {
      const together = byTime.get(atMs);
      if (together === undefined) byTime.set(atMs, [period]);
      else if (!together.includes(period)) together.push(period);
    }
  }
  return [...byTime]
    .sort(([one], [other]) => one - other)
    .map(([atMs, periods]) => ({
      atMs,
      periods: periods.map(({ id }) => id),
      keepUntilMs: periods.map(({ keep }) => keepUntil(atMs, keep, zone)).reduce(laterOf),
    }));
}

/**
 * How many snapshots of a source there are once the profile has run for as long as it keeps; counted, not reckoned, while
 * that takes no more than a moment. Null where something is kept for ever.
 */
export function steadyCount(profile: ProfileDefinition, machineZone: string, nowMs: number): number | null {
  const zone = profile.zone ?? machineZone;
  const alive = new Set<number>();
  let beyond = 0;
  for (const period of profile.periods) {
    const rule = ruleOf(period.rule);
    if (rule === null || rule.kind === 'once') continue;
    if (period.keep === 'forever') return null;
    const counted = aliveOf(profile, period, rule, zone, nowMs);
    for (const ms of counted.times) alive.add(ms);
    beyond += counted.beyond;
  }
  return alive.size + beyond;
}

/** The first snapshot and what each further one adds; null where nothing is known. */
export function steadyBytes(count: number | null, figures: SourceFigures | null): number | null {
  if (count === null || figures === null || figures.runs === 0) return null;
  const ratio = figures.addedBytes === 0 ? 1 : figures.storedBytes / figures.addedBytes;
  const whole = figures.totalBytes * ratio;
  return Math.round(whole + Math.max(0, count - 1) * (figures.storedBytes / figures.runs));
}

/** Two years of what comes every minute are a million; beyond that the number is carried on. */
const farthestCounted: Readonly<Record<PeriodRule['kind'], number>> = {
  hourly: 400 * dayMs,
  cron: 400 * dayMs,
  daily: 800 * dayMs,
  weekly: 4000 * dayMs,
  monthly: 40_000 * dayMs,
  yearly: 400_000 * dayMs,
  once: 0,
};

type Alive = { readonly times: readonly number[]; readonly beyond: number };

function aliveOf(
  profile: ProfileDefinition,
  { keep, minimum }: ProfilePeriod,
  rule: PeriodRule,
  zone: string,
  nowMs: number,
): Alive {
  const life = (keepUntil(nowMs, keep, zone) ?? nowMs) - nowMs;
  const counted = Math.min(life + 2 * dayMs, farthestCounted[rule.kind]);
  const times = beginnings(profile, rule, zone, nowMs - counted, nowMs).filter(
    (ms) => counted < life || (keepUntil(ms, keep, zone) ?? nowMs) > nowMs,
  );
  if (counted < life) return { times, beyond: Math.round(times.length * (life / counted - 1)) };
  return times.length >= minimum
    ? { times, beyond: 0 }
    : { times: newest(profile, rule, zone, nowMs, minimum), beyond: 0 };
}

/** As many as have to stay, however far apart they are; looked for in ever longer stretches. */
function newest(
  profile: ProfileDefinition,
  rule: PeriodRule,
  zone: string,
  nowMs: number,
  count: number,
): readonly number[] {
  for (let stretch = 40 * dayMs; stretch < farthestCounted[rule.kind] * 4; stretch *= 4) {
    const found = beginnings(profile, rule, zone, nowMs - stretch, nowMs);
    if (found.length >= count) return found.slice(-count);
  }
  return beginnings(profile, rule, zone, nowMs - farthestCounted[rule.kind], nowMs).slice(-count);
}

function beginnings(
  { blackouts }: ProfileDefinition,
  rule: PeriodRule,
  zone: string,
  fromMs: number,
  untilMs: number,
): readonly number[] {
  const found = occurrences(rule, zone, fromMs, untilMs);
  if (blackouts.length === 0) return found;
  const begun = found.map((ms) => blackoutEndMs(blackouts, zone, ms) ?? ms);
  return [...new Set(begun)].filter((ms) => ms <= untilMs);
}
