/**
 * Drills: rehearsals of restores. What comes next of a source, how much of it was ever brought back, what a drill says of the
 * time a whole restore takes, and when the next one is due; pure functions of what drills have left behind, and of the time.
 */
import { nextOccurrence } from './occurrences.ts';
import { ruleOf } from './period-rule.ts';
import type { StoredRule } from './profile.ts';
import { formatBytes, formatDuration } from './units.ts';

/** When the sources of a profile are rehearsed, how much of each at a time, and how long a whole restore may take. */
export type DrillRule = {
  readonly rule: StoredRule;
  /** A drill brings back so much, and never less than one thing. */
  readonly sampleBytes: number;
  readonly rtoMs: number | null;
  /** What came round before it was set is not made up for. */
  readonly setAtMs: number;
};

/** Where a rehearsal puts what it brings back. Never the source, and nothing that is in use. */
export const drillPlaces = ['folder', 'bucket', 'instance'] as const;
export type DrillPlace = (typeof drillPlaces)[number];

export const drillStates = ['running', 'passed', 'partial', 'failed', 'interrupted'] as const;
export type DrillState = (typeof drillStates)[number];

/**
 * A stretch of a ring of `ringLength` places, on which everything in a source has its own by a hash of its name: what drills
 * take one after the other goes round it, so that all of a source has its turn, also what comes later. It begins after `from`
 * and ends with `to`, which may lie before it.
 */
export const ringLength = 2 ** 48;
export type Stretch = { readonly from: number; readonly to: number };

/** What one drill has left behind. Times are epoch milliseconds. */
export type DrillFact = {
  readonly state: DrillState;
  readonly startedAtMs: number;
  /** Null where it took what was named, and not what came next. */
  readonly stretch: Stretch | null;
  /** All of the source, in one go. */
  readonly isWhole: boolean;
  readonly bytes: number;
  readonly wholeBytes: number;
  /** From the first byte to the last check; null where it did not get so far. */
  readonly restoreMs: number | null;
};

/** An item of a source: a file, an object, a Git repository. */
export type DrillItem = { readonly name: string; readonly position: number; readonly bytes: number };

export type Sample = { readonly items: readonly DrillItem[]; readonly stretch: Stretch; readonly isWhole: boolean };

export const defaultSampleBytes = 1024 ** 3;
export const mostItems = 1_000;

/**
 * What comes next on the ring after `cursor`, as much as `sampleBytes`, one item at least and `mostItems` at most. Given the
 * same items, a drill that begins where the one before has ended leaves nothing out.
 */
export class Sampler {
  readonly #cursor: number;
  readonly #limits: { readonly bytes: number; readonly items: number };
  readonly #near: (DrillItem & { readonly distance: number })[] = [];
  /** Nothing from here on can be part of it. */
  #farthest = Infinity;
  #total = { items: 0, bytes: 0 };

  constructor(cursor: number, limits: { readonly bytes: number; readonly items?: number }) {
    this.#cursor = cursor;
    this.#limits = { bytes: limits.bytes, items: limits.items ?? mostItems };
  }

