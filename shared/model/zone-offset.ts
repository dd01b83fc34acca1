/** How far the clocks of a zone are from UTC, remembered by day: asking the calendar each time is what costs. */
import { IANAZone } from 'luxon';

const dayMs = 24 * 3_600_000;
const keptDays = 20_000;
const zones = new Map<string, { readonly zone: IANAZone; readonly days: Map<number, number> }>();

/**
 * Minutes east of UTC, where they are the same from a day before to two days after the midnight of UTC that `dayNumber`
 * (days since 1970) begins with; null where clocks change in between.
 */
export function steadyOffset(zone: string, dayNumber: number): number | null {
  const offset = offsetOf(zone, dayNumber - 1);
  for (let day = dayNumber; day <= dayNumber + 2; day++) if (offsetOf(zone, day) !== offset) return null;
  return offset;
}

/** At the beginning of a day of UTC. */
function offsetOf(name: string, dayNumber: number): number {
  const known = zones.get(name) ?? { zone: IANAZone.create(name), days: new Map<number, number>() };
  zones.set(name, known);
  const there = known.days.get(dayNumber);
  if (there !== undefined) return there;
  if (known.days.size >= keptDays) known.days.clear();
  const offset = known.zone.offset(dayNumber * dayMs);
  known.days.set(dayNumber, offset);
  return offset;
}
