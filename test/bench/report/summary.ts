/** Medians, ratios and what they are held against. */
import {
  toolNames,
  type DataSetName,
  type FlatnessResult,
  type OperationName,
  type OperationResult,
  type PlaceResult,
  type Series,
  type SetResult,
} from '../results.ts';

export type Spread = { readonly median: number; readonly least: number; readonly most: number };

/** How many times as fast as restic each operation is to be at least. */
const firstSnapshotBars: Readonly<Record<DataSetName, number>> = { random: 1.6, 'disk image': 1.6, 'small files': 1.2 };
const otherBars: Readonly<Record<Exclude<OperationName, 'first snapshot'>, number>> = {
  'unchanged snapshot': 3,
  'unchanged, console open': 3,
  'check --read-data': 1.2,
  'verified restore': 1.2,
};
/** How large a repository may be beside restic's. */
export const sizeBar = 1.03;
export const memoryBarBytes = 600_000_000;
/** How much more memory four times the data may take and still be called flat. */
export const flatnessBar = 1.15;

export function barOf(dataSet: DataSetName, operation: OperationName): number {
  return operation === 'first snapshot' ? firstSnapshotBars[dataSet] : otherBars[operation];
}

/** Null where nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || least === undefined || most === undefined) return null;
  return { median: (low + high) / 2, least, most };
}

/** How many times as fast as restic; null unless every command of both tools succeeded. */
export function speedRatio({ restic, holdfast }: OperationResult): number | null {
  if (!isWhole(restic) || !isWhole(holdfast)) return null;
  const [theirs, ours] = [restic, holdfast].map(({ samples }) => spreadOf(samples.map((sample) => sample.wallSeconds)));
  return theirs && ours ? theirs.median / ours.median : null;
}

/** How large beside restic's; null unless every first snapshot succeeded. */
export function sizeRatio({ operations, repositoryBytes }: SetResult): number | null {
  const first = operations.find(({ operation }) => operation === 'first snapshot');
  if (first === undefined || !isWhole(first.restic) || !isWhole(first.holdfast)) return null;
  const [theirs, ours] = toolNames.map((tool) => spreadOf(repositoryBytes[tool]));
  return theirs && ours ? ours.median / theirs.median : null;
}

/** The most memory any command of Holdfast took; null where none succeeded. */
export function highestPeak(places: readonly PlaceResult[], flatness: readonly FlatnessResult[]): number | null {
  const measured = places.flatMap(({ sets }) =>
    sets.flatMap(({ operations }) => operations.map((one) => one.holdfast)),
  );
  const all = [...measured, ...flatness.map(({ series }) => series)];
  return spreadOf(all.flatMap(({ samples }) => samples.map((sample) => sample.peakBytes)))?.most ?? null;
}

/** Memory for the most data over memory for the least; null where a command failed. */
export function growth(flatness: readonly FlatnessResult[]): number | null {
  const peaks = flatness.map(({ series }) =>
    isWhole(series) ? spreadOf(series.samples.map((sample) => sample.peakBytes)) : null,
  );
  const [first, last] = [peaks[0], peaks.at(-1)];
  return first && last ? last.median / first.median : null;
}

export function isWhole({ samples, failures }: Series): boolean {
  return failures.length === 0 && samples.length > 0;
}
