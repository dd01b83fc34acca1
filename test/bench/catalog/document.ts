/** `docs/BENCHMARKS-CATALOG.md`, written whole. */
import { loadavg } from 'node:os';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { describeCommit, machineFacts } from '../machine.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Measured } from './measure.ts';

export type Bar = {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
};

export function barsOf({ rebuild, search, increment, longestOwnWorkMs }: Measured): Bar[] {
  const slowest = search.reduce((worst, next) => (next.medianMs > worst.medianMs ? next : worst));
  return [
    bar('rebuild of all files', '< 40 s', seconds(rebuild.seconds), rebuild.seconds < 40),
    bar('first snapshot usable', '< 3 s', seconds(rebuild.listedSeconds), rebuild.listedSeconds < 3),
    bar(`slowest search (\`${slowest.pattern}\`)`, '< 50 ms', milliseconds(slowest.medianMs), slowest.medianMs < 50),
    bar('rows for 10 changed files', '< 1,000', formatCount(increment.rows), increment.rows < 1000),
    bar('time for 10 changed files', '< 2 s', seconds(increment.seconds), increment.seconds < 2),
    bar('longest work of the main thread at once', '< 50 ms', milliseconds(longestOwnWorkMs), longestOwnWorkMs < 50),
  ];
}

export async function renderDocument(measured: Measured): Promise<string> {
  const { files, rebuild, search, increment, forget, diff, longestTransactionMs, transactions, peakBytes } = measured;
  const { cores, processor, memoryBytes, kernel } = machineFacts();
  const commit = await describeCommit(AbortSignal.timeout(10_000));
  const bars = barsOf(measured);
  return `# Speed of the catalog

Written by \`npm run bench:catalog\` on ${new Date().toISOString().slice(0, 10)}, commit ${commit}; not edited by hand.
${cores} cores of ${processor}, ${formatBytes(memoryBytes)} of memory, ${kernel}, Node.js ${process.version}. Repository
and catalog lie in memory (\`/dev/shm\`). The repository holds ${formatCount(files)} files in folders of 25, in two
snapshots that differ in ten files. Load of the machine over the last minute: ${(loadavg()[0] ?? 0).toFixed(1)}; what else
runs makes everything slower, and delays of single calls and transactions most of all.

## The bars

${markdownTable(
  ['what', 'wanted', 'measured', 'holds'],
  bars.map(({ name, wanted, measured: found, holds }) => [name, wanted, found, holds ? 'yes' : '**no**']),
)}

A snapshot is usable, for browsing and restoring, once it is listed. It can be searched when all of it has been taken in:
here after ${seconds(rebuild.seconds)}, as it holds all the files.

## Searches

The first 100 results over all snapshots, without the start of a process: the median and the worst of 21 calls.

${markdownTable(
  ['pattern', 'results', 'median', 'worst'],
  search.map(({ pattern, found, medianMs, worstMs }) => [
    `\`${pattern}\``,
    formatCount(found),
    milliseconds(medianMs),
    milliseconds(worstMs),
  ]),
)}

## Everything else

${markdownTable(
  ['what', 'measured'],
  [
    [
      'entries taken in by the rebuild',
      `${formatCount(rebuild.entries)}, ${formatCount(Math.round(rebuild.entries / rebuild.seconds))} a second`,
    ],
    [
      'size of the catalog',
      `${formatBytes(rebuild.catalogBytes)}, ${formatCount(Math.round(rebuild.catalogBytes / rebuild.entries))} bytes an entry`,
    ],
    [
      'taking in a snapshot with 10 changed files',
      `${seconds(increment.seconds)}, ${formatCount(increment.rows)} rows`,
    ],
    ['forgetting it again', seconds(forget.seconds)],
    ['comparing the two snapshots', `${seconds(diff.seconds)}, ${formatCount(diff.entries)} entries differ`],
    ['longest work for a transaction', milliseconds(measured.longestTransactionWorkMs)],
    [
      'longest transaction, waits for a core included',
      `${milliseconds(longestTransactionMs)} of ${formatCount(transactions)} transactions`,
    ],
    ['longest delay of the event loop, waits for a core included', milliseconds(measured.longestEventLoopDelayMs)],
    ['most memory of the process', formatBytes(peakBytes)],
  ],
)}
`;
}

function bar(name: string, wanted: string, measured: string, holds: boolean): Bar {
  return { name, wanted, measured, holds };
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
