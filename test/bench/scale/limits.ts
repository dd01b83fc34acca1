/** What a large office breaks first, by what was measured; and the same in short for the page of all benchmarks. */
import { formatCount } from '../../../shared/model/units.ts';
import { filterBits } from '../../../electron/engine/repository/index-filter.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { barsOf, gigabyte, median, megabytes, mostMemory } from './bars.ts';
import type { Measured } from './measure.ts';
import { blobBytes, blobsPerPack } from './sizes.ts';

/** Heading of the section in docs/BENCHMARKS.md. */
export const officeHeading = '## A large office';

/** Of an index on disk, in memory: the id of its pack, shared with others of the pack, and its bits of the filter. */
const bytesOfBlob = 32 / blobsPerPack + filterBits / 8;
/** A run has one open, and so has the taking in of the snapshot before it. */
const openAtOnce = 2;

export function limitsSection(measured: Measured): string {
  const { sizes, takenIn, catalogBytes, runs, keptBytes, screens, year } = measured;
  const [first] = runs;
  const busiest = screens.reduce((most, next) => (median(next.pageCpuMs) > median(most.pageCpuMs) ? next : most));
  const slowestFirst = screens.reduce((worst, next) => (next.firstMs > worst.firstMs ? next : worst));
  const perFile = catalogBytes / sizes.files;
  return `## What breaks first, and why

Computed from what was measured, most pressing first.

1. **Memory, by the number of blobs.** An index on disk still has ${bytesOfBlob.toFixed(1)} bytes a blob in memory, the ids of packs
   with ${blobsPerPack} blobs each and a filter: ${megabytes(bytesOfBlob * sizes.blobs)} here for each time it is open, and a run and the taking in of a snapshot
   may have it open at once. ${megabytes(mostMemory(measured))} was the most; 1 GB is reached with about
   ${formatCount(Math.round(breakingBlobs(measured) / 1e6))} million blobs, ${terabytes(breakingBlobs(measured))} of ${(blobBytes / 1e6).toFixed(1)} MB each. Small files are blobs of their own: it is
   their number that counts. Beyond it the bar is missed and more memory taken; that was not measured.
2. **The first look into such an index.** All of it is read once: ${((first?.cpuSeconds ?? 0) / 60).toFixed(1)} min of processor time and ${((first?.seconds ?? 0) / 60).toFixed(1)} min by the clock,
   ${(((first?.cpuSeconds ?? 0) * 1e6) / sizes.blobs).toFixed(1)} µs a blob, and again after each prune; whoever else wants it waits and finds it kept. What is kept
   takes ${(keptBytes / sizes.blobs).toFixed(0)} bytes a blob of the home. Without twice that free it is not kept, and each run reads all of it.
3. **Search in what is new.** Files are taken into the catalog one after the other, ${((takenIn.seconds * 1e6) / sizes.files).toFixed(0)} µs each: a first
   snapshot of 100 million can be searched after ${((takenIn.seconds / sizes.files) * (1e8 / 3600)).toFixed(1)} h, and takes ${((perFile * 1e8) / 1e9).toFixed(0)} GB of the home, ${perFile.toFixed(0)} bytes a file.
   Browsing and restoring do not wait for it.
4. **Screens, by the rows they make.** The one that works most (${busiest.screen}) takes ${median(busiest.pageCpuMs).toFixed(0)} ms of the page's processor time, which
   grows with the sources. Opened the first time, screens are slower, as their code and all they show come then:
   ${slowestFirst.screen} took ${(slowestFirst.firstMs / 1000).toFixed(1)} s.
5. **The schedule does not break.** ${year.cpuSeconds.toFixed(0)} s of processor time a year. Its heap grows to a bound: a year of occurrences is kept
   for each rule.`;
}

/** For docs/BENCHMARKS.md; begins with its heading. */
export function officeSection(measured: Measured): string {
  const { sizes, runs } = measured;
  return `${officeHeading}

One console with ${formatCount(sizes.sources)} sources and ${formatCount(sizes.sources * sizes.snapshotsEach)} snapshots, a snapshot of ${formatCount(sizes.files)} files, a repository of ${formatCount(sizes.blobs)}
blobs (${terabytes(sizes.blobs)}), and a simulated year of hourly runs: [all of it](BENCHMARKS-SCALE.md), measured by \`npm run bench:scale\`.

${barsTable(measured)}

What breaks first is memory, by the number of blobs: 1 GB is reached with about ${formatCount(Math.round(breakingBlobs(measured) / 1e6))} million of them, ${terabytes(breakingBlobs(measured))}
of ${(blobBytes / 1e6).toFixed(1)} MB each, as an index on disk still has ${bytesOfBlob.toFixed(1)} bytes a blob in memory. Next is the first look into such an
index, ${((runs[0]?.seconds ?? 0) / 60).toFixed(1)} min, which later runs do not pay (${(runs.at(-1)?.seconds ?? 0).toFixed(0)} s).`;
}

export function barsTable(measured: Measured): string {
  return markdownTable(
    ['what', 'wanted', 'measured', 'holds'],
    barsOf(measured).map(({ name, wanted, measured: found, holds }) => [name, wanted, found, holds ? 'yes' : '**no**']),
  );
}

function breakingBlobs(measured: Measured): number {
  return measured.sizes.blobs + (gigabyte - mostMemory(measured)) / (bytesOfBlob * openAtOnce);
}

function terabytes(blobs: number): string {
  return `${((blobs * blobBytes) / 1e12).toFixed(0)} TB`;
}
