/** Thousands of snapshots on a line as wide as a screen: where each stands, which are drawn, which one is meant. */

export type TimelinePoint = {
  /** Unique; a snapshot's id. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What the height tells, such as bytes; null: unknown. */
  readonly weight: number | null;
  readonly tone: 'plain' | 'partial' | 'held';
};

export type Bar = { readonly x: number; readonly height: number; readonly tone: TimelinePoint['tone'] };

/**
 * Recent days are wider than old ones, since most restores are from them: the place of a moment is its share of the
 * whole time, stretched towards the end. 0 to 1.
 */
export function placeOf(at: number, from: number, to: number): number {
  if (to <= from) return 1;
  const share = Math.max(0, Math.min(1, (at - from) / (to - from)));
  return 1 - (1 - share) ** stretch;
}

/** The moment at a place: the inverse of `placeOf`. */
export function momentAt(place: number, from: number, to: number): number {
  const share = 1 - (1 - Math.max(0, Math.min(1, place))) ** (1 / stretch);
  return from + share * (to - from);
}

const stretch = 0.62;

/** One bar for each step of `step` pixels at most; what is held or partial wins, and the highest decides the height. */
export function barsOf(
  points: readonly TimelinePoint[],
  {
    from,
    to,
    width,
    step,
  }: { readonly from: number; readonly to: number; readonly width: number; readonly step: number },
): readonly Bar[] {
  const largest = points.reduce((most, { weight }) => Math.max(most, weight ?? 0), 0);
  const bars = new Map<number, Bar>();
  for (const { at, weight, tone } of points) {
    const slot = Math.floor((placeOf(at, from, to) * Math.max(0, width - step)) / step);
    const height = weight === null || largest === 0 ? 0.5 : 0.3 + 0.7 * Math.sqrt(weight / largest);
    const there = bars.get(slot);
    bars.set(slot, {
      x: slot * step,
      height: Math.max(height, there?.height ?? 0),
      tone: ranks[tone] >= ranks[there?.tone ?? 'plain'] ? tone : (there?.tone ?? tone),
    });
  }
  return [...bars.values()];
}

const ranks = { plain: 0, partial: 1, held: 2 } as const;

/** The index of the point nearest to a moment; -1 without points. Points are in the order of time. */
export function nearestTo(at: number, points: readonly TimelinePoint[]): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  if (after === undefined) return -1;
  return before !== undefined && at - before.at <= after.at - at ? low - 1 : low;
}

/** Where a key leads from one point to another; null where it leads nowhere. */
export function stepFor(key: string, current: number, count: number): number | null {
  if (count === 0) return null;
  const from = current < 0 ? count - 1 : current;
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from + 1,
    PageDown: from - 10,
    PageUp: from + 10,
    Home: 0,
    End: count - 1,
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target));
}

export type TickMark = { readonly place: number; readonly label: string };

const mostDays = 62;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Beginnings of years, months or days, whichever are few enough to be read at this width. */
export function tickMarks(from: number, to: number, width: number): readonly TickMark[] {
  const room = Math.max(1, Math.floor(width / 70));
  const days = marksOf('day', from, to);
  // Some days may be left out, as long as they are the better measure: months of a few weeks say nothing.
  if (days.length <= Math.max(room, mostDays)) return thinned(days, from, to, width);
  const months = marksOf('month', from, to);
  // Some months may be left out, but not most of them.
  return thinned(months.length <= room * 4 ? months : marksOf('year', from, to), from, to, width);
}

function marksOf(unit: 'day' | 'month' | 'year', from: number, to: number): readonly number[] {
  const marks: number[] = [];
  const date = new Date(from);
  date.setHours(0, 0, 0, 0);
  if (unit !== 'day') date.setDate(1);
  if (unit === 'year') date.setMonth(0);
  while (date.getTime() <= to && marks.length < 400) {
    if (date.getTime() >= from) marks.push(date.getTime());
    if (unit === 'day') date.setDate(date.getDate() + 1);
    else if (unit === 'month') date.setMonth(date.getMonth() + 1);
    else date.setFullYear(date.getFullYear() + 1);
  }
  return marks;
}

/** Leaves out what would be written over another; beginnings of years go first, then the newer ones. */
function thinned(marks: readonly number[], from: number, to: number, width: number): readonly TickMark[] {
  const kept: TickMark[] = [];
  const isYear = (at: number) => (new Date(at).getMonth() === 0 ? 0 : 1);
  for (const at of [...marks].sort((a, b) => isYear(a) - isYear(b) || b - a)) {
    const place = placeOf(at, from, to);
    const isFree = kept.every((other) => Math.abs(place - other.place) * width >= 56);
    // The word `newest` stands at the end.
    if (isFree && (1 - place) * width >= 96) kept.push({ place, label: labelOf(at) });
  }
  return kept.sort((a, b) => a.place - b.place);
}

function labelOf(at: number): string {
  const date = new Date(at);
  const month = monthNames[date.getMonth()] ?? '';
  if (date.getDate() !== 1) return `${date.getDate()} ${month}`;
  return date.getMonth() === 0 ? String(date.getFullYear()) : month;
}
