/** When the pauses end that are offered wherever somebody may pause. */

/** 08:00 of the next day where this runs: a night without runs. Epoch milliseconds. */
export function tomorrowMorning(nowMs: number): number {
  const day = new Date(nowMs);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 8).getTime();
}

export function inAnHour(nowMs: number): number {
  return nowMs + 3_600_000;
}
