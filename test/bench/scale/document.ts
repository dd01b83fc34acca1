/** `docs/BENCHMARKS-SCALE.md`, written whole. */
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { machineFacts } from '../machine.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median, megabytes, spread } from './bars.ts';
import { barsTable, limitsSection } from './limits.ts';
import type { Measured } from './measure.ts';
import { blobBytes } from './sizes.ts';

export function renderDocument(measured: Measured): string {
  const { sizes, takenIn, catalogBytes, startsMs, startsCpuMs, screens, searches, atRest, runs, keptBytes, year } =
    measured;
  const { conditions } = measured;
  const { cores, processor, memoryBytes, kernel } = machineFacts();
  return `# A large office

Written by \`npm run bench:scale\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.
${cores} cores of ${processor}, ${formatBytes(memoryBytes)} of memory, ${kernel}, Node.js ${process.version}. Repositories lie in
memory (\`/dev/shm\`), the home on a disk. What else the machine does makes everything slower: [how it was
measured](#how-it-was-measured).

One console knows ${formatCount(sizes.sources)} sources with ${formatCount(sizes.sources * sizes.snapshotsEach)} snapshots, a snapshot of ${formatCount(sizes.files)} files, and a repository of
${formatCount(sizes.blobs)} blobs: ${((sizes.blobs * blobBytes) / 1e12).toFixed(0)} TB of ${(blobBytes / 1e6).toFixed(1)} MB each.

## The bars

Of times: the median, and in brackets the shortest and the longest; the bar is for the median.

${barsTable(measured)}

${limitsSection(measured)}

## Screens

From a click to the first frame with all of the screen, each opened ${formatCount(sizes.screenRounds)} times. The code of a screen has been loaded
before. Beside it the median of what the processes of the engine and of the page worked meanwhile, all their threads
together, and what the measurement itself asks of them included. The first time its code is loaded as well, and nothing
of what it shows is known to the page.

${markdownTable(
  ['screen', 'until it stands', 'engine', 'page', 'the first time'],
  screens.map(({ screen, firstMs, ms, engineCpuMs, pageCpuMs }) => [
    screen,
    spread(ms),
    `${median(engineCpuMs).toFixed(0)} ms`,
    `${median(pageCpuMs).toFixed(0)} ms`,
    `${firstMs.toFixed(0)} ms`,
  ]),
)}

## The catalog

${markdownTable(
  ['what', 'measured'],
  [
    ['start, to the first answer', spread(startsMs)],
    ['processor time until then', spread(startsCpuMs)],
    [`taking in ${formatCount(sizes.files)} files`, `${takenIn.seconds.toFixed(0)} s`],
    ['memory meanwhile, at most', megabytes(takenIn.memory.peakBytes)],
    ['the home on disk', formatBytes(catalogBytes)],
    ['memory after all screens and searches', megabytes(atRest.residentBytes)],
    ...searches.map(({ pattern, ms }) => [`search for \`${pattern}\`, the first 100`, spread(ms)]),
  ],
)}

## The index

A snapshot of a folder with a small file goes into the repository with all the blobs. An index of more than ten million
lies in files of the home. The first run reads all index files and keeps what they say (\`cache/indexes\`, ${formatBytes(keptBytes)});
those after it compare that with its hashes and read only index files that have come since.

${markdownTable(
  ['run', 'took', 'processor time', 'memory of the engine, at most so far'],
  runs.map(({ seconds, cpuSeconds, memory }, at) => [
    ['first', 'again', 'again, after a start'][at] ?? 'again',
    `${seconds.toFixed(1)} s`,
    `${cpuSeconds.toFixed(1)} s`,
    megabytes(memory.peakBytes),
  ]),
)}

## A year

The scheduler alone, by its own clock, with ${formatCount(sizes.sources)} hourly sources in four zones, through ${formatCount(year.days)} days; in place of a
run stands that it ended well. What its book of runs costs after 400 days: [the schedule](BENCHMARKS-SCHEDULE.md).

${markdownTable(
  ['what', 'measured'],
  [
    ['runs', formatCount(year.runs)],
    ['early, twice, or lost', formatCount(year.wrong)],
    ['latest, behind its time', `${(year.latestMs / 1000).toFixed(1)} s`],
    [
      'CPU time',
      `${year.cpuSeconds.toFixed(0)} s, ${((year.cpuSeconds / (year.days * 86_400)) * 100).toFixed(3)} % of a core of that time`,
    ],
    ['heap after a week', formatBytes(year.heapBytes[0])],
    ['heap at the end', formatBytes(year.heapBytes[1])],
  ],
)}

## How it was measured

Stage by stage; each is noted when it ends, and a measurement that was cut off goes on behind the last one.

${markdownTable(
  ['stage', 'ended', 'commit', 'load of the machine, before and after'],
  conditions.map(({ stage, endedAt, commit, load: [before, after] }) => [
    stage,
    `${endedAt.slice(0, 16).replace('T', ' ')} UTC`,
    commit,
    `${before.toFixed(1)}, ${after.toFixed(1)}`,
  ]),
)}
`;
}
