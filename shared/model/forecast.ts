/** How a store grows, and when it is full if it goes on like that. Pure. */

/** What a store held at a moment. */
export type UsageSample = {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly bytes: number;
};

/** Bytes a day; below zero where it shrinks. */
export type Growth = {
  /** What a day usually brings; a single import or prune does not move it. */
  readonly bytesPerDay: number;
  /** Between these lie eight of ten stretches, and what the whole time came to from end to end. */
  readonly lowPerDay: number;
  readonly highPerDay: number;
  /** What it is drawn from. */
  readonly days: number;
  readonly spanMs: number;
};

/** `noHistory`: nothing was measured; `tooFew`, `tooShort`: not on enough days, or over too short a time. */
export type NoGrowthReason = 'noHistory' | 'tooFew' | 'tooShort';

export type GrowthAnswer =
  | { readonly growth: Growth; readonly reason: null }
  | { readonly growth: null; readonly reason: NoGrowthReason };

/** Epoch milliseconds; null: not within `horizonYears`, or never at that pace. */
export type FullAt = {
  readonly earliestAtMs: number | null;
  readonly likelyAtMs: number | null;
  readonly latestAtMs: number | null;
};

/** `full`: there is no room left now. `unknown`: with the reason; `noLimit`: nobody knows how much fits. */
export type FullForecast =
  | { readonly state: 'unknown'; readonly reason: NoGrowthReason | 'noLimit'; readonly growth: Growth | null }
  | { readonly state: 'full'; readonly growth: Growth | null }
  | ({ readonly state: 'known'; readonly growth: Growth; readonly leftBytes: number } & FullAt);

/** Fewer say nothing of a week. */
export const leastDays = 4;
export const leastSpanMs = 3 * 86_400_000;
/** Of older ones nothing is asked: a store is not what it was then. */
export const mostDays = 400;
export const horizonYears = 10;

const dayMs = 86_400_000;
/** Far enough apart that a weekly rhythm is level, near enough that most pairs do not span a step. */
const nearMs = 14 * dayMs;

/**
 * The weighted median of slopes between days that are near each other (Theil–Sen, after Sen 1968, with the pairs kept
 * short and weighed by their length). An import or a prune lies between few of the pairs, so it moves nothing; where
 * prunes come again and again, the low end is what the whole time came to. Samples may come in any order.
 */
export function growthOf(samples: readonly UsageSample[]): GrowthAnswer {
  const days = lastOfEachDay(samples);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { growth: null, reason: 'noHistory' };
  const spanMs = last.atMs - first.atMs;
  if (days.length < leastDays) return { growth: null, reason: 'tooFew' };
  if (spanMs < leastSpanMs) return { growth: null, reason: 'tooShort' };
  const slopes = slopesOf(days);
  const overall = ((last.bytes - first.bytes) / spanMs) * dayMs;
  const bytesPerDay = weightedQuantile(slopes, 0.5);
  const lowPerDay = Math.min(weightedQuantile(slopes, 0.1), overall, bytesPerDay);
  const highPerDay = Math.max(weightedQuantile(slopes, 0.9), overall, bytesPerDay);
  return { growth: { bytesPerDay, lowPerDay, highPerDay, days: days.length, spanMs }, reason: null };
}

/** `limitBytes`: what fits at all (a quota, or what is used and what is free); null: nobody knows. */
export function forecastFull(
  samples: readonly UsageSample[],
  { usedBytes, limitBytes, nowMs }: { usedBytes: number; limitBytes: number | null; nowMs: number },
): FullForecast {
  const { growth, reason } = growthOf(samples);
  if (limitBytes === null) return { state: 'unknown', reason: 'noLimit', growth };
  const leftBytes = limitBytes - usedBytes;
  if (leftBytes <= 0) return { state: 'full', growth };
  if (growth === null) return { state: 'unknown', reason, growth };
  return {
    state: 'known',
    growth,
    leftBytes,
    earliestAtMs: fullAtMs(nowMs, leftBytes, growth.highPerDay),
    likelyAtMs: fullAtMs(nowMs, leftBytes, growth.bytesPerDay),
    latestAtMs: fullAtMs(nowMs, leftBytes, growth.lowPerDay),
  };
}

/** Null: not within the horizon. */
export function fullAtMs(nowMs: number, leftBytes: number, bytesPerDay: number): number | null {
  if (leftBytes <= 0) return nowMs;
  if (bytesPerDay <= 0) return null;
  const inMs = (leftBytes / bytesPerDay) * dayMs;
  return inMs > horizonYears * 365.25 * dayMs ? null : nowMs + Math.ceil(inMs);
}

const reasonWords: Readonly<Record<NoGrowthReason | 'noLimit', string>> = {
  noHistory: 'Its size was not measured yet.',
  tooFew: `Its size was measured on fewer than ${leastDays} days so far.`,
  tooShort: `Its size is known for less than ${leastSpanMs / dayMs} days.`,
  noLimit: 'How much fits there is not known.',
};

/** Why nothing can be said, in a sentence. */
export function sayNoForecast(reason: NoGrowthReason | 'noLimit'): string {
  return reasonWords[reason];
}

/** In order; a day (UTC) counts once, with its last sample. What is not a size is left out. */
function lastOfEachDay(samples: readonly UsageSample[]): readonly UsageSample[] {
  const byDay = new Map<number, UsageSample>();
  for (const sample of samples) {
    if (!Number.isFinite(sample.atMs) || !Number.isFinite(sample.bytes) || sample.bytes < 0) continue;
    const day = Math.floor(sample.atMs / dayMs);
    const known = byDay.get(day);
    if (known === undefined || known.atMs <= sample.atMs) byDay.set(day, sample);
  }
  return [...byDay.values()].sort((a, b) => a.atMs - b.atMs).slice(-mostDays);
}

type Slope = { readonly perDay: number; readonly weight: number };

function slopesOf(days: readonly UsageSample[]): readonly Slope[] {
  const gaps = days.slice(1).map(({ atMs }, index) => atMs - (days[index]?.atMs ?? 0));
  const usualGapMs = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  const spanMs = (days.at(-1)?.atMs ?? 0) - (days[0]?.atMs ?? 0);
  // Of a short time the pairs are half as long: over all of it, each would span whatever step there was.
  const reachMs = Math.max(Math.min(nearMs, spanMs / 2), 2 * usualGapMs);
  const slopes: Slope[] = [];
  days.forEach((from, index) => {
    for (let at = index + 1; at < days.length; at += 1) {
      const to = days[at];
      if (to === undefined) break;
      const distanceMs = to.atMs - from.atMs;
      if (distanceMs > reachMs && at > index + 1) break;
      slopes.push({ perDay: ((to.bytes - from.bytes) / distanceMs) * dayMs, weight: Math.min(distanceMs, reachMs) });
    }
  });
  return slopes.sort((a, b) => a.perDay - b.perDay);
}

function weightedQuantile(slopes: readonly Slope[], share: number): number {
  const all = slopes.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  for (const { perDay, weight } of slopes) {
    passed += weight;
    if (passed >= all * share) return perDay;
  }
  return slopes.at(-1)?.perDay ?? 0;
}
