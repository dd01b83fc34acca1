/** Backup summary: runs of protection over a period, what failed, what was stored and how long it took. */
import type { SystemState } from '../system-snapshots.ts';
import { extentWords, isApart, systemTitle, type Extent } from '../together.ts';
import { formatCount } from '../units.ts';
import {
  bytes,
  count,
  duration,
  figure,
  nothing,
  noteOf,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportCell,
  type ReportMoment,
  type ReportPeriod,
} from './document.ts';

/** What the runs of a source, or of a day, came to; as the trends of the console count them. */
export type RunTotals = {
  readonly runs: number;
  readonly partial: number;
  readonly failed: number;
  readonly missed: number;
  readonly taken: {
    readonly runs: number;
    readonly durationMs: { readonly median: number; readonly max: number; readonly sum: number };
    readonly bytesAdded: number;
    readonly bytesStored: number;
    readonly filesChanged: number;
  } | null;
};

export type BackupFacts = {
  readonly sources: readonly ({ readonly source: string; readonly isRemoved: boolean } & RunTotals)[];
  readonly days: readonly ({ readonly date: string } & RunTotals)[];
  /** Runs that were not complete, newest first. */
  readonly troubles: readonly {
    readonly source: string;
    readonly atMs: number;
    readonly state: string;
    readonly message: string | null;
  }[];
  /** How many more there were. */
  readonly moreTroubles: number;
  /** Sources that were taken together, newest first. */
  readonly systems: readonly ReportedSystem[];
  /** Whether older ones of the period are left out. */
  readonly moreSystems: boolean;
};

export type ReportedSystem = Extent & {
  readonly id: string;
  readonly description: string;
  readonly atMs: number;
  readonly by: string;
  readonly state: SystemState;
  readonly members: readonly { readonly source: string; readonly snapshot: string | null }[];
};

const stateWords: Readonly<Record<string, string>> = {
  partial: 'partial',
  failed: 'failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  missed: 'missed',
};

