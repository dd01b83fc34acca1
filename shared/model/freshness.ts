/**
 * Whether the newest good snapshot of a source is as new as somebody has said it must be: a pure function of the two and
 * the time. Silence is an alarm: it is judged from snapshots, and never from what runs have said.
 */
import { formatDuration } from './units.ts';

export type FreshnessFacts = {
  /** Epoch milliseconds; null: there is no good snapshot. */
  readonly newestGoodAtMs: number | null;
  /** How old it may be; null: nobody has said. */
  readonly rpoMs: number | null;
  /** Runs by itself are paused. */
  readonly paused: boolean;
};

/** `unjudged`: nobody has said how old it may be. A pause does not make what is too old any newer. */
export const freshnessStates = ['never', 'overdue', 'paused', 'unjudged', 'fresh'] as const;
export type FreshnessState = (typeof freshnessStates)[number];

export type Freshness = {
  readonly state: FreshnessState;
  /** Of the newest good snapshot, in milliseconds; null without one. */
  readonly ageMs: number | null;
  /** Beyond what is allowed; null where it is within, or where nobody has said. */
  readonly overMs: number | null;
};

export function freshnessOf({ newestGoodAtMs, rpoMs, paused }: FreshnessFacts, nowMs: number): Freshness {
  if (newestGoodAtMs === null) return { state: 'never', ageMs: null, overMs: null };
  // A snapshot of a clock that was ahead is no younger than this moment.
  const ageMs = Math.max(0, nowMs - newestGoodAtMs);
  if (rpoMs !== null && ageMs > rpoMs) return { state: 'overdue', ageMs, overMs: ageMs - rpoMs };
  if (paused) return { state: 'paused', ageMs, overMs: null };
  return { state: rpoMs === null ? 'unjudged' : 'fresh', ageMs, overMs: null };
}

/** Worst first: without any, then by how far over, then by age. */
export function byFreshness(a: Freshness, b: Freshness): number {
  const order = freshnessStates.indexOf(a.state) - freshnessStates.indexOf(b.state);
  return order || (b.overMs ?? 0) - (a.overMs ?? 0) || (b.ageMs ?? 0) - (a.ageMs ?? 0);
}

/** `2 h 10 min over`, `within 1 d`, `no good snapshot`. */
export function freshnessWords({ state, ageMs, overMs }: Freshness, rpoMs: number | null): string {
  if (state === 'never' || ageMs === null) return 'no good snapshot';
  if (overMs !== null) return `${formatDuration(overMs)} over`;
  const limit = rpoMs === null ? 'no limit set' : `within ${formatDuration(rpoMs)}`;
  return state === 'paused' ? `${limit}, paused` : limit;
}
