/** Days and times of a week as an operator types them, whether they hold at a moment, and rates. */
import { DateTime } from 'luxon';

/** Minutes of the day; where `to` is not later than `from`, it ends on the day after. Weekdays are ISO: 1 is Monday. */
export type WeekTimes = {
  readonly weekdays: readonly number[];
  readonly from: number;
  readonly to: number;
};

export const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const allDays = [1, 2, 3, 4, 5, 6, 7];

/** `mon-fri`, `sat,sun`, `daily`; in order. Null where these are no days. */
export function parseDays(text: string): readonly number[] | null {
  if (text === 'daily') return allDays;
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const from = dayNames.indexOf(first) + 1;
    const to = dayNames.indexOf(last) + 1;
    if (from === 0 || to === 0 || more.length > 0) return null;
    for (let day = from; ; day = (day % 7) + 1) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** Minutes of the day; null where no clock shows that. */
export function parseTimeOfDay(text: string): number | null {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}

/** What a unit such as `MiB/s` or `kB/s` stands for in bytes. */
export function rateFactor(unit: string): number {
  const power = ['b', 'k', 'm', 'g'].indexOf(unit.charAt(0).toLowerCase());
  return (unit.includes('i') ? 1024 : 1000) ** Math.max(0, power);
}

/** What the clocks of a zone show at a moment. */
export type LocalMoment = { readonly weekday: number; readonly minute: number };

export function localMoment(nowMs: number, zone: string): LocalMoment {
  const { weekday, hour, minute } = DateTime.fromMillis(nowMs, { zone });
  return { weekday, minute: hour * 60 + minute };
}

/** What began yesterday may still hold. */
export function holdsAt({ weekdays, from, to }: WeekTimes, { weekday, minute }: LocalMoment): boolean {
  const yesterday = ((weekday + 5) % 7) + 1;
  if (from < to) return weekdays.includes(weekday) && minute >= from && minute < to;
  return (weekdays.includes(weekday) && minute >= from) || (weekdays.includes(yesterday) && minute < to);
}
