/** Every number that was promised, and whether it was reached. */
import type { PlaceResult, Results, SetResult } from '../results.ts';
import { markdownTable } from './markdown-table.ts';
import { barOf, flatnessBar, growth, highestPeak, memoryBarBytes, sizeBar, sizeRatio, speedRatio } from './summary.ts';
import { megabytes, placeTitles, ratioText, sizeRatioText, verdict } from './words.ts';

export function barsSection({ places, flatness }: Results): string {
  const rows = places.flatMap((place) => place.sets.flatMap((set) => setRows(place, set)));
  const peak = highestPeak(places, flatness);
  const grown = growth(flatness);
  const memoryRows = [
    [
      'both',
      'all',
      'peak memory of Holdfast',
      `${megabytes(peak)} MB`,
      '≤ 600 MB',
      met(peak, (value) => value <= memoryBarBytes),
    ],
    [
      placeTitles.ram,
      'random',
      'memory, four times the data',
      sizeRatioText(grown),
      `flat: ≤ ${flatnessBar}`,
      met(grown, (value) => value <= flatnessBar),
    ],
  ];
  const head = ['place', 'data', 'operation', 'measured', 'bar', ''];
  return `## Bars\n\n${markdownTable(head, [...rows, ...memoryRows])}`;
}

function setRows({ place }: PlaceResult, set: SetResult): string[][] {
  const start = [placeTitles[place], set.dataSet];
  const speeds = set.operations.map((result) => {
    const ratio = speedRatio(result);
    const bar = barOf(set.dataSet, result.operation);
    return [...start, result.operation, ratioText(ratio), `≥ ${bar}`, met(ratio, (value) => value >= bar)];
  });
  const size = sizeRatio(set);
  const sizeRow = [
    ...start,
    'repository size',
    sizeRatioText(size),
    `≤ ${sizeBar}`,
    met(size, (value) => value <= sizeBar),
  ];
  return [...speeds, sizeRow];
}

function met(value: number | null, isMet: (value: number) => boolean): string {
  return verdict(value === null ? null : isMet(value));
}
