/** The book of runs at its longest: how long questions and changes take, and opening and closing it. */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { fillRuns } from './fill-runs.ts';
import { startEngine } from './engine.ts';
import type { Home } from './home.ts';
import { caller, type Sizes } from './sizes.ts';
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';

export type Timed = { readonly what: string; readonly medianMs: number; readonly longestMs: number };

export type Book = {
  readonly rows: number;
  readonly bytes: number;
  readonly reads: readonly Timed[];
  readonly writes: readonly Timed[];
  /** Runs that were forgotten, and how long that took in all. */
  readonly trimmed: number;
  readonly trimMs: number;
  /** Of all transactions: the longest by the work of its thread, and by the clock. */
  readonly longestWorkMs: number;
  readonly longestTransactionMs: number;
  /** From the start of an engine to its first answer: after an end in order, and after one without warning. */
  readonly startMs: number;
  readonly startAfterKillMs: number;
};

const rounds = 21;
const pageSize = 200;
const askedAtOnce = 100;
const dayMs = 24 * 3_600_000;
const keptDays = 400;

export async function measureBook(home: Home, { days }: Sizes): Promise<Book> {
  const { sources, profile, repository, catalogFile, startMs } = home;
  const untilMs = startMs - 600_000;
  fillRuns({ catalogFile, sources, profile, repository, days, untilMs });
  const starts = await measureStarts(home);
  const catalog = new Catalog({ home: home.home });
  try {
    const reads = await measureReads(catalog, sources);
    const writes = await measureWrites(catalog, home);
    const before = countOf(catalogFile);
    const start = performance.now();
    // All of the oldest day and no more is too old then.
    await catalog.write('protectionRuns.trim', caller, { nowMs: untilMs + (keptDays - days + 1) * dayMs + 1 });
    const trimMs = performance.now() - start;
    const { longestMs, longestWorkMs } = await catalog.figures();
    return {
      rows: days * 24 * sources.length,
      bytes: (await stat(catalogFile)).size,
      reads,
      writes,
      trimmed: before - countOf(catalogFile),
      trimMs,
      longestWorkMs,
      longestTransactionMs: longestMs,
      ...starts,
    };
  } finally {
    await catalog.close();
  }
}

async function measureReads(catalog: Catalog, sources: readonly string[]): Promise<readonly Timed[]> {
  const [one = ''] = sources;
  const missed = sources.at(-2) ?? '';
  const failed = sources.at(-1) ?? '';
  const part = sources.slice(-askedAtOnce);
  const page = (source: string | null, before: string | null = null) =>
    catalog.read('protectionRuns.list', caller, { source, before, limit: pageSize });
  const [newest] = await page(null);
  const before = newest?.run ?? null;
  return [
    await timed('newest runs of all sources, a page', () => page(null)),
    await timed('the page after it', () => page(null, before)),
    await timed('newest runs of a source, a page', () => page(one)),
    await timed(`what decides about the next runs of ${part.length} sources`, () =>
      catalog.read('protectionRuns.history', caller, { sources: part }),
    ),
    await timed('the same of a source whose runs were all missed', () =>
      catalog.read('protectionRuns.history', caller, { sources: [missed] }),
    ),
    await timed(`newest good runs of ${part.length} sources`, () =>
      catalog.read('protectionRuns.newestGood', caller, { sources: part }),
    ),
    await timed('the same of a source that never ended well', () =>
      catalog.read('protectionRuns.newestGood', caller, { sources: [failed] }),
    ),
    await timed('what a day adds to a source', () => catalog.read('retention.figures', caller, { source: one })),
    await timed('the same of a source that never ended well', () =>
      catalog.read('retention.figures', caller, { source: failed }),
    ),
    await timed('runs that another engine has left', () =>
      catalog.read('protectionRuns.left', caller, { engine: 'none' }),
    ),
  ];
}

async function measureWrites(catalog: Catalog, { profile, startMs }: Home): Promise<readonly Timed[]> {
  // None of the registered ones: what is due of those stays as it is.
  const source = 'another';
  let run = '';
  let occurrenceMs = startMs;
  const ask = async (): Promise<void> => {
    run = randomBytes(8).toString('hex');
    occurrenceMs += 1000;
    const input = { run, engine: 'bench', source, profile, periods: ['hourly'], occurrenceMs, late: false };
    await catalog.write('protectionRuns.ask', caller, { ...input, askedAtMs: startMs });
  };
  const begin = () =>
    catalog.write('protectionRuns.begin', caller, { run, job: run, repository: null, startedAtMs: startMs });
  const end = () => catalog.write('protectionRuns.end', caller, { run, state: 'complete', endedAtMs: startMs });
  const times = { ask: [] as number[], begin: [] as number[], end: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.ask.push(await timeOf(ask));
    times.begin.push(await timeOf(begin));
    times.end.push(await timeOf(end));
  }
  return [
    spread('a run is asked for', times.ask),
    spread('it begins', times.begin),
    spread('it ends, and is an answer', times.end),
  ];
}

async function measureStarts(home: Home): Promise<Pick<Book, 'startMs' | 'startAfterKillMs'>> {
  const first = await startEngine(home);
  await first.kill();
  await using second = await startEngine(home);
  await second[Symbol.asyncDispose]();
  await using third = await startEngine(home);
  return { startAfterKillMs: second.startedMs, startMs: third.startedMs };
}

/** Asked of the file itself: no call counts them, for that takes a look at all. */
function countOf(catalogFile: string): number {
  const db = openFile(catalogFile, { readonly: true });
  try {
    return (db.prepare('SELECT count(*) AS count FROM protection_runs').get() as { count: number }).count;
  } finally {
    db.close();
  }
}

async function timed(what: string, body: () => Promise<unknown>): Promise<Timed> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timeOf(body));
  return spread(what, times);
}

async function timeOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

function spread(what: string, times: number[]): Timed {
  times.sort((a, b) => a - b);
  return { what, medianMs: times[times.length >> 1] ?? Number.NaN, longestMs: times.at(-1) ?? Number.NaN };
}
