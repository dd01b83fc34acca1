/** All that was measured, place by place. */
import type { FlatnessResult, PlaceResult, SetResult } from '../results.ts';
import { markdownTable } from './markdown-table.ts';
import { sizeRatio, speedRatio, spreadOf } from './summary.ts';
import { cpuText, megabytes, peakText, placeTitles, ratioText, sizeRatioText, wallText } from './words.ts';

export function placeSection(result: PlaceResult): string {
  const { place, fileSystem, rounds, sets } = result;
  const title = `## ${placeTitles[place]} (${fileSystem}, rounds: ${rounds})`;
  return [title, ...sets.map((set) => setSection(set))].join('\n\n');
}

export function memorySection(flatness: readonly FlatnessResult[]): string {
  if (flatness.length === 0) return '';
  const rows = flatness.map(({ bytes, series }) => {
    const spread = series.failures.length > 0 ? null : spreadOf(series.samples.map((sample) => sample.peakBytes));
    const range =
      spread === null ? 'failed' : `${megabytes(spread.median)} (${megabytes(spread.least)}–${megabytes(spread.most)})`;
    return [`${(bytes / 1024 ** 3).toFixed(2)} GiB`, range];
  });
  const words = 'First snapshots of random data, in memory, by Holdfast alone: median, least and most of the rounds.';
  return `## Memory as data grows\n\n${words}\n\n${markdownTable(['data', 'peak memory of Holdfast, MB'], rows)}`;
}

function setSection(set: SetResult): string {
  const rows = set.operations.map((result) => [
    result.operation,
    wallText(result.restic),
    wallText(result.holdfast),
    ratioText(speedRatio(result)),
    cpuText(result.restic),
    cpuText(result.holdfast),
    peakText(result.restic),
    peakText(result.holdfast),
  ]);
  const head = [
    '',
    'restic, s',
    'Holdfast, s',
    'ratio',
    'restic, CPU s',
    'Holdfast, CPU s',
    'restic, peak MB',
    'Holdfast, peak MB',
  ];
  const files = set.files === 1 ? '1 file' : `${set.files.toLocaleString('en')} files`;
  return `### ${set.dataSet}: ${files}, ${megabytes(set.bytes)} MB\n\n${markdownTable(head, rows)}\n\n${sizeLine(set)}`;
}

function sizeLine(set: SetResult): string {
  const [theirs, ours] = [set.repositoryBytes.restic, set.repositoryBytes.holdfast].map(spreadOf);
  const ratio = sizeRatioText(sizeRatio(set));
  return `Repository after the first snapshot: restic ${megabytes(theirs?.median)} MB, Holdfast ${megabytes(ours?.median)} MB, ratio ${ratio}.`;
}
