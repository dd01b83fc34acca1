/** A year of days as a grid of weeks: Monday on top, the newest week last. */
import type { Day } from '../../components/days.ts';

/** Null: before the first day, or after today. */
export type Week = { readonly key: number; readonly days: readonly (Day | null)[]; readonly month: string | null };

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `first`: ISO date of the first of the days. */
export function weeksOf(first: string, days: readonly Day[]): readonly Week[] {
  const start = new Date(`${first}T00:00:00Z`);
  const lead = (start.getUTCDay() + 6) % 7;
  const weeks: Week[] = [];
  let named = -1;
  for (let at = -lead; at < days.length; at += 7) {
    const monday = new Date(start.getTime() + at * 86_400_000);
    const month = monday.getUTCMonth();
    // The name stands over the first whole week of a month; at the left border there is room for one that has begun,
    // unless the next one follows at once.
    const isNew = month !== named && (monday.getUTCDate() <= 7 || (at <= 0 && monday.getUTCDate() <= 14));
    if (isNew) named = month;
    weeks.push({
      key: at,
      days: Array.from({ length: 7 }, (_, day) => days[at + day] ?? null),
      month: isNew ? (months[month] ?? null) : null,
    });
  }
  return weeks;
}
