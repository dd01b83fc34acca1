/** Days as the clocks of a place have them: of 23 and 25 hours too, and without a midnight where clocks skip it. */
import { DateTime } from 'luxon';

export type DaySpan = {
  /** ISO date of the first day. */
  readonly first: string;
  /** Epoch milliseconds: where each day begins, and where the last one ends. */
  readonly bounds: readonly number[];
};

/** The days of a stretch of time, the first and the last as far as they are part of it; at most so many as 400. */
export function daysBetween(fromMs: number, toMs: number, zone: string): DaySpan {
  const first = DateTime.fromMillis(fromMs, { zone }).startOf('day');
  const bounds = [fromMs];
  for (let day = 1; day <= mostDays; day += 1) {
    const next = first.plus({ days: day }).startOf('day').toMillis();
    if (next >= toMs) break;
    bounds.push(next);
  }
  return { first: first.toISODate() ?? '', bounds: [...bounds, toMs] };
}

const mostDays = 401;

/** The days up to and with that of `nowMs`; null where nobody knows the zone (an IANA name). */
export function lastDays(nowMs: number, days: number, zone: string): DaySpan | null {
  const today = DateTime.fromMillis(nowMs, { zone });
  if (!today.isValid) return null;
  const first = today.startOf('day').minus({ days: days - 1 });
  const bounds = Array.from({ length: days + 1 }, (_, day) => first.plus({ days: day }).startOf('day').toMillis());
  return { first: first.toISODate(), bounds };
}
