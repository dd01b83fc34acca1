import type { FlatnessResult, OperationResult, PlaceName, Series, SetResult } from '../results.ts';
import { barOf, sizeBar, sizeRatio, speedRatio, spreadOf } from './summary.ts';
import { failedWord, megabytes, peakText, ratioText, sizeRatioText, wallText } from './words.ts';

export function announce(line: string): void {
  console.log(line);
}

/** One line while it goes: the same operation with both tools in one round. */
export function printPair(round: number, { operation, restic, holdfast }: OperationResult): void {
  const name = `${round}  ${operation}`.padEnd(26);
  console.log(`  ${name} restic ${lastText(restic)}   holdfast ${lastText(holdfast)}`);
}

/** The table of one data set, once all its rounds are over. */
export function printSet(place: PlaceName, set: SetResult): void {
  const rows = set.operations.map((result) => [
    result.operation,
    wallText(result.restic),
    wallText(result.holdfast),
    ratioText(speedRatio(result)),
    `≥ ${barOf(set.dataSet, result.operation)}`,
    peakText(result.restic),
    peakText(result.holdfast),
  ]);
  const { restic, holdfast } = set.repositoryBytes;
  const sizes = [restic, holdfast].map((bytes) => `${megabytes(spreadOf(bytes)?.median)} MB`);
  rows.push(['repository size', ...sizes, sizeRatioText(sizeRatio(set)), `≤ ${sizeBar}`, '', '']);
  console.log(`\n${place}, ${set.dataSet}: ${set.files} files, ${megabytes(set.bytes)} MB`);
  printTable([['', 'restic, s', 'holdfast, s', 'ratio', 'bar', 'restic, MB', 'holdfast, MB'], ...rows]);
}

export function printFlatness({ bytes, series }: FlatnessResult): void {
  console.log(`  ${megabytes(bytes).padStart(6)} MB of data   peak ${peakText(series)} MB`);
}

function lastText({ samples, failures }: Series): string {
  const last = samples.at(-1);
  const text = failures.length > 0 || last === undefined ? failedWord : `${last.wallSeconds.toFixed(2)} s`;
  return text.padStart(9);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  }
}
