/**
 * A report as a document: what every format shows, no more and no less. Pure functions make it of facts; each format has
 * one renderer, so that a number is the same on paper, in a table and on screen.
 */
import { DateTime } from 'luxon';
import { formatBytes, formatCount, formatDuration } from '../units.ts';

export const reportNames = [
  'freshness',
  'gaps',
  'backups',
  'sync',
  'storage',
  'drills',
  'retention',
  'audit',
  'tenants',
] as const;
export type ReportName = (typeof reportNames)[number];

/** State only, and never by colour alone: the text says it too. */
export type Tone = 'good' | 'warning' | 'bad';

/** `text` is for people; `value` for programs: a number in its unit, ISO-8601 UTC for a time, null for what is not known. */
export type ReportCell = {
  readonly text: string;
  readonly value: string | number | null;
  readonly tone?: Tone | undefined;
};

export type ReportColumn = {
  /** For programs: letters, digits and `_`, with the unit at its end (`_bytes`, `_ms`). */
  readonly key: string;
  readonly title: string;
  /** How wide it is beside the others. */
  readonly share: number;
  readonly align?: 'right' | undefined;
};

export type ReportTable = {
  /** For programs and names of files. */
  readonly key: string;
  readonly title: string;
  readonly note: string | null;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
  /** What stands there without rows. */
  readonly empty: string;
};

export type ReportFigure = { readonly key: string; readonly title: string } & ReportCell;

/** What a report says, without when and by whom it was made. */
export type ReportBody = {
  /** The answer, in a sentence or two. */
  readonly lead: string;
  readonly figures: readonly ReportFigure[];
  readonly tables: readonly ReportTable[];
  /** What could not be known, each in a sentence. */
  readonly unknown: readonly string[];
  /** Where the facts come from, each in a sentence. */
  readonly facts: readonly string[];
};

export type ReportFrame = {
  readonly report: ReportName;
  readonly title: string;
  /** Null for one that is about a moment. */
  readonly period: { readonly from: string; readonly to: string; readonly words: string } | null;
  /** IANA name: of the times in texts. */
  readonly zone: string;
  /** ISO-8601 UTC. */
  readonly madeAt: string;
  readonly madeBy: string;
  readonly tenant: string;
  /** The machine, and the version of the program. */
  readonly home: { readonly host: string; readonly version: string };
  /** Of which sources, in words. */
  readonly scope: string;
};

export type ReportDocument = ReportFrame & ReportBody & { readonly version: 1 };

/** Epoch milliseconds. `zone` is an IANA name. */
export type ReportMoment = { readonly nowMs: number; readonly zone: string };
export type ReportPeriod = { readonly fromMs: number; readonly toMs: number };

/** More rows than this are left out, and it is said how many: nobody reads them on paper. */
export const mostRows = 5_000;

export const nothing: ReportCell = { text: '–', value: null };

export function words(text: string, tone?: Tone): ReportCell {
  return { text, value: text, ...(tone === undefined ? {} : { tone }) };
}

export function count(value: number, tone?: Tone): ReportCell {
  return { text: formatCount(value), value, ...(tone === undefined ? {} : { tone }) };
}

export function bytes(value: number | null): ReportCell {
  return value === null ? nothing : { text: formatBytes(value), value };
}

export function duration(value: number | null, tone?: Tone): ReportCell {
  if (value === null) return nothing;
  return { text: formatDuration(value), value: Math.round(value), ...(tone === undefined ? {} : { tone }) };
}

/** Epoch milliseconds, shown in the zone. */
export function time(atMs: number | null, zone: string): ReportCell {
  if (atMs === null) return nothing;
  return { text: timeWords(atMs, zone), value: new Date(atMs).toISOString() };
}

/** `2026-11-30 14:05`. */
export function timeWords(atMs: number, zone: string): string {
  return DateTime.fromMillis(atMs, { zone }).toFormat('yyyy-MM-dd HH:mm');
}

export function figure(key: string, title: string, cell: ReportCell): ReportFigure {
  return { key, title, ...cell };
}

/** As many as are shown, and a sentence where some are left out. */
export function shownRows<Row>(rows: readonly Row[], most = mostRows): { rows: readonly Row[]; left: string | null } {
  if (rows.length <= most) return { rows, left: null };
  const left = rows.length - most;
  return { rows: rows.slice(0, most), left: `${formatCount(left)} more are left out here.` };
}

/** The sentences that are there, in one; null without any. */
export function noteOf(...sentences: readonly (string | null)[]): string | null {
  const said = sentences.filter((sentence) => sentence !== null);
  return said.length === 0 ? null : said.join(' ');
}

/** `3 of 4`, so that no number stands without what it is of. */
export function ofAll(part: number, all: number): string {
  return `${formatCount(part)} of ${formatCount(all)}`;
}
