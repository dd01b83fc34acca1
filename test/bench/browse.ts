/**
 * What looking at snapshots costs: `npm run bench:browse`. A folder of 100,000 entries, opened for the first time and
 * again; days and timelines over 1,000 sources with 100,000 snapshots; and how long the main thread was busy meanwhile.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { browseContract } from '../../shared/contract/browse.ts';
import { Browsers } from '../../electron/engine/browsing/browsers.ts';
import type { PageRequest } from '../../electron/engine/browsing/tree-browser.ts';
import { Catalog } from '../../electron/engine/catalog/catalog.ts';
import type { FoundSnapshot } from '../../electron/engine/catalog/snapshots.ts';
import { serveEngine } from '../../electron/engine/engine.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { lastDays } from '../../shared/model/days.ts';
import { folderNode, type Fields } from '../support/restic-nodes.ts';
import { createRepository } from '../support/restic-repository.ts';
import { addWideFolder } from '../support/wide-folder.ts';

const entries = 100_000;
const sourceCount = 1000;
const snapshotsEach = 100;
const rounds = 10;
const password = 'correct horse battery staple';

type Figure = { readonly what: string; readonly ms: readonly number[]; readonly mainMs: number };

const figures: Figure[] = [];
const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
try {
  await measureFolders();
  await measureContract();
  await measureCatalog();
  print();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureFolders(): Promise<void> {
  const { repository, tree, newest } = await makeFolder();
  const page = (more: Partial<PageRequest['view']> & Partial<PageRequest> = {}): PageRequest => {
    const { sort = 'name', descending = false, filter = '', foldersOnly = false, ...rest } = more;
    return {
      view: { sort, descending, filter, foldersOnly },
      tree,
      path: '/data',
      from: 0,
      limit: 200,
      against: null,
      ...rest,
    };
  };
  const once = async (what: string, request: PageRequest, warm: readonly PageRequest[] = []): Promise<void> => {
    const runs: (() => Promise<unknown>)[] = [];
    const all: Browsers[] = [];
    for (let round = 0; round < rounds; round++) {
      const browsers = new Browsers();
      all.push(browsers);
      for (const other of warm) await browsers.page(repository, other);
      runs.push(() => browsers.page(repository, request));
    }
    await measure(what, runs);
    await Promise.all(all.map((browsers) => browsers.close()));
  };
  await once('folder, first look into the repository', page());
  await once('folder, first look into it', page(), [page({ path: '/' })]);
  await once('folder, next page', page({ from: 50_000 }), [page()]);
  await once('folder, by size for the first time', page({ sort: 'size' }), [page()]);
  await once('folder, by time for the first time', page({ sort: 'modified' }), [page()]);
  await once('folder, by type for the first time', page({ sort: 'type' }), [page()]);
  await once('folder, filtered', page({ filter: '0777' }), [page()]);
  await once('folder, compared for the first time', page({ against: newest }), [page()]);
  await once('folder, compared, next page', page({ against: newest, from: 50_000 }), [page({ against: newest })]);
}

/** All that a door adds: finding the snapshot, checking what goes in and comes out. */
async function measureContract(): Promise<void> {
  const caller = { tenant: 'default', actor: 'bench' };
  const home = join(folder, 'home');
  const engine = await serveEngine({ home, caller, version: 'bench', onNotice: (text) => console.error(text) });
  const { client } = engine;
  const { repository } = await client.repositories.connect({ location: join(folder, 'repository'), password });
  const [snapshot = ''] = await readdir(join(folder, 'repository', 'snapshots'));
  const query = { repository: { id: repository.id }, snapshot, path: '/data' };
  await client.browse.folder(query);
  const runs = (limit: number) =>
    Array.from({ length: rounds }, (_, round) => () => client.browse.folder({ ...query, limit, from: round * 1000 }));
  await measure('page of 200 entries, through the contract', runs(200));
  await measure('page of 1,000 entries, through the contract', runs(1000));
  await engine.close();
}

