/** A week as hours that each have a rate, and back to the slots that are kept. */
import { rateAt, type GridSlot, type Rate, type WeekGrid } from '../../../shared/model/week-grid.ts';

/** Seven days from Monday, twenty-four hours each. */
export type Cells = readonly (readonly Rate[])[];

export const dayLabels = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const hourMs = 3_600_000;
const monday = Date.UTC(2026, 0, 5);

/** As each hour begins. */
export function cellsOf(grid: WeekGrid): Cells {
  const plain = { ...grid, zone: 'UTC' };
  return dayLabels.map((_, day) =>
    Array.from({ length: 24 }, (__, hour) => rateAt(plain, monday + (day * 24 + hour) * hourMs, 'UTC')),
  );
}

export function paint(cells: Cells, day: number, from: number, to: number, rate: Rate): Cells {
  return cells.map((hours, index) =>
    index === day ? hours.map((one, hour) => (hour >= from && hour < to ? rate : one)) : hours,
  );
}

/** With the rate that most hours have beside the slots; days that are alike share theirs. */
export function gridOf(cells: Cells, zone: string | null): WeekGrid {
  const otherwise = commonest(cells.flat());
  const slots = new Map<string, { readonly weekdays: number[]; readonly slot: Omit<GridSlot, 'weekdays'> }>();
  for (const [day, hours] of cells.entries())
    for (const { from, to, rate } of stretches(hours)) {
      if (rate === otherwise) continue;
      const slot = { from: clock(from), to: clock(to), rate };
      const key = JSON.stringify(slot);
      const known = slots.get(key);
      if (known === undefined) slots.set(key, { weekdays: [day + 1], slot });
      else known.weekdays.push(day + 1);
    }
  return { zone, otherwise, slots: [...slots.values()].map(({ weekdays, slot }) => ({ weekdays, ...slot })) };
}

function* stretches(hours: readonly Rate[]): Generator<{ from: number; to: number; rate: Rate }, void> {
  for (let from = 0; from < hours.length;) {
    const rate = hours[from] ?? 'full';
    let to = from + 1;
    while (to < hours.length && hours[to] === rate) to += 1;
    yield { from, to, rate };
    from = to;
  }
}

function commonest(rates: readonly Rate[]): Rate {
  const counts = new Map<Rate, number>();
  for (const rate of rates) counts.set(rate, (counts.get(rate) ?? 0) + 1);
  return [...counts].reduce<[Rate, number]>((best, one) => (one[1] > best[1] ? one : best), ['full', 0])[0];
}

function clock(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}
