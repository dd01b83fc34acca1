/** Times at which no run of a profile begins, by the clocks of its zone. */
import { DateTime } from 'luxon';
import type { Blackout } from './profile.ts';

/**
 * When the blackouts that hold at a moment are over, also those that follow without a gap; null where none holds. After
 * eight days it gives up on an end: they leave no time at all.
 */
export function blackoutEndMs(blackouts: readonly Blackout[], zone: string, atMs: number): number | null {
  if (blackouts.length === 0) return null;
  const limitMs = atMs + 8 * dayMs;
  let end = atMs;
  while (end < limitMs) {
    const next = Math.max(...blackouts.map((blackout) => endOf(blackout, zone, end)));
    if (next <= end) break;
    end = next;
  }
  return end === atMs ? null : end;
}

/** Whether there is any time of the week left. */
export function leaveTime(blackouts: readonly Blackout[]): boolean {
  const monday = Date.UTC(2026, 0, 5);
  const end = blackoutEndMs(blackouts, 'UTC', monday);
  return end === null || end < monday + 7 * dayMs;
}

const dayMs = 24 * 3_600_000;

/** The moment itself where it does not hold then. One that began yesterday may still hold. */
function endOf({ weekdays, from, to }: Blackout, zone: string, atMs: number): number {
  const today = DateTime.fromMillis(atMs, { zone }).startOf('day');
  const ends = [today.minus({ days: 1 }), today]
    .filter(({ weekday }) => weekdays.includes(weekday))
    .map((day) => ({ begin: on(day, from), end: on(to > from ? day : day.plus({ days: 1 }), to) }))
    .filter(({ begin, end }) => begin <= atMs && atMs < end)
    .map(({ end }) => end);
  return Math.max(atMs, ...ends);
}

function on(day: DateTime, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.startOf('day').set({ hour, minute }).toMillis();
}
