/** Drills and RTO: which sources come back, how long it takes, and which were never rehearsed. */
import { coverageDays, missesRto, type DrillState, type RtoFigure } from '../drills.ts';
import { countOf } from '../units.ts';
import {
  bytes,
  count,
  duration,
  figure,
  nothing,
  ofAll,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportCell,
  type ReportMoment,
  type Tone,
} from './document.ts';

/** Times are epoch milliseconds. */
export type DrillReportSource = {
  readonly source: string;
  readonly rto: RtoFigure | null;
  /** Of the rule that counts for it; null: no rule, or none with a target. */
  readonly targetMs: number | null;
  readonly hasRule: boolean;
  readonly overdue: boolean;
  readonly nextAtMs: number | null;
  /** 0 to 1. */
  readonly coverage: number;
  readonly isFlaky: boolean;
  readonly last: { readonly state: DrillState; readonly atMs: number } | null;
};

export type DrillReportRun = {
  readonly source: string;
  readonly how: 'sample' | 'whole' | 'guided' | 'plan';
  readonly place: string;
  readonly state: DrillState;
  readonly atMs: number;
  readonly bytes: number;
  readonly restoreMs: number | null;
  readonly targetMs: number | null;
  /** Id of its record of evidence. */
  readonly evidence: string | null;
  readonly message: string | null;
};

export type DrillReportFacts = {
  readonly sources: readonly DrillReportSource[];
  /** Of the period, newest first. */
  readonly drills: readonly DrillReportRun[];
  readonly moreDrills: boolean;
};

const stateTones: Readonly<Record<DrillState, Tone | undefined>> = {
  passed: 'good',
  partial: 'warning',
  failed: 'bad',
  interrupted: 'warning',
  running: undefined,
};

