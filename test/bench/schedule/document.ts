/** `docs/BENCHMARKS-SCHEDULE.md`, written whole. */
import { loadavg } from 'node:os';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { describeCommit, machineFacts } from '../machine.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { Timed } from './book.ts';
import type { Measured, Rest } from './measure.ts';
import { growth, type Day } from './usage.ts';

export type Bar = {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
};

/** What a mean of a quarter may differ by, as pages come and go. */
const flatPercent = 5;
const dayMs = 24 * 3_600_000;

export function barsOf({ rest, waiting, schedulerDay, engineDay, book }: Measured): Bar[] {
  const slowest = book.reads.reduce((worst, next) => (next.medianMs > worst.medianMs ? next : worst));
  return [
    cpu('engine at rest', rest),
    cpu('engine while all sources wait for a password', waiting),
    flat('scheduler through a day: heap', schedulerDay, 'heapBytes'),
    flat('scheduler through a day: resident', schedulerDay, 'rssBytes'),
    flat('engine through a day: heap', engineDay, 'heapBytes'),
    flat('engine through a day: resident', engineDay, 'rssBytes'),
    {
      name: `slowest read (${slowest.what})`,
      wanted: '< 50 ms',
      measured: ms(slowest.medianMs),
      holds: slowest.medianMs < 50,
    },
    {
      name: 'longest work for a transaction',
      wanted: '< 20 ms',
      measured: ms(book.longestWorkMs),
      holds: book.longestWorkMs < 20,
    },
  ];
}

export async function renderDocument(measured: Measured, loadBefore: number): Promise<string> {
  const { sizes, book, rest, waiting, schedulerDay, engineDay } = measured;
  const { cores, processor, memoryBytes, kernel } = machineFacts();
  const commit = await describeCommit(AbortSignal.timeout(10_000));
  return `# Cost of the schedule

Written by \`npm run bench:schedule\` on ${new Date().toISOString().slice(0, 10)}, commit ${commit}; not edited by hand.
${cores} cores of ${processor}, ${formatBytes(memoryBytes)} of memory, ${kernel}, Node.js ${process.version}. Home and
repository lie in memory (\`/dev/shm\`). The load of the machine was ${loadBefore.toFixed(1)} before the measurement and ${(loadavg()[0] ?? 0).toFixed(1)} in its
last minute; what else runs makes everything slower, and single calls most of all.

${formatCount(sizes.sources)} registered sources, all on a profile with an hourly period, and a book of ${formatCount(book.rows)} runs: one of each source
in each hour of ${formatCount(sizes.days)} days, which is as long as they are kept.

## The bars

CPU is that of all threads of the process, in percent of one core. Memory is flat where the mean of the last six hours of
a day is within ${flatPercent} % of that of its second six.

${markdownTable(
  ['what', 'wanted', 'measured', 'holds'],
  barsOf(measured).map(({ name, wanted, measured: found, holds }) => [name, wanted, found, holds ? 'yes' : '**no**']),
)}

## The engine at rest

The whole engine as it stays: the real catalog with the whole book, a repository that is open, nothing due. Then with
every source due and the password of the repository not entered, so that all of them are looked at again each minute.

${markdownTable(
  ['what', 'for', 'CPU time', 'of one core', 'heap', 'resident'],
  [restRow('at rest', rest), restRow('waiting', waiting)],
)}

## A day

By its own clock, which is moved on by 15 seconds at a time. The scheduler alone works with the real catalog and the real
book; in place of each run stands what it writes into the book, and nothing is read or stored. The whole engine is
paused, so that its rounds go on and nothing runs. Memory is measured after a collection, each quarter of an hour; of the
scheduler after a day in which the catalog fills the caches that it may have.

${markdownTable(
  [
    'what',
    'ticks',
    'runs',
    'CPU time',
    'of a core, of a day',
    'heap, hours 6–12',
    'heap, 18–24',
    'resident, 6–12',
    '18–24',
  ],
  [dayRow('scheduler alone', schedulerDay), dayRow('engine, paused', engineDay)],
)}

## The book of runs

${formatBytes(book.bytes)} in all, ${formatCount(Math.round(book.bytes / book.rows))} bytes a run. The median and the worst of 21 calls, by the clock, from another thread.

${markdownTable(
  ['read', 'median', 'worst'],
  book.reads.map((row) => timedRow(row)),
)}

${markdownTable(
  ['write', 'median', 'worst'],
  book.writes.map((row) => timedRow(row)),
)}

${markdownTable(
  ['what', 'measured'],
  [
    [`forgetting a day of it, ${formatCount(book.trimmed)} runs`, `${(book.trimMs / 1000).toFixed(1)} s`],
    ['longest work for a transaction', ms(book.longestWorkMs)],
    ['longest transaction, waits for a core included', ms(book.longestTransactionMs)],
    ['start of an engine, to its first answer', `${(book.startMs / 1000).toFixed(1)} s`],
    ['the same after a kill, with a look through the whole file', `${(book.startAfterKillMs / 1000).toFixed(1)} s`],
  ],
)}
`;
}

function cpu(name: string, of: Rest): Bar {
  return { name: `${name}: CPU`, wanted: '< 1 %', measured: `${percentOf(of).toFixed(2)} %`, holds: percentOf(of) < 1 };
}

function flat(name: string, day: Day, of: 'heapBytes' | 'rssBytes'): Bar {
  const { before, after } = growth(day, of);
  const percent = (after / before - 1) * 100;
  const sign = percent < 0 ? '−' : '+';
  return {
    name,
    wanted: `< +${flatPercent} %`,
    measured: `${sign}${Math.abs(percent).toFixed(1)} %`,
    holds: percent < flatPercent,
  };
}

function restRow(what: string, rest: Rest): string[] {
  const { seconds, cpuMs, usage } = rest;
  return [
    what,
    `${seconds.toFixed(0)} s`,
    `${cpuMs.toFixed(0)} ms`,
    `${percentOf(rest).toFixed(2)} %`,
    formatBytes(usage.heapBytes),
    formatBytes(usage.rssBytes),
  ];
}

function dayRow(what: string, day: Day): string[] {
  const heap = growth(day, 'heapBytes');
  const resident = growth(day, 'rssBytes');
  return [
    what,
    formatCount(day.ticks),
    formatCount(day.runs),
    `${(day.cpuMs / 1000).toFixed(1)} s`,
    `${((day.cpuMs / dayMs) * 100).toFixed(2)} %`,
    ...[heap.before, heap.after, resident.before, resident.after].map((bytes) => formatBytes(bytes)),
  ];
}

function timedRow({ what, medianMs, longestMs }: Timed): string[] {
  return [what, ms(medianMs), ms(longestMs)];
}

function percentOf({ cpuMs, seconds }: Rest): number {
  return cpuMs / seconds / 10;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
