/** The days of a source as a strip or calendar shows them, from what the engine counted of each. */
import { worstOf, type Day } from './days.ts';

export type DayCounts = {
  /** Days since the first. */
  readonly day: number;
  readonly complete: number;
  readonly completeWithExceptions: number;
  readonly partial: number;
  readonly failed: number;
};

/** `first`: ISO date. The last of the days is today; `running`: a protection is under way. */
export function daysOf(first: string, count: number, cells: readonly DayCounts[], running: boolean): readonly Day[] {
  const byDay = new Map(cells.map((cell) => [cell.day, cell]));
  return Array.from({ length: count }, (_, index) => {
    const cell = byDay.get(index);
    const date = dateWords(first, index);
    if (running && index === count - 1) {
      const before = cell === undefined ? '' : `, ${countWords(cell)} before`;
      return { date, state: 'running', words: `running${before}` };
    }
    if (cell === undefined) return { date, state: 'none', words: 'no run' };
    return { date, state: worstOf(cell), words: countWords(cell) };
  });
}

/** `23 complete, 1 partial`. */
export function countWords(cell: DayCounts): string {
  const parts: [number, string][] = [
    [cell.complete, 'complete'],
    [cell.completeWithExceptions, 'complete with exceptions'],
    [cell.partial, 'partial'],
    [cell.failed, 'failed'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en-US')} ${word}`)
    .join(', ');
}

/** `Thu 19 Nov`: of a calendar's date, whatever the zone of the machine. */
export function dateWords(first: string, offset: number): string {
  const at = new Date(Date.parse(`${first}T00:00:00Z`) + offset * 86_400_000);
  if (Number.isNaN(at.getTime())) return `day ${offset + 1}`;
  return format.format(at).replace(',', '').replace('Sept', 'Sep');
}

const format = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
