/** `docs/BENCHMARKS-CONSOLE.md`, written whole. */
import { loadavg } from 'node:os';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { describeCommit, machineFacts } from '../machine.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Measured } from './measure.ts';
import type { Frames } from './probe.ts';

export type Bar = {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
};

const kib = 1024;

export function barsOf({ overview, folder, search, runs, bundle }: Measured): Bar[] {
  const slowest = search.reduce((worst, next) => (median(next.ms) > median(worst.ms) ? next : worst));
  const most = (of: (run: Measured['runs'][number]) => number): number => Math.max(...runs.map(of));
  const ownTask = most(({ longestOwnTaskMs }) => longestOwnTaskMs);
  const stream = most((run) => run.stream.bytesPerSecond);
  const times = (name: string, values: readonly number[], barMs: number): Bar => ({
    name,
    wanted: `< ${barMs} ms`,
    measured: spread(values),
    holds: median(values) < barMs,
  });
  return [
    times('Overview: first paint', overview.firstPaint, 1000),
    times('Overview: verdict on screen', overview.verdict, 1000),
    times('folder opened for the first time', folder.first, 150),
    times('folder opened again', folder.again, 150),
    times(`slowest search (\`${slowest.pattern}\`)`, slowest.ms, 100),
    {
      name: 'engine during a run: longest own work at once',
      wanted: '< 50 ms',
      measured: ms(most(({ engine }) => engine.longestOwnWorkMs)),
      holds: most(({ engine }) => engine.longestOwnWorkMs) < 50,
    },
    {
      name: 'page during a run: longest own work at once',
      wanted: '< 50 ms',
      measured: ms(ownTask),
      holds: ownTask < 50,
    },
    {
      name: 'event stream of a page during a run',
      wanted: '< 50 KB/s',
      measured: `${(stream / 1000).toFixed(1)} KB/s`,
      holds: stream < 50_000,
    },
    {
      name: 'scripts and styles, gzipped',
      wanted: '< 600 KiB',
      measured: `${(bundle.all / kib).toFixed(0)} KiB`,
      holds: bundle.all < 600 * kib,
    },
  ];
}

export async function renderDocument(measured: Measured, loadBefore: number): Promise<string> {
  const { sizes, overview, folder, search, searching, runs, bundle } = measured;
  const { cores, processor, memoryBytes, kernel } = machineFacts();
  const commit = await describeCommit(AbortSignal.timeout(10_000));
  const snapshots = sizes.sources * sizes.snapshotsEach;
  return `# Speed of the console

Written by \`npm run bench:console\` on ${new Date().toISOString().slice(0, 10)}, commit ${commit}; not edited by hand.
${cores} cores of ${processor}, ${formatBytes(memoryBytes)} of memory, ${kernel}, Node.js ${process.version}. Engine and browser (Chromium,
1440×900, without a graphics card) share the machine, and whatever else runs on it makes everything slower: its load was
${loadBefore.toFixed(1)} before the measurement and ${(loadavg()[0] ?? 0).toFixed(1)} in its last minute. Repositories and catalog lie in memory (\`/dev/shm\`).

One engine knows all of it at once: ${formatCount(sizes.sources)} sources with ${formatCount(snapshots)} snapshots, a snapshot of ${formatCount(sizes.paths)} files, and
${formatCount(sizes.wideFolders)} folders of ${formatCount(sizes.entriesEach)} entries each.

## The bars

Of times: the median, and in brackets the shortest and the longest; the bar is for the median. Of work: the longest of
all rounds.

${markdownTable(
  ['what', 'wanted', 'measured', 'holds'],
  barsOf(measured).map(({ name, wanted, measured: found, holds }) => [name, wanted, found, holds ? 'yes' : '**no**']),
)}

## Overview

${formatCount(sizes.overviewRounds)} times, each with nothing kept by the browser; from the start of the navigation.

${markdownTable(
  ['what', 'after'],
  [
    ['first paint', spread(overview.firstPaint)],
    ['verdict on screen', spread(overview.verdict)],
    ['worst sources on screen', spread(overview.rows)],
    ['their days on screen', spread(overview.days)],
    ['largest paint', spread(overview.largestPaint)],
    ['longest task of the page, by the clock', spread(overview.longestTask)],
  ],
)}

## A folder of ${formatCount(sizes.entriesEach)} entries

From the double click to the first frame with rows; a folder that nobody has opened before, and after a reload of the
page. Then its list is moved by 120 pixels in each frame, as a wheel does, and by 700 rows in each, as a dragged bar
does. The screen shows a frame each 16.7 ms.

${markdownTable(
  ['what', 'measured'],
  [
    ['opened for the first time', spread(folder.first)],
    ['opened again', spread(folder.again)],
    ['longest task of the page meanwhile, by the clock (0: none over 50 ms)', ms(folder.longestTask)],
  ],
)}

${markdownTable(
  ['time between frames', 'median', '95 of 100', 'longest'],
  [frames('wheel', folder.wheel), frames('dragged bar', folder.drag)],
)}

## Search

From Enter to the first frame with results, of all repositories.

${markdownTable(
  ['pattern', 'rows', 'until they are on screen'],
  search.map(({ pattern, rows, ms: times }) => [`\`${pattern}\``, formatCount(rows), spread(times)]),
)}

The engine's main thread meanwhile: at most ${ms(searching.longestOwnWorkMs)} of own work at once, ${ms(searching.longestDelayMs)} by the clock.

## A run, with Overview open

A snapshot of ${formatBytes(sizes.runBytes)} that nothing is known of. _Own work_ is the time a thread had a core for between two of its
timers (engine) or in one task (page); the clock counts waits for a core as well, of which there are many while a run
takes both.

${markdownTable(
  [
    'round',
    'took',
    'engine, own work',
    'engine, by the clock',
    'page, own work',
    'page, by the clock',
    'stream',
    'its fullest second',
  ],
  runs.map((run, round) => [
    String(round + 1),
    `${run.seconds.toFixed(1)} s`,
    ms(run.engine.longestOwnWorkMs),
    ms(run.engine.longestDelayMs),
    ms(run.longestOwnTaskMs),
    run.longestTaskMs === 0 ? 'under 50 ms' : ms(run.longestTaskMs),
    `${(run.stream.bytesPerSecond / 1000).toFixed(1)} KB/s`,
    `${(run.stream.mostInOneSecond / 1000).toFixed(1)} KB`,
  ]),
)}

## What travels

Scripts and style sheets, each gzipped: ${(bundle.all / kib).toFixed(0)} KiB in ${bundle.files} files, of which the first screen asks for ${(bundle.firstScreen / kib).toFixed(0)} KiB.
`;
}

function frames(name: string, { medianMs, p95Ms, longestMs }: Frames): string[] {
  return [name, ms(medianMs), ms(p95Ms), ms(longestMs)];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