async function makeFolder(): Promise<{ repository: Repository; tree: string; newest: string }> {
  const made = createRepository(join(folder, 'repository'), { scrypt: { N: 1024, r: 8, p: 1 } });
  const tree = (version: number): string => {
    const root: Fields[] = [folderNode('data', addWideFolder(made, { entries, version }))];
    return made.addBlob('tree', `${JSON.stringify({ nodes: root })}\n`);
  };
  const trees = { tree: tree(0), newest: tree(1) };
  made.writeSnapshot(trees.tree);
  const repository = await openRepository(new LocalBackend(made.location), password);
  return { repository, ...trees };
}

async function measureCatalog(): Promise<void> {
  const catalog = new Catalog({ home: folder });
  const caller = { tenant: 'default', actor: 'bench' };
  const repository = 'ab'.repeat(32);
  await catalog.write('repositories.see', caller, { repository, location: '/backups' });
  const now = Date.now();
  for (let source = 0; source < sourceCount; source++) {
    const found: FoundSnapshot[] = Array.from({ length: snapshotsEach }, (_, at) => ({
      snapshot: createHash('sha256').update(`${source} ${at}`).digest('hex'),
      source: `source-${source}`,
      hostname: 'here',
      takenAtMs: now - at * 5 * 3_600_000 - source * 1000,
      tree: 'f'.repeat(64),
      status: at % 17 === 0 ? 'partial' : 'complete',
      actor: 'bench',
      files: 1000,
      bytes: 1_000_000,
      suspicion: null,
      consistency: null,
      consistencyProblem: null,
      labels: null,
    }));
    await catalog.write('snapshots.add', caller, { repository, found, others: [] });
  }
  const keys = Array.from({ length: 200 }, (_, source) => `source-${source * 5}`);
  const { bounds = [] } = lastDays(now, 21, 'Europe/Berlin') ?? {};
  const read = async (what: string, ask: () => Promise<unknown>): Promise<void> => {
    await ask();
    await measure(
      what,
      Array.from({ length: rounds }, () => ask),
    );
  };
  const checked = async (schema: unknown, value: unknown): Promise<unknown> =>
    schema instanceof z.ZodType ? schema.parseAsync(value) : value;
  const timelineSchema: unknown = browseContract.timeline['~orpc'].outputSchema;
  await read('days of 200 sources, 21 days', () =>
    catalog.read('browse.days', caller, { keys, bounds, ownHostname: 'here' }),
  );
  const timeline = async (source?: string): Promise<unknown> => {
    const input = { repository, limit: 10_000, ...(source !== undefined && { source }) };
    const { takenAtMs, ...rest } = await catalog.read('browse.timeline', caller, input);
    return checked(timelineSchema, { ...rest, takenAt: takenAtMs.map((at) => Math.floor(at / 1000)) });
  };
  await read('timeline of a source with 100 snapshots', () => timeline('source-7'));
  await read('timeline of 10,000 snapshots', () => timeline());
  await read('page of 500 of 100,000 snapshots', () => catalog.read('browse.page', caller, { repository, limit: 500 }));
  await catalog.close();
}

/** Runs one after the other; the longest time that the main thread was busy in one piece. */
async function measure(what: string, runs: readonly (() => Promise<unknown>)[]): Promise<void> {
  const ms: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let mainMs = 0;
  for (const run of runs) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    delay.reset();
    delay.enable();
    const startedAt = performance.now();
    await run();
    ms.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    mainMs = Math.max(mainMs, delay.max / 1e6);
  }
  figures.push({ what, ms, mainMs });
}

function print(): void {
  for (const { what, ms, mainMs } of figures) {
    const sorted = ms.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const text = `${middle.toFixed(0).padStart(5)} ms (${(sorted[0] ?? 0).toFixed(0)}–${(sorted.at(-1) ?? 0).toFixed(0)})`;
    console.log(`${what.padEnd(44)} ${text.padEnd(24)} main thread at most ${mainMs.toFixed(0)} ms in one piece`);
  }
}
