/** A week as minutes that each have a rate, so that what was typed to the minute stays, and back to the slots that are kept. */
import type { GridSlot, Rate, WeekGrid } from '../../../shared/model/week-grid.ts';

/** Seven days from Monday, 1,440 minutes each. */
export type Cells = readonly (readonly Rate[])[];

export const dayLabels = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
export const minutesOfDay = 24 * 60;

export function cellsOf({ slots, otherwise }: WeekGrid): Cells {
  const cells = dayLabels.map(() => Array<Rate>(minutesOfDay).fill(otherwise));
  // Of several that hold, the last one counts.
  for (const { weekdays, from, to, rate } of slots)
    for (const weekday of weekdays) {
      const [begin, end] = [minutesOf(from), minutesOf(to)];
      const today = cells[weekday - 1];
      const tomorrow = cells[weekday % 7];
      today?.fill(rate, begin, end > begin ? end : minutesOfDay);
      if (end <= begin) tomorrow?.fill(rate, 0, end);
    }
  return cells;
}

/** From one minute of a day to before another. */
export function paint(cells: Cells, day: number, from: number, to: number, rate: Rate): Cells {
  return cells.map((minutes, index) =>
    index === day ? minutes.map((one, minute) => (minute >= from && minute < to ? rate : one)) : minutes,
  );
}

/** What counts in an hour; `mixed`: it changes within it. */
export function hourOf(cells: Cells, day: number, hour: number): Rate | 'mixed' {
  const minutes = cells[day]?.slice(hour * 60, hour * 60 + 60) ?? [];
  const first = minutes[0] ?? 'full';
  return minutes.every((one) => one === first) ? first : 'mixed';
}

/** With the rate that most minutes have beside the slots; days that are alike share theirs. */
export function gridOf(cells: Cells, zone: string | null): WeekGrid {
  const otherwise = commonest(cells.flat());
  const slots = new Map<string, { readonly weekdays: number[]; readonly slot: Omit<GridSlot, 'weekdays'> }>();
  for (const [day, minutes] of cells.entries())
    for (const { from, to, rate } of stretches(minutes)) {
      if (rate === otherwise) continue;
      const slot = { from: clock(from), to: clock(to), rate };
      const key = JSON.stringify(slot);
      const known = slots.get(key);
      if (known === undefined) slots.set(key, { weekdays: [day + 1], slot });
      else known.weekdays.push(day + 1);
    }
  return { zone, otherwise, slots: [...slots.values()].map(({ weekdays, slot }) => ({ weekdays, ...slot })) };
}

function* stretches(minutes: readonly Rate[]): Generator<{ from: number; to: number; rate: Rate }, void> {
  for (let from = 0; from < minutes.length;) {
    const rate = minutes[from] ?? 'full';
    let to = from + 1;
    while (to < minutes.length && minutes[to] === rate) to += 1;
    yield { from, to, rate };
    from = to;
  }
}

function commonest(rates: readonly Rate[]): Rate {
  const counts = new Map<Rate, number>();
  for (const rate of rates) counts.set(rate, (counts.get(rate) ?? 0) + 1);
  return [...counts].reduce<[Rate, number]>((best, one) => (one[1] > best[1] ? one : best), ['full', 0])[0];
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function clock(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}
