/** The measurement itself, on the engine as commands use it: one process, all its threads. */
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';
import { bringUpToDate, type UpdateRequest } from '../../../electron/engine/indexing/bring-up-to-date.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { diffSnapshots } from '../../../electron/engine/repository/diff-snapshots.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../../electron/engine/repository/snapshots.ts';
import { watchOwnWork } from '../measure/own-work.ts';

export type Measured = {
  readonly files: number;
  readonly rebuild: {
    readonly seconds: number;
    /** Until the snapshot was listed: it can be browsed and restored from then on. */
    readonly listedSeconds: number;
    readonly entries: number;
    readonly catalogBytes: number;
  };
  readonly search: readonly {
    readonly pattern: string;
    readonly found: number;
    readonly medianMs: number;
    readonly worstMs: number;
  }[];
  readonly increment: { readonly seconds: number; readonly rows: number };
  readonly forget: { readonly seconds: number };
  readonly diff: { readonly seconds: number; readonly entries: number };
  readonly longestTransactionMs: number;
  /** What the thread itself worked for it. */
  readonly longestTransactionWorkMs: number;
  readonly transactions: number;
  readonly longestEventLoopDelayMs: number;
  /** See own-work.ts. */
  readonly longestOwnWorkMs: number;
  readonly peakBytes: number;
};

const password = 'correct horse battery staple';
const caller = { tenant: 'default', actor: 'bench' };
const searchRounds = 21;
const pageSize = 100;

/** What an operator may type, from the telling to the hopeless. */
const patterns = [
  'invoice-0012',
  '0999999',
  'invoice',
  'nowhere-to-be-found',
  '*.pdf',
  'inv*0012*.ts',
  'photo/inv',
  '/data/000-invoice/**/*77.ts',
  'project/*',
  'nothing/*',
  'in',
  'zz',
  '7',
  'q',
  '?',
  '??',
];

export async function measure(location: string, home: string, files: number): Promise<Measured> {
  const repository = await openRepository(new LocalBackend(location), password);
  const newest = await hideNewest(location, repository);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let ownWork = watchOwnWork();
  let longestOwnWorkMs = 0;
  const catalog = new Catalog({ home });
  try {
    const rebuild = await rebuildAll(catalog, repository, home);
    const search = await searchAll(catalog, repository);
    await newest.bringBack();
    // What the measurement itself counts is not the engine's.
    delay.disable();
    longestOwnWorkMs = ownWork.longestMs();
    const increment = await addOne(catalog, repository, home);
    delay.enable();
    ownWork = watchOwnWork();
    const diff = await compareBoth(repository);
    await newest.hide();
    const forgetStart = performance.now();
    await update(catalog, repository);
    const forget = { seconds: since(forgetStart) };
    const { transactions, longestMs, longestWorkMs } = await catalog.figures();
    return {
      files,
      rebuild,
      search,
      increment,
      forget,
      diff,
      transactions,
      longestTransactionMs: longestMs,
      longestTransactionWorkMs: longestWorkMs,
      longestEventLoopDelayMs: delay.max / 1e6,
      longestOwnWorkMs: Math.max(longestOwnWorkMs, ownWork.longestMs()),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await catalog.close();
    await newest.bringBack();
  }
}

async function rebuildAll(catalog: Catalog, repository: Repository, home: string): Promise<Measured['rebuild']> {
  const start = performance.now();
  let listedSeconds = 0;
  const { entries } = await update(catalog, repository, {
    onBegin: () => {
      listedSeconds = since(start);
    },
  });
  const seconds = since(start);
  return { seconds, listedSeconds, entries, catalogBytes: await bytesOf(home) };
}

async function addOne(catalog: Catalog, repository: Repository, home: string): Promise<Measured['increment']> {
  const before = countRows(home);
  const start = performance.now();
  await update(catalog, repository);
  return { seconds: since(start), rows: countRows(home) - before };
}

async function searchAll(catalog: Catalog, { config }: Repository): Promise<Measured['search']> {
  const results: Measured['search'][number][] = [];
  for (const pattern of patterns) {
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < searchRounds; round++) {
      const start = performance.now();
      found = await firstPage(catalog, config.id, pattern);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    results.push({ pattern, found, medianMs: times[searchRounds >> 1] ?? 0, worstMs: times.at(-1) ?? 0 });
  }
  return results;
}

async function firstPage(catalog: Catalog, repository: string, pattern: string): Promise<number> {
  let found = 0;
  for (let after: number | null = 0; after !== null && found < pageSize;) {
    const limit = pageSize - found;
    const page: { found: unknown[]; cursor: number | null } = await catalog.read('search.find', caller, {
      repository,
      pattern,
      limit,
      after,
    });
    found += page.found.length;
    after = page.cursor;
  }
  return found;
}

async function compareBoth(repository: Repository): Promise<Measured['diff']> {
  const { snapshots } = await listSnapshots(repository);
  const [before = '', after = ''] = snapshots.map(({ file }) => file.tree);
  const start = performance.now();
  let entries = 0;
  for await (const event of diffSnapshots(repository, { before, after, metadata: true, signal: undefined }))
    if (event.type === 'entries') entries += event.entries.length;
  return { seconds: since(start), entries };
}

async function update(catalog: Catalog, repository: Repository, more: Partial<UpdateRequest> = {}) {
  return bringUpToDate({
    catalog,
    repository,
    caller,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: ({ path, message }) => {
      throw new Error(`${path}: ${message}`);
    },
    onNotice: () => undefined,
    ...more,
  });
}

/** The newest snapshot, which the repository is to have only later. */
async function hideNewest(location: string, repository: Repository) {
  const { snapshots } = await listSnapshots(repository);
  const name = snapshots.at(-1)?.id ?? '';
  const [shown, hidden] = [join(location, 'snapshots', name), join(location, `hidden-${name}`)];
  let isHidden = false;
  const hide = async (): Promise<void> => {
    if (!isHidden) await rename(shown, hidden);
    isHidden = true;
  };
  const bringBack = async (): Promise<void> => {
    if (isHidden) await rename(hidden, shown);
    isHidden = false;
  };
  await hide();
  return { hide, bringBack };
}

function countRows(home: string): number {
  const db = openFile(join(home, 'catalog.db'), { readonly: true });
  try {
    const query = 'SELECT (SELECT count(*) FROM versions) + (SELECT count(*) FROM paths) AS count';
    return (db.prepare(query).get() as { count: number }).count;
  } finally {
    db.close();
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}

function since(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
