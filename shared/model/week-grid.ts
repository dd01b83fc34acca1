/**
 * When a site may be sent to, and how fast: slots of a week, and what counts beside them. Pure; a slot is by the clocks of
 * the grid's zone, so that it begins at its time of day also when clocks change. As text:
 *
 *     mon-fri 08:00-18:00 off; sat,sun full; otherwise 2MiB/s
 */
import { DateTime, IANAZone } from 'luxon';
import { formatBytes } from './units.ts';
import { dayNames, holdsAt, localMoment, parseDays, parseTimeOfDay, rateFactor, type WeekTimes } from './week-times.ts';

/** Bytes a second; `off`: nothing is sent, `full`: as fast as it goes. */
export type Rate = 'off' | 'full' | number;

export type GridSlot = {
  /** ISO weekdays on which it begins. */
  readonly weekdays: readonly number[];
  /** `HH:MM`; where `to` is not later than `from`, it ends on the day after. */
  readonly from: string;
  readonly to: string;
  readonly rate: Rate;
};

export type WeekGrid = {
  /** IANA name; null: the clocks of the machine that sends. */
  readonly zone: string | null;
  /** Of several that hold, the last one counts. */
  readonly slots: readonly GridSlot[];
  readonly otherwise: Rate;
};

export const alwaysFull: WeekGrid = { zone: null, slots: [], otherwise: 'full' };
export const mostSlots = 200;
/** Below it no transfer would ever end. */
export const leastRate = 1024;

export function rateAt(grid: WeekGrid, nowMs: number, machineZone: string): Rate {
  if (grid.slots.length === 0) return grid.otherwise;
  const moment = localMoment(nowMs, zoneOf(grid, machineZone));
  return grid.slots.findLast((slot) => holdsAt(timesOf(slot), moment))?.rate ?? grid.otherwise;
}

/** The next moment at which another rate counts; null where none does within eight days. */
export function nextRateChangeMs(grid: WeekGrid, nowMs: number, machineZone: string): number | null {
  const now = rateAt(grid, nowMs, machineZone);
  const candidates = [...momentsOfChange(grid, nowMs, zoneOf(grid, machineZone))].sort((a, b) => a - b);
  return candidates.find((atMs) => atMs > nowMs && rateAt(grid, atMs, machineZone) !== now) ?? null;
}

/** Whether there is any time of the week at which something is sent. */
export function leavesTime({ slots, otherwise }: WeekGrid): boolean {
  const grid = { zone: 'UTC', slots, otherwise };
  const monday = Date.UTC(2026, 0, 5);
  return rateAt(grid, monday, 'UTC') !== 'off' || nextRateChangeMs(grid, monday, 'UTC') !== null;
}

/** What the text means, or a sentence about what is wrong with it. An empty text is always full. */
export function parseWeekGrid(
  text: string,
  zone: string | null,
): { readonly grid: WeekGrid } | { readonly problem: string } {
  const parts = text
    .split(';')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
  const slots: GridSlot[] = [];
  let otherwise: Rate = 'full';
  for (const part of parts) {
    const parsed = parsePart(part);
    if (typeof parsed === 'string') return { problem: parsed };
    if (parsed.slot === null) otherwise = parsed.rate;
    else slots.push(parsed.slot);
  }
  return { grid: { zone, slots, otherwise } };
}

/** As `parseWeekGrid` reads it. */
export function weekGridText({ slots, otherwise }: WeekGrid): string {
  const words = slots.map(({ weekdays, from, to, rate }) => {
    const times = from === '00:00' && to === '00:00' ? '' : ` ${from}-${to}`;
    return `${daysText(weekdays)}${times} ${rateText(rate)}`;
  });
  return [...words, ...(otherwise === 'full' ? [] : [`otherwise ${rateText(otherwise)}`])].join('; ');
}

export function rateWords(rate: Rate): string {
  if (rate === 'off') return 'nothing is sent';
  return rate === 'full' ? 'as fast as it goes' : `${formatBytes(rate)}/s`;
}