export function drillsReport({ sources, drills, moreDrills }: DrillReportFacts, { zone }: ReportMoment): ReportBody {
  const drilled = sources.filter(({ rto }) => rto !== null).length;
  const missed = sources.filter(({ rto, targetMs }) => missesRto(rto, targetMs) === true).length;
  const targeted = sources.filter(({ targetMs }) => targetMs !== null).length;
  const overdue = sources.filter((source) => source.overdue).length;
  const failed = drills.filter(({ state }) => state === 'failed').length;
  const longest = sources.flatMap(({ rto }) => (rto === null ? [] : [rto])).toSorted((a, b) => b.ms - a.ms)[0] ?? null;
  const ordered = sources.toSorted((a, b) => rank(a) - rank(b) || (a.source < b.source ? -1 : 1));
  const shownSources = shownRows(ordered);
  const shownDrills = shownRows(drills);
  return {
    lead: leadOf(sources.length, drilled, longest, missed),
    figures: [
      figure('drilled', 'Sources that came back', {
        text: ofAll(drilled, sources.length),
        value: drilled,
        ...(drilled < sources.length ? { tone: 'warning' as const } : {}),
      }),
      figure(
        'longest_rto_ms',
        'Longest time to recover',
        longest === null ? { text: 'unknown', value: null, tone: 'warning' } : duration(longest.ms),
      ),
      figure('over_target', 'Over their target', {
        text: ofAll(missed, targeted),
        value: missed,
        ...(missed > 0 ? { tone: 'bad' as const } : {}),
      }),
      figure('overdue', 'Drills overdue', count(overdue, overdue > 0 ? 'warning' : undefined)),
      figure('drills', 'Drills in this time', count(drills.length)),
      figure('failed', 'Failed', count(failed, failed > 0 ? 'bad' : undefined)),
    ],
    tables: [
      {
        key: 'sources',
        title: 'Sources',
        note: shownSources.left,
        columns: [
          { key: 'source', title: 'Source', share: 24 },
          { key: 'rto_ms', title: 'Time to recover', share: 13, align: 'right' },
          { key: 'basis', title: 'How known', share: 12 },
          { key: 'target_ms', title: 'Target', share: 9, align: 'right' },
          { key: 'coverage', title: `Seen back in ${coverageDays} d`, share: 13, align: 'right' },
          { key: 'last_state', title: 'Last drill', share: 13 },
          { key: 'last_at', title: 'When', share: 16 },
          { key: 'next_at', title: 'Next', share: 16 },
        ],
        rows: shownSources.rows.map((one) => [
          words(one.source),
          one.rto === null
            ? { text: 'unknown', value: null, tone: 'warning' as const }
            : duration(one.rto.ms, missesRto(one.rto, one.targetMs) === true ? 'bad' : undefined),
          words(one.rto?.basis ?? 'never drilled'),
          duration(one.targetMs),
          { text: `${Math.floor(one.coverage * 100)} %`, value: one.coverage },
          lastCell(one),
          time(one.last?.atMs ?? null, zone),
          one.overdue ? { ...time(one.nextAtMs, zone), tone: 'warning' as const } : time(one.nextAtMs, zone),
        ]),
        empty: 'There are no sources yet.',
      },
      {
        key: 'drills',
        title: 'Drills of this time, newest first',
        note: shownDrills.left,
        columns: [
          { key: 'at', title: 'When', share: 16 },
          { key: 'source', title: 'Source', share: 22 },
          { key: 'how', title: 'How', share: 9 },
          { key: 'place', title: 'Where', share: 9 },
          { key: 'state', title: 'Result', share: 11 },
          { key: 'restored_bytes', title: 'Restored', share: 10, align: 'right' },
          { key: 'restore_ms', title: 'In', share: 10, align: 'right' },
          { key: 'evidence', title: 'Evidence', share: 12 },
          { key: 'message', title: 'What happened', share: 20 },
        ],
        rows: shownDrills.rows.map((one) => [
          time(one.atMs, zone),
          words(one.source),
          words(one.how),
          words(one.place),
          stateCell(one.state),
          bytes(one.bytes),
          duration(one.restoreMs),
          one.evidence === null ? nothing : { text: one.evidence.slice(0, 8), value: one.evidence },
          one.message === null ? nothing : words(one.message),
        ]),
        empty: 'None was run.',
      },
    ],
    unknown: [
      ...(drilled < sources.length
        ? [
            `How long ${countOf(sources.length - drilled, 'source takes', 'sources take')} to come back is not known: no drill has passed.`,
          ]
        : []),
      ...(moreDrills ? ['There were more drills than are read here; the oldest of the period are left out.'] : []),
      'An estimated time is what a part took, by bytes, and not a promise.',
    ],
    facts: [
      'What drills of this console left behind; their records of evidence are signed (holdfast evidence verify).',
    ],
  };
}

function rank({ rto, last, targetMs }: DrillReportSource): number {
  if (last?.state === 'failed') return 0;
  if (rto === null) return 1;
  return missesRto(rto, targetMs) === true ? 2 : 3;
}

function lastCell({ last, isFlaky }: DrillReportSource): ReportCell {
  if (last === null) return { text: 'never', value: null, tone: 'warning' };
  const cell = stateCell(last.state);
  return isFlaky ? { ...cell, text: `${cell.text}, now and then not`, tone: 'warning' } : cell;
}

function stateCell(state: DrillState): ReportCell {
  const tone = stateTones[state];
  return { text: state, value: state, ...(tone === undefined ? {} : { tone }) };
}

function leadOf(all: number, drilled: number, longest: RtoFigure | null, missed: number): string {
  if (all === 0) return 'There are no sources yet.';
  if (longest === null) return 'Recovery time: unknown, never drilled.';
  const longestTime = `Recovery time: ${duration(longest.ms).text} at the longest, ${longest.basis}.`;
  const never =
    drilled === all ? 'Every source was drilled.' : `${ofAll(all - drilled, all)} sources never came back in a drill.`;
  return missed === 0
    ? `${longestTime} ${never}`
    : `${longestTime} ${never} ${missed} ${missed === 1 ? 'is' : 'are'} over the target.`;
}
