/** Times at which no run of a profile begins, by the clocks of its zone. */
import { DateTime } from 'luxon';
import type { Blackout } from './profile.ts';
import { steadyOffset } from './zone-offset.ts';

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

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The moment itself where it does not hold then. One that began yesterday may still hold. */
function endOf(blackout: Blackout, zone: string, atMs: number): number {
  const offset = offsetAround(zone, atMs);
  return offset === null ? endByCalendar(blackout, zone, atMs) : endByArithmetic(blackout, offset, atMs);
}

/** Minutes east of UTC; null where clocks change within two days, so that a calendar is needed. */
function offsetAround(zone: string, atMs: number): number | null {
  const day = Math.floor(atMs / dayMs);
  const offset = steadyOffset(zone, day);
  if (offset === null) return null;
  return steadyOffset(zone, day - 1) === offset && steadyOffset(zone, day + 1) === offset ? offset : null;
}

function endByArithmetic({ weekdays, from, to }: Blackout, offset: number, atMs: number): number {
  const localMs = atMs + offset * minuteMs;
  const today = Math.floor(localMs / dayMs);
  const [begin, end] = [minutesOf(from) * minuteMs, minutesOf(to) * minuteMs + (to > from ? 0 : dayMs)];
  let last = localMs;
  for (const day of [today - 1, today]) {
    // The first of January 1970 was a Thursday.
    if (!weekdays.includes(((((day + 3) % 7) + 7) % 7) + 1)) continue;
    const midnight = day * dayMs;
    if (midnight + begin <= localMs && localMs < midnight + end) last = Math.max(last, midnight + end);
  }
  return last - offset * minuteMs;
}

function endByCalendar({ weekdays, from, to }: Blackout, zone: string, atMs: number): number {
  const today = DateTime.fromMillis(atMs, { zone }).startOf('day');
  const ends = [today.minus({ days: 1 }), today]
    .filter(({ weekday }) => weekdays.includes(weekday))
    .map((day) => ({ begin: on(day, from), end: on(to > from ? day : day.plus({ days: 1 }), to) }))
    .filter(({ begin, end }) => begin <= atMs && atMs < end)
    .map(({ end }) => end);
  return Math.max(atMs, ...ends);
}

function on(day: DateTime, time: string): number {
  const minutes = minutesOf(time);
  return day
    .startOf('day')
    .set({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
    .toMillis();
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