  /** Memory stays bounded: of very many items those are kept that lie nearest. */
  add(item: DrillItem): void {
    this.#total = { items: this.#total.items + 1, bytes: this.#total.bytes + item.bytes };
    const distance = distanceFrom(this.#cursor, item.position);
    if (distance >= this.#farthest) return;
    this.#near.push({ ...item, distance });
    if (this.#near.length >= 4 * this.#limits.items) this.#cut();
  }

  get total(): { readonly items: number; readonly bytes: number } {
    return this.#total;
  }

  /** Null where there is nothing at all. */
  take(): Sample | null {
    const kept = this.#cut();
    const last = kept.at(-1);
    if (last === undefined) return null;
    const isWhole = kept.length === this.#total.items;
    const items = kept.map(({ name, position, bytes }) => ({ name, position, bytes }));
    return { items, isWhole, stretch: { from: this.#cursor, to: isWhole ? this.#cursor : last.position } };
  }

  #cut(): readonly (DrillItem & { readonly distance: number })[] {
    this.#near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
    let bytes = 0;
    let count = 0;
    for (const item of this.#near) {
      if (count >= this.#limits.items || (count > 0 && bytes + item.bytes > this.#limits.bytes)) break;
      bytes += item.bytes;
      count += 1;
    }
    this.#farthest = this.#near[count]?.distance ?? this.#farthest;
    this.#near.length = count;
    return this.#near;
  }
}

/** What lies at the cursor itself was the last one of the drill before: its turn comes at the end. */
function distanceFrom(cursor: number, position: number): number {
  return position > cursor ? position - cursor : position - cursor + ringLength;
}

/** Where the next sample begins: after the newest one that has come to an end. Newest first. */
export function cursorAfter(facts: readonly DrillFact[]): number {
  const last = facts.find(({ stretch, state }) => stretch !== null && (state === 'passed' || state === 'partial'));
  return last?.stretch?.to ?? 0;
}

/** How much of the ring passed drills of the time have gone over: 0 to 1. */
export function coverageOf(facts: readonly DrillFact[], fromMs: number, nowMs: number): number {
  const own = facts.filter(
    ({ state, startedAtMs, isWhole, stretch }) =>
      state === 'passed' && startedAtMs > fromMs && startedAtMs <= nowMs && (isWhole || stretch !== null),
  );
  if (own.some(({ isWhole }) => isWhole)) return 1;
  const pieces = own
    .flatMap(({ stretch }) => (stretch === null ? [] : unrolled(stretch)))
    .toSorted((a, b) => a.from - b.from);
  let covered = 0;
  let reached = 0;
  for (const { from, to } of pieces) {
    covered += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return Math.min(1, covered / ringLength);
}

/** One that goes over the end of the ring is two. */
function unrolled({ from, to }: Stretch): readonly Stretch[] {
  return to > from
    ? [{ from, to }]
    : [
        { from, to: ringLength },
        { from: 0, to },
      ];
}

const dayMs = 24 * 3_600_000;
/** Coverage and reliability are judged over so long. */
export const coverageDays = 90;
const judgedDrills = 6;
/** Coverage that is less than before by so much is worth a word. */
const shrinksBy = 0.05;

export type DrillRecord = {
  /** How long a whole restore takes; null: never drilled. */
  readonly rto: RtoFigure | null;
  /** 0 to 1, within `coverageDays`. */
  readonly coverage: number;
  /** It covers less than it did a while ago. */
  readonly isShrinking: boolean;
  /** Now it passes, now it does not. */
  readonly isFlaky: boolean;
};

/** `measured` only where all of it was brought back; else from a part, by bytes. */
export type RtoFigure = {
  readonly ms: number;
  readonly basis: 'measured' | 'estimated';
  /** Brought back in `restoreMs`. */
  readonly bytes: number;
  readonly wholeBytes: number;
  readonly restoreMs: number;
  readonly atMs: number;
};

/** `facts`: of one source, newest first. */
export function recordOf(facts: readonly DrillFact[], nowMs: number): DrillRecord {
  const lengthMs = coverageDays * dayMs;
  const coverage = coverageOf(facts, nowMs - lengthMs, nowMs);
  const before = nowMs - lengthMs / 3;
  return {
    rto: rtoOf(facts),
    coverage,
    isShrinking: coverage < coverageOf(facts, before - lengthMs, before) - shrinksBy,
    isFlaky: isFlaky(facts),
  };
}

/** From the newest drill that passed; one of the whole is believed before one of a part that came after it. */
export function rtoOf(facts: readonly DrillFact[]): RtoFigure | null {
  const passed = facts.filter(({ state, restoreMs }) => state === 'passed' && restoreMs !== null);
  const found = passed.find(({ isWhole }) => isWhole) ?? passed.find(({ bytes }) => bytes > 0);
  if (found === undefined) return null;
  const { isWhole, bytes, wholeBytes, startedAtMs: atMs } = found;
  const restoreMs = found.restoreMs ?? 0;
  const ms = isWhole ? restoreMs : Math.round((restoreMs * Math.max(bytes, wholeBytes)) / bytes);
  return { ms, basis: isWhole ? 'measured' : 'estimated', bytes, wholeBytes, restoreMs, atMs };
}

/** At least two changes between passing and not passing in the newest few. */
function isFlaky(facts: readonly DrillFact[]): boolean {
  const ended = facts.filter(({ state }) => state === 'passed' || state === 'failed').slice(0, judgedDrills);
  const changes = ended.filter(({ state }, at) => at > 0 && state !== ended[at - 1]?.state).length;
  return changes >= 2;
}

export function rtoWords({ ms, basis, bytes, wholeBytes, restoreMs }: RtoFigure): string {
  if (basis === 'measured') return `${formatDuration(ms)} measured`;
  return `about ${formatDuration(ms)}, estimated from ${formatBytes(bytes)} of ${formatBytes(wholeBytes)} in ${formatDuration(restoreMs)}`;
}

/** Whether a figure is over its target; null where nobody has set one, or nothing is known. */
export function missesRto(figure: RtoFigure | null, rtoMs: number | null): boolean | null {
  return figure === null || rtoMs === null ? null : figure.ms > rtoMs;
}

/** What failed is tried again a day later, so that a repair is seen to have worked. */
const retryMs = dayMs;
/** What was due for so long and did not begin is told. */
const overdueAfterMs = 2 * dayMs;

export type DrillDue = {
  readonly due: boolean;
  /** When it comes round, or came; null: never. */
  readonly atMs: number | null;
  readonly overdue: boolean;
};

/** `sinceMs`: when the rule began to hold for the source. `facts`: newest first. */
export function drillDue(
  { rule }: Pick<DrillRule, 'rule'>,
  facts: readonly DrillFact[],
  { zone, sinceMs, nowMs }: { readonly zone: string; readonly sinceMs: number; readonly nowMs: number },
): DrillDue {
  const parsed = ruleOf(rule);
  const newest = facts[0];
  // A time in the future is one of a clock that was wrong.
  const lastMs = newest === undefined || newest.startedAtMs > nowMs ? null : newest.startedAtMs;
  const planned =
    parsed === null ? null : nextOccurrence(parsed, zone, Math.max(lastMs ?? 0, Math.min(sinceMs, nowMs)));
  const retry = lastMs !== null && newest !== undefined && isToRepeat(newest) ? lastMs + retryMs : null;
  const times = [planned, retry].filter((ms) => ms !== null);
  const atMs = times.length === 0 ? null : Math.min(...times);
  return { due: atMs !== null && atMs <= nowMs, atMs, overdue: atMs !== null && nowMs - atMs > overdueAfterMs };
}

function isToRepeat({ state }: DrillFact): boolean {
  return state === 'failed' || state === 'interrupted';
}

/** Of a guided drill: while steps ran, and while it waited for a person. Times of steps are ISO-8601. */
export function guidedTimes(
  fromMs: number,
  toMs: number,
  steps: readonly { readonly startedAt: string | null; readonly endedAt: string | null }[],
): { readonly machineMs: number; readonly humanMs: number } {
  const machineMs = steps.reduce((sum, { startedAt, endedAt }) => {
    if (startedAt === null || endedAt === null) return sum;
    return sum + Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  }, 0);
  return { machineMs, humanMs: Math.max(0, toMs - fromMs - machineMs) };
}

export type DrillVerdict = Exclude<DrillState, 'running' | 'interrupted'>;

/** What checks say together. A check that could not be made is no proof, and no fault either. */
export function drillVerdict(
  checks: readonly { readonly result: 'good' | 'bad' | 'left' }[],
  left: number,
): DrillVerdict {
  if (checks.some(({ result }) => result === 'bad')) return 'failed';
  return left > 0 || checks.every(({ result }) => result === 'left') ? 'partial' : 'passed';
}