const partPattern =
  /^(?:otherwise|(?<days>[a-z,-]+)(?:\s+(?<from>\d\d:\d\d)-(?<to>\d\d:\d\d))?)\s+(?<rate>off|full|\d+(?:\.\d+)?\s*[kmg]?i?b\/s)$/;

function zoneOf({ zone }: WeekGrid, machineZone: string): string {
  return zone !== null && IANAZone.isValidZone(zone) ? zone : machineZone;
}

function timesOf({ weekdays, from, to }: GridSlot): WeekTimes {
  return { weekdays, from: parseTimeOfDay(from) ?? 0, to: parseTimeOfDay(to) ?? 0 };
}

/** Where a slot begins or ends on the clock, and where the clock itself is changed. */
function* momentsOfChange({ slots }: WeekGrid, nowMs: number, zone: string): Generator<number, void> {
  const times = new Set(slots.flatMap((slot) => [timesOf(slot).from, timesOf(slot).to]));
  // A slot of a day ends at midnight, or begins there.
  times.add(0);
  const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
  for (let days = 0; days <= 8; days++) {
    const day = today.plus({ days });
    const changed = clockChange(day.toMillis(), day.plus({ days: 1 }).toMillis(), zone);
    if (changed !== null) yield changed.atMs;
    for (const minutes of times) {
      const atMs = day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
      yield atMs;
      // What a clock that is put back shows twice.
      if (changed !== null) yield* [atMs - changed.byMs, atMs + changed.byMs];
    }
  }
}

/** The moment between two at which the clocks of the zone are put on or back, and by how much; null: they are not. */
function clockChange(
  fromMs: number,
  toMs: number,
  name: string,
): { readonly atMs: number; readonly byMs: number } | null {
  const zone = IANAZone.create(name);
  const before = zone.offset(fromMs);
  if (zone.offset(toMs) === before) return null;
  let [early, late] = [fromMs, toMs];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (zone.offset(middle) === before) early = middle;
    else late = middle;
  }
  return { atMs: late, byMs: Math.abs(zone.offset(late) - before) * 60_000 };
}

type Part = { readonly slot: GridSlot; readonly rate: Rate } | { readonly slot: null; readonly rate: Rate };

function parsePart(text: string): Part | string {
  const groups = partPattern.exec(text)?.groups;
  if (groups === undefined)
    return `"${text}" is no part of a week; one is such as mon-fri 08:00-18:00 off, or otherwise 2MiB/s.`;
  const rate = parseRate(groups['rate'] ?? '');
  if (rate === null) return `A rate is 1KiB/s at least, and not ${groups['rate'] ?? ''}; off sends nothing.`;
  const { days, from = '00:00', to = '00:00' } = groups;
  if (days === undefined) return { slot: null, rate };
  const weekdays = parseDays(days);
  if (weekdays === null) return `"${days}" are no days; they are such as mon-fri, or sat,sun, or daily.`;
  if (parseTimeOfDay(from) === null || parseTimeOfDay(to) === null)
    return `"${text}" holds a time that no clock shows.`;
  return { slot: { weekdays, from, to, rate }, rate };
}

/** Null where it is too low. */
function parseRate(text: string): Rate | null {
  if (text === 'off' || text === 'full') return text;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(.*)$/.exec(text) ?? [];
  const bytes = Math.round(Number(number) * rateFactor(unit));
  return bytes >= leastRate ? bytes : null;
}

function rateText(rate: Rate): string {
  if (typeof rate === 'string') return rate;
  for (const [power, unit] of [
    [1024 ** 3, 'GiB/s'],
    [1024 ** 2, 'MiB/s'],
    [1024, 'KiB/s'],
  ] as const)
    if (rate % power === 0) return `${rate / power}${unit}`;
  return `${rate}B/s`;
}

/** `mon-wed,fri`. */
function daysText(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort((a, b) => a - b);
  if (days.length === 7) return 'daily';
  const runs: number[][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) => [run[0] ?? 1, ...(run.length > 1 ? [run.at(-1) ?? 1] : [])].map((day) => dayNames[day - 1]).join('-'))
    .join(',');
}
