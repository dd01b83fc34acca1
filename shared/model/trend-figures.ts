/** What the runs of a source came to over a stretch of time: mean, longest, and what 95 of 100 stay within. Pure. */

/** A run that took a snapshot. Null: not known of it. */
export type MeasuredRun = {
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of all there is, of what was new, and of that as it is stored. */
  readonly bytesTotal: number | null;
  readonly bytesAdded: number;
  readonly bytesStored: number;
};

export const figureNames = [
  'durationMs',
  'bytesTotal',
  'bytesAdded',
  'bytesStored',
  'bytesPerSecond',
  'changeRate',
] as const;
export type FigureName = (typeof figureNames)[number];

/** Null where no run of the stretch knows it. */
export type Figure = { readonly mean: number; readonly p95: number; readonly max: number } | null;

export type TrendFigures = {
  readonly runs: number;
  readonly figures: Readonly<Record<FigureName, Figure>>;
  /** Bytes that all these snapshots show, by bytes stored for them; null where nothing was stored. */
  readonly dedupRatio: number | null;
};

export function trendFigures(runs: readonly MeasuredRun[]): TrendFigures {
  const figures = Object.fromEntries(
    figureNames.map((name) => [name, figureOf(runs.map((run) => valueOf(run, name)))]),
  ) as Record<FigureName, Figure>;
  const known = runs.filter(({ bytesTotal }) => bytesTotal !== null);
  const shown = known.reduce((sum, { bytesTotal }) => sum + (bytesTotal ?? 0), 0);
  const stored = known.reduce((sum, { bytesStored }) => sum + bytesStored, 0);
  return { runs: runs.length, figures, dedupRatio: stored === 0 ? null : shown / stored };
}

/** `bytesPerSecond`: new data; `changeRate`: of all there is, from 0 to 1 and above where more was new than is left. */
export function valueOf(run: MeasuredRun, name: FigureName): number | null {
  switch (name) {
    case 'bytesPerSecond':
      return run.durationMs <= 0 ? null : (run.bytesAdded / run.durationMs) * 1000;
    case 'changeRate':
      return run.bytesTotal === null || run.bytesTotal === 0 ? null : run.bytesAdded / run.bytesTotal;
    case 'bytesAdded':
    case 'bytesStored':
    case 'bytesTotal':
    case 'durationMs':
      return run[name];
  }
}

/** The nearest rank: the smallest value that 95 of 100 are not above. */
function figureOf(values: readonly (number | null)[]): Figure {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const max = known.at(-1);
  if (max === undefined) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return { mean, p95: known[Math.ceil(known.length * 0.95) - 1] ?? max, max };
}
