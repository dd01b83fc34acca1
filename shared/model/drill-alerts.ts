/** What somebody has to know of drills: that one failed, did not begin, or that coming back takes longer than it may. Pure. */
import { timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';
import { missesRto, rtoWords, type DrillState, type RtoFigure } from './drills.ts';
import { formatDuration } from './units.ts';

/** Of a source that is rehearsed, or was. Times are epoch milliseconds. */
export type DrillFacts = {
  readonly source: string;
  /** The newest that has ended; null: none. */
  readonly last: {
    readonly drill: string;
    readonly state: DrillState;
    readonly startedAtMs: number;
    /** Why it did not pass. */
    readonly problem: string | null;
  } | null;
  /** Since when one is due that has not begun; null: none is. */
  readonly overdueSinceMs: number | null;
  readonly rto: RtoFigure | null;
  readonly rtoMs: number | null;
};

export function conditionsOfDrills(facts: DrillFacts, { zone }: { readonly zone: string }): Condition[] {
  return [failed(facts, zone), overdue(facts, zone), missed(facts)].filter((condition) => condition !== null);
}

function failed({ source, last }: DrillFacts, zone: string): Condition | null {
  if (last?.state !== 'failed') return null;
  return {
    rule: 'drill-failed',
    kind: 'source',
    subject: source,
    level: 'error',
    occasion: last.drill,
    title: `${source} could not be restored in a drill`,
    detail: `${timeText(last.startedAtMs, zone)}: ${last.problem ?? 'it failed.'}`,
    todo: `See what it names: holdfast drill show ${last.drill.slice(0, 8)}. Damage is mended by holdfast repair; the same things are rehearsed again a day later, or now: holdfast drill run ${source}.`,
  };
}

function overdue({ source, overdueSinceMs }: DrillFacts, zone: string): Condition | null {
  if (overdueSinceMs === null) return null;
  return {
    rule: 'drill-overdue',
    kind: 'source',
    subject: source,
    level: 'warning',
    occasion: '',
    title: `The drill of ${source} is overdue`,
    detail: `It was due ${timeText(overdueSinceMs, zone)} and has not begun.`,
    todo: `Look whether its repository can be opened, and that the engine runs at that time. To rehearse it now: holdfast drill run ${source}.`,
  };
}

function missed({ source, rto, rtoMs }: DrillFacts): Condition | null {
  if (rto === null || rtoMs === null || missesRto(rto, rtoMs) !== true) return null;
  return {
    rule: 'rto-missed',
    kind: 'source',
    subject: source,
    level: 'warning',
    occasion: '',
    title: `Restoring ${source} takes longer than it may`,
    detail: `${formatDuration(rtoMs)} is allowed; it takes ${rtoWords(rto)}.`,
    todo: 'Keep a copy that is nearer, split the source, or allow it more time: holdfast drill schedule.',
  };
}
