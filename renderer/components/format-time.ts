/** Moments in words: how long ago, and exactly when. */
import { formatDuration } from '../../shared/model/units.ts';

/** `now`, `42 s ago`, `3 min ago`, `2 h 10 min ago`, `6 d ago`, `in 5 min`. Both in epoch milliseconds. */
export function relativeTime(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5_000) return 'now';
  const words = formatAge(distance);
  return at <= now ? `${words} ago` : `in ${words}`;
}

/** An age as an operator speaks of it: seconds are said below a minute, minutes below a day, hours below a week. */
export function formatAge(ageMs: number): string {
  const minute = 60_000;
  const hour = 60 * minute;
  const day = 24 * hour;
  if (ageMs < minute) return formatDuration(Math.floor(ageMs / 1000) * 1000);
  if (ageMs < day) return formatDuration(Math.floor(ageMs / minute) * minute);
  if (ageMs < 7 * day) return formatDuration(Math.floor(ageMs / hour) * hour);
  return `${Math.floor(ageMs / day).toLocaleString('en-US')} d`;
}

/** `Thu 19 Nov 2026, 18:00:12`, in the time zone of the machine the page is on or in the one given. */
export function absoluteTime(at: number, timeZone?: string): string {
  const { weekday, day, month, year, hour, minute, second } = partsOf(at, timeZone);
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}:${second}`;
}

/** As short as it stays unambiguous: `18:00` today, `Thu 18:00` in the last days, `19 Nov 18:00`, `3 Feb 2025`. */
export function shortTime(at: number, now: number, timeZone?: string): string {
  const then = partsOf(at, timeZone);
  const today = partsOf(now, timeZone);
  const time = `${then.hour}:${then.minute}`;
  if (then.year === today.year && then.month === today.month && then.day === today.day) return time;
  if (at <= now && now - at < 6 * 86_400_000) return `${then.weekday} ${time}`;
  if (then.year === today.year) return `${then.day} ${then.month} ${time}`;
  return `${then.day} ${then.month} ${then.year}`;
}

/** A moment that is never taken for one of another day: `Wed 25 Nov, 02:48`, with the year where it is another. */
export function dayTime(at: number, now: number, timeZone?: string): string {
  const { weekday, day, month, year, hour, minute } = partsOf(at, timeZone);
  const ofYear = year === partsOf(now, timeZone).year ? '' : ` ${year}`;
  return `${weekday} ${day} ${month}${ofYear}, ${hour}:${minute}`;
}

/** A day, `Thu 19 Nov 2026`. */
export function dayWords(at: number, timeZone?: string): string {
  const { weekday, day, month, year } = partsOf(at, timeZone);
  return `${weekday} ${day} ${month} ${year}`;
}

/** A clock, `03:12:04`. */
export function clockTime(at: number, timeZone?: string): string {
  const { hour, minute, second } = partsOf(at, timeZone);
  return `${hour}:${minute}:${second}`;
}

type Part = 'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute' | 'second';

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function partsOf(at: number, timeZone: string | undefined): Record<Part, string> {
  const parts: Record<Part, string> = { weekday: '', day: '', month: '', year: '', hour: '', minute: '', second: '' };
  for (const { type, value } of formatFor(timeZone).formatToParts(at)) {
    if (Object.hasOwn(parts, type)) parts[type as Part] = value;
  }
  // en-GB says `Sept`; all months have three letters here.
  return { ...parts, month: parts.month.slice(0, 3) };
}

function formatFor(timeZone: string | undefined): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    formats.set(timeZone, format);
  }
  return format;
}
