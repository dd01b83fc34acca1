/** How long a snapshot lives, by the calendar of a place. */
import { DateTime } from 'luxon';
import type { KeepFor } from './profile.ts';

/** Epoch milliseconds; null: for ever, as is anything that cannot be reckoned. */
export function keepUntil(takenAtMs: number, keep: KeepFor, zone: string): number | null {
  if (keep === 'forever') return null;
  if (!Number.isFinite(keep.count) || keep.count <= 0) return null;
  if (keep.unit === 'hours') return takenAtMs + keep.count * 3_600_000;
  const until = DateTime.fromMillis(takenAtMs, { zone }).plus({ [keep.unit]: keep.count });
  return until.isValid ? until.toMillis() : null;
}

/** The longer of two lives. */
export function laterOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}

/** `7 days`, `for ever`. */
export function keepWords(keep: KeepFor): string {
  if (keep === 'forever') return 'for ever';
  return `${keep.count} ${keep.count === 1 ? keep.unit.slice(0, -1) : keep.unit}`;
}
