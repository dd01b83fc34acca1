import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../shared/contract/common.ts';
import { serveEngine, type ServedEngine } from '../../../electron/engine/engine.ts';
import { probeFolders } from '../../../electron/engine/sources/folder/probe.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { describePeer } from '../../support/peers.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const caller: Caller = { tenant: 'default', actor: 'test' };

type Desk = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly engine: ServedEngine;
  readonly repository: { readonly id: string };
};

async function makeDesk(): Promise<Desk> {
  const workspace = await makeWorkspace();
  const home = join(workspace.home, 'holdfast');
  const engine = await serveEngine({ home, caller, version: '0', onNotice: () => undefined });
  const { password, repository: location } = workspace;
  const { repository } = await engine.client.repositories.create({ location, password });
  return {
    workspace,
    engine,
    repository: { id: repository.id },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

async function resultOf<Event extends { type: string }>(
  events: Promise<AsyncIterable<Event>>,
): Promise<Extract<Event, { type: 'done' }>> {
  let last: Event | undefined;
  for await (const event of await events) last = event;
  expect(last?.type).toBe('done');
  return last as Extract<Event, { type: 'done' }>;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof HoldfastError ? error.code : String(error);
}

describe('snapshots on screen', () => {
  let desk: Desk;
  let folder = '';
  const taken: string[] = [];
  const protect = async (content: string): Promise<string> => {
    writeFileSync(join(folder, 'letter'), content);
    const { client } = desk.engine;
    const { result } = await resultOf(
      client.protection.protect({ repository: desk.repository, paths: [folder], source: 'papers' }),
    );
    return result.snapshot;
  };
  const catchUp = () => resultOf(desk.engine.client.catalog.rebuild({ repository: desk.repository }));

  beforeAll(async () => {
    desk = await makeDesk();
    folder = await desk.workspace.folder('papers');
    mkdirSync(join(folder, 'sub'));
    for (const content of ['one', 'two', 'three']) taken.push(await protect(content));
    await catchUp();
  });

  afterAll(async () => desk[Symbol.asyncDispose]());

  test('are paged, newest first, with what they hold', async () => {
    const { client } = desk.engine;
    const { repository } = desk;
    const first = await client.browse.snapshots({ repository, limit: 2 });
    expect(first).toMatchObject({
      total: 3,
      snapshots: [
        { id: taken[2], source: 'papers', hostname: hostname(), status: 'complete', files: 1, bytes: 5, hold: null },
        { id: taken[1], state: 'indexed', problem: null, actor: 'test' },
      ],
    });
    const after = first.cursor ?? '';
    const second = await client.browse.snapshots({ repository, source: 'papers', limit: 2, after });
    expect(second).toMatchObject({ total: 3, cursor: null, snapshots: [{ id: taken[0] }] });
    expect(await client.browse.snapshots({ repository, source: 'other' })).toMatchObject({ total: 0, snapshots: [] });
    expect(await codeOf(client.browse.snapshots({ repository, after: 'x' }))).toBe('BAD_USAGE');
  });

  test('show their folders beside what the newest holds', async () => {
    const { client } = desk.engine;
    const query = { repository: desk.repository, path: folder, compare: true };
    const [oldest = '', , newest = ''] = taken;
    expect(await client.browse.folder({ ...query, snapshot: oldest })).toMatchObject({
      path: folder,
      snapshot: oldest,
      source: 'papers',
      total: 2,
      entries: [
        { name: 'sub', type: 'dir', path: join(folder, 'sub'), against: 'same' },
        { name: 'letter', type: 'file', size: 3, against: 'changed since' },
      ],
    });
    const now = await client.browse.folder({ ...query, snapshot: newest });
    expect(now.entries.map(({ against }) => against)).toEqual(['newest', 'newest']);
    const plain = await client.browse.folder({ ...query, snapshot: newest, compare: false, path: '/' });
    expect(plain.entries.map(({ against }) => against)).toEqual([null]);
  });

  test('are held, and the picture of all says so', async () => {
    const { client } = desk.engine;
    const { repository } = desk;
    await client.holds.hold({ repository, snapshot: taken[1] ?? '', reason: 'court case' });
    const shown = await client.browse.snapshot({ repository, snapshot: taken[1] ?? '' });
    expect(shown.hold).toMatchObject({ snapshot: taken[1], reason: 'court case', author: 'test' });
    const picture = await client.browse.timeline({ repository, source: 'papers', hostname: hostname() });
    expect(picture).toMatchObject({
      ids: taken,
      statuses: ['complete', 'complete', 'complete'],
      bytes: [3, 3, 5],
      held: [false, true, false],
      more: false,
    });
    expect(picture.takenAt).toEqual(picture.takenAt.toSorted((a, b) => a - b));
    expect((await client.browse.timeline({ repository, source: 'other' })).ids).toEqual([]);
  });

  test('are counted by day, and runs that failed with them', async () => {
    const { client } = desk.engine;
    const missing = join(folder, 'missing');
    const failing = client.protection.protect({ repository: desk.repository, paths: [missing], source: 'papers' });
    expect(await codeOf(resultOf(failing))).toBe('SOURCE_NOT_FOUND');
    // What runs have come to is written behind their back.
    const until = Date.now() + 20_000;
    for (;;) {
      const { first, sources } = await client.browse.days({
        sources: ['papers', 'other'],
        days: 2,
        zone: 'Asia/Tokyo',
      });
      expect(Object.keys(sources)).toEqual(['papers']);
      if (sources['papers']?.some(({ failed }) => failed > 0) !== true && Date.now() < until) continue;
      expect(first).toMatch(/^\d{4}-\d\d-\d\d$/);
      const sum = (what: 'complete' | 'failed' | 'partial'): number =>
        (sources['papers'] ?? []).reduce((total, day) => total + day[what], 0);
      expect([sum('complete'), sum('partial'), sum('failed')]).toEqual([3, 0, 1]);
      break;
    }
    expect(await codeOf(client.browse.days({ sources: [], zone: 'Mars/Olympus' }))).toBe('BAD_USAGE');
  });

  test('that nobody may see, or that there are not, are not found', async () => {
    const { client } = desk.engine;
    const { repository } = desk;
    expect(await codeOf(client.browse.snapshot({ repository, snapshot: 'ab'.repeat(32) }))).toBe('SNAPSHOT_NOT_FOUND');
    const unknown = client.browse.folder({ repository, snapshot: 'ab'.repeat(32) });
    expect(await codeOf(unknown)).toBe('SNAPSHOT_NOT_FOUND');
  });

  describePeer('restic', 'of restic', () => {
    test('can be looked into before the catalog knows of them', async () => {
      const { workspace, engine, repository } = desk;
      await workspace.mustRestic(['backup', '--quiet', folder]);
      const listed = await workspace.mustRestic(['snapshots', '--json', '--latest', '1', '--path', folder]);
      const all = JSON.parse(listed.stdout) as { id: string; program_version?: string; tags?: string[] }[];
      const id = all.find(({ tags }) => tags === undefined)?.id ?? '';
      const part = await engine.client.browse.folder({ repository, snapshot: id, path: folder, compare: true });
      expect(part).toMatchObject({ snapshot: id, source: folder });
      expect(part.entries.map(({ name, against }) => [name, against])).toEqual([
        ['sub', 'newest'],
        ['letter', 'newest'],
      ]);
      expect(await engine.client.browse.snapshot({ repository, snapshot: id })).toMatchObject({ status: 'unknown' });
    });
  });
});

describe('folders of this machine', () => {
  test('are listed as people read them, hidden ones last, links only where they lead to a folder', async () => {
    await using desk = await makeDesk();
    const { client } = desk.engine;
    const root = await desk.workspace.folder('machine');
    for (const name of ['b10', 'b9', 'A', '.hidden', 'tab\tname']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'A'), join(root, 'link'));
    symlinkSync(join(root, 'nowhere'), join(root, 'lost'));
    const seen = await client.browse.machineFolders({ path: root });
    expect(seen).toMatchObject({ path: root, parent: desk.workspace.root, more: false });
    expect(seen.folders.map(({ name }) => name)).toEqual(['A', 'b9', 'b10', 'link', 'tab\\x09name', '.hidden']);
    const odd = seen.folders.find(({ name }) => name.startsWith('tab'));
    expect(await client.browse.machineFolders({ path: odd?.path ?? '' })).toMatchObject({ folders: [], parent: root });
    expect((await client.browse.machineFolders({ path: null })).path).toBe(homedir());
    expect(seen.places.find(({ path }) => path === '/')?.freeBytes).toBeGreaterThan(0);
    expect(seen.places[0]?.name).toBe('Home');
  });

  test('that are not there, or given by half, are refused', async () => {
    await using desk = await makeDesk();
    const { client } = desk.engine;
    expect(await codeOf(client.browse.machineFolders({ path: '/no/such/folder' }))).toBe('SOURCE_NOT_FOUND');
    expect(await codeOf(client.browse.machineFolders({ path: '/etc/passwd' }))).toBe('SOURCE_NOT_FOUND');
    expect(await codeOf(client.browse.machineFolders({ path: 'relative' }))).toBe('BAD_USAGE');
    expect(await codeOf(client.browse.machineFolders({ path: '/tmp/../etc' }))).toBe('BAD_USAGE');
  });
});

describe('a look at what a run would find', () => {
  test('counts it, honours excludes, and names what is missing, empty and not readable', async () => {
    await using desk = await makeDesk();
    const { client } = desk.engine;
    const root = await desk.workspace.folder('probe');
    for (const name of ['full', 'full/deep', 'empty']) mkdirSync(join(root, name));
    for (const [name, size] of [
      ['full/a.txt', 10],
      ['full/b.tmp', 100],
      ['full/deep/c', 1000],
      ['full/deep/large', 100_000],
    ] as const)
      writeFileSync(join(root, name), Buffer.alloc(size));
    const paths = ['full', 'empty', 'missing', 'full/a.txt', 'full/deep'].map((name) => join(root, name));
    const { result } = await resultOf(
      client.browse.probe({ paths, excludes: ['*.tmp'], excludeLargerThanBytes: 50_000 }),
    );
    expect(result.paths.map(({ path, exists, type, empty }) => [path, exists, type, empty])).toEqual([
      [join(root, 'full'), true, 'folder', false],
      [join(root, 'empty'), true, 'folder', true],
      [join(root, 'missing'), false, 'missing', false],
      [join(root, 'full/a.txt'), true, 'file', false],
      [join(root, 'full/deep'), true, 'folder', false],
    ]);
    // What lies below another path is not counted twice.
    expect(result).toMatchObject({ files: 2, folders: 3, bytes: 1010, issues: [], whole: true });
    expect(result.paths[0]?.mount?.path).toMatch(/^\//);
    expect(await codeOf(resultOf(client.browse.probe({ paths: ['relative'] })))).toBe('BAD_USAGE');
  });

  test('ends when whoever asked leaves', async () => {
    await using desk = await makeDesk();
    const leave = new AbortController();
    const events = await desk.engine.client.browse.probe({ paths: ['/usr', '/var'] }, { signal: leave.signal });
    leave.abort(new HoldfastError('CANCELLED', 'gone'));
    expect(await codeOf(resultOf(Promise.resolve(events)))).toMatch(/CANCELLED/);
  });

  test('ends by itself at its limit, and says that it has not seen everything', async () => {
    const { whole, paths } = await probeFolders({
      paths: ['/usr'],
      neverRead: [],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      limitMs: 1,
    });
    expect(whole).toBe(false);
    expect(paths).toMatchObject([{ path: '/usr' }]);
  });
});
