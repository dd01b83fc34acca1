/** ISO date so many days after another one, as calendars count: no clock is asked. */
export function dateAfter(first: string, days: number): string {
  const [year = 0, month = 1, day = 1] = first.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