export function backupsReport(facts: BackupFacts, { zone, nowMs }: ReportMoment, period: ReportPeriod): ReportBody {
  const all = facts.sources;
  const sum = (of: (one: RunTotals) => number): number => all.reduce((total, one) => total + of(one), 0);
  const runs = sum((one) => one.runs);
  const [failed, partial, missed] = [sum((one) => one.failed), sum((one) => one.partial), sum((one) => one.missed)];
  const good = runs - failed - partial;
  const stored = sum(({ taken }) => taken?.bytesStored ?? 0);
  const longest = Math.max(0, ...all.map(({ taken }) => taken?.durationMs.max ?? 0));
  const sources = shownRows(
    all.toSorted(
      (a, b) => b.failed + b.missed - a.failed - a.missed || b.partial - a.partial || (a.source < b.source ? -1 : 1),
    ),
  );
  const troubles = shownRows(facts.troubles);
  const systems = shownRows(facts.systems);
  const unended = Math.min(nowMs, period.toMs) - period.fromMs;
  return {
    lead:
      runs + missed === 0
        ? 'Nothing ran in this time.'
        : `${plural(runs, 'run')}: ${formatCount(good)} complete, ${formatCount(partial)} partial, ${formatCount(failed)} failed; ${formatCount(missed)} missed. ${bytes(stored).text} stored.`,
    figures: [
      figure('runs', 'Runs', count(runs)),
      figure('complete', 'Complete', count(good)),
      figure('partial', 'Partial', count(partial, partial > 0 ? 'warning' : undefined)),
      figure('failed', 'Failed', count(failed, failed > 0 ? 'bad' : undefined)),
      figure('missed', 'Missed', count(missed, missed > 0 ? 'bad' : undefined)),
      figure('new_bytes', 'New data', bytes(sum(({ taken }) => taken?.bytesAdded ?? 0))),
      figure('stored_bytes', 'Stored', bytes(stored)),
      figure('longest_ms', 'Longest run', longest === 0 ? nothing : duration(longest)),
    ],
    tables: [
      {
        key: 'sources',
        title: 'By source, most trouble first',
        note: noteOf(sources.left),
        columns: [{ key: 'source', title: 'Source', share: 26 }, ...totalColumns],
        rows: sources.rows.map((one) => [
          words(one.isRemoved ? `${one.source} (removed)` : one.source),
          ...totalCells(one),
        ]),
        empty: 'Nothing ran in this time.',
      },
      {
        key: 'days',
        title: 'By day',
        note: null,
        columns: [{ key: 'date', title: 'Day', share: 26 }, ...totalColumns],
        rows: facts.days.map((one) => [words(one.date), ...totalCells(one)]),
        empty: 'Nothing ran in this time.',
      },
      {
        key: 'troubles',
        title: 'Runs that were not complete, newest first',
        note: noteOf(troubles.left, facts.moreTroubles === 0 ? null : `${facts.moreTroubles} older ones are left out.`),
        columns: [
          { key: 'at', title: 'When', share: 16 },
          { key: 'source', title: 'Source', share: 24 },
          { key: 'state', title: 'State', share: 12 },
          { key: 'message', title: 'What happened', share: 48 },
        ],
        rows: troubles.rows.map(({ source, atMs, state, message }) => [
          time(atMs, zone),
          words(source),
          {
            text: stateWords[state] ?? state,
            value: state,
            tone: state === 'partial' || state === 'cancelled' ? ('warning' as const) : ('bad' as const),
          },
          message === null ? nothing : words(message),
        ]),
        empty: 'None.',
      },
      {
        key: 'systems',
        title: 'System snapshots: sources taken together, newest first',
        note: noteOf(systems.left, facts.moreSystems ? 'Older ones are left out.' : null),
        columns: [
          { key: 'at', title: 'When', share: 16 },
          { key: 'system', title: 'System snapshot', share: 24 },
          { key: 'state', title: 'State', share: 12 },
          { key: 'extent', title: 'What', share: 20 },
          { key: 'sources', title: 'Sources', share: 28 },
        ],
        rows: systems.rows.map((system) => [
          time(system.atMs, zone),
          words(systemTitle(system)),
          systemState(system),
          words(extentWords(system)),
          words(system.members.map(({ source }) => source).join(', ')),
        ]),
        empty: 'None were taken together.',
      },
    ],
    unknown: [
      ...(period.toMs > nowMs ? [`The period has not ended: ${duration(unended).text} of it have passed.`] : []),
      'Runs are kept for 400 days; what ran before is not known.',
    ],
    facts: ['The book of runs of this console: a run counts for the day on which it was asked for.'],
  };
}

const totalColumns = [
  { key: 'runs', title: 'Runs', share: 8, align: 'right' },
  { key: 'partial', title: 'Partial', share: 8, align: 'right' },
  { key: 'failed', title: 'Failed', share: 8, align: 'right' },
  { key: 'missed', title: 'Missed', share: 8, align: 'right' },
  { key: 'new_bytes', title: 'New data', share: 11, align: 'right' },
  { key: 'stored_bytes', title: 'Stored', share: 11, align: 'right' },
  { key: 'median_ms', title: 'Median time', share: 11, align: 'right' },
  { key: 'longest_ms', title: 'Longest', share: 11, align: 'right' },
] as const;

function totalCells({ runs, partial, failed, missed, taken }: RunTotals): ReportCell[] {
  return [
    count(runs),
    count(partial, partial > 0 ? 'warning' : undefined),
    count(failed, failed > 0 ? 'bad' : undefined),
    count(missed, missed > 0 ? 'bad' : undefined),
    bytes(taken?.bytesAdded ?? null),
    bytes(taken?.bytesStored ?? null),
    duration(taken?.durationMs.median ?? null),
    duration(taken?.durationMs.max ?? null),
  ];
}

/** Whole is not enough to be good: what is not of one moment says so. */
function systemState(system: ReportedSystem): ReportCell {
  const { state } = system;
  if (state === 'full' && isApart(system)) return { text: 'full, not together', value: state, tone: 'warning' };
  const tone = state === 'failed' ? 'bad' : state === 'partial' ? 'warning' : undefined;
  return { text: state, value: state, ...(tone === undefined ? {} : { tone }) };
}

function plural(value: number, noun: string): string {
  return `${count(value).text} ${noun}${value === 1 ? '' : 's'}`;
}
