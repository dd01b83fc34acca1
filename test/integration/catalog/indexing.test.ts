import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { parsePattern } from '../../../electron/engine/catalog/search-pattern.ts';
import type { SearchPage } from '../../../electron/engine/catalog/search.ts';
import {
  bringUpToDate,
  forgetRepository,
  type UpdateRequest,
} from '../../../electron/engine/indexing/bring-up-to-date.ts';
import { rawFromUtf8 } from '../../../electron/engine/platform/raw-path.ts';
import type { Repository } from '../../../electron/engine/repository/repository.ts';
import type { Caller, Issue } from '../../../shared/contract/common.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';
import { faultsOf } from '../../support/random-history.ts';
import { goMode } from '../../support/restic-nodes.ts';
import { SmallSnapshots } from '../../support/small-snapshots.ts';

type Updated = { readonly issues: Issue[]; readonly indexed: number };

async function update(
  catalog: Catalog,
  repository: Repository,
  caller: Caller = alice,
  more: Partial<UpdateRequest> = {},
): Promise<Updated> {
  const issues: Issue[] = [];
  const { indexed } = await bringUpToDate(requestOf(catalog, repository, caller, issues, more));
  return { issues, indexed };
}

function requestOf(
  catalog: Catalog,
  repository: Repository,
  caller: Caller,
  issues: Issue[],
  more: Partial<UpdateRequest> = {},
): UpdateRequest {
  return {
    catalog,
    repository,
    caller,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: (issue) => issues.push(issue),
    onNotice: () => undefined,
    ...more,
  };
}

async function found(catalog: Catalog, repository: Repository, pattern: string, caller = alice): Promise<string[]> {
  const input = { repository: repository.config.id, pattern, limit: 1000 };
  const page = await catalog.read('search.find', caller, input);
  return page.found.map(({ path, current }) => `${path}${current ? '' : ' (gone)'}`).sort();
}

async function versionsOf(catalog: Catalog, repository: Repository, path: string): Promise<string[]> {
  const input = { repository: repository.config.id, path, limit: 1000 };
  const versions = await catalog.read('versions.ofPath', alice, input);
  return versions.map(({ first, last, size }) => `${first.snapshot} ${last.snapshot} ${size}`);
}

test('question marks alone find names by how many characters they have, however these are written', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const one = ['a', 'é', 'e\u0301', '\u{1f600}', 'α\u0313\u0300\u0345', '語'];
  const two = ['bc', 'éé', 'x\u{1f600}'];
  const names = [...one, ...two, 'longer', 'ééééé'];
  snapshots.take(0, Object.fromEntries(names.map((name) => [name, 'x'])));
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  const raw = (of: readonly string[]): string[] => of.map((name) => `/${rawFromUtf8(name)}`).sort();
  expect(await found(catalog, repository, '?')).toEqual(raw(one));
  expect(await found(catalog, repository, '??')).toEqual(raw(two));
  expect(await found(catalog, repository, '????')).toEqual([]);
  expect(await found(catalog, repository, '/??')).toEqual(raw(two));
});

test('a search finds all that its repository holds and nothing of others, whose paths lie between', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  const names = ['a', 'b', 'é', '語', 'ab', 'in', 'abc', 'abcd', 'abcde', 'invoice', 'invoice.pdf', 'éééé', 'photo'];
  const held = [names, names.filter((_name, at) => at % 2 === 0), []];
  const repositories = await Promise.all(
    held.map(async (own, at) => {
      const snapshots = new SmallSnapshots(join(place.home, `repository-${at}`));
      // The paths of the two come by turns.
      for (const [day, name] of own.entries()) {
        const files = Object.fromEntries(own.slice(0, day + 1).map((one) => [one, 'x']));
        snapshots.take(day, { ...files, [`in-${name}`]: files, photo: files });
      }
      if (own.length === 0) snapshots.take(0, {});
      return { own, repository: await snapshots.open() };
    }),
  );
  await Promise.all(repositories.map(({ repository }) => update(catalog, repository)));
  const patterns = ['?', '??', '???', '????', '?????', '*', 'a', 'in', 'inv', 'abc*', '*.pdf', 'photo/inv', 'photo/?'];
  for (const { own, repository } of repositories) {
    const all = own.length === 0 ? [] : pathsOf(own);
    for (const pattern of patterns) {
      const parsed = parsePattern(pattern);
      const expected = all.filter((path) => {
        const raw = rawFromUtf8(path);
        return parsed?.matchesName(raw.slice(raw.lastIndexOf('/') + 1)) === true && parsed.matchesPath(raw);
      });
      const paths: string[] = [];
      for (let after: number | null = 0; after !== null;) {
        const input = { repository: repository.config.id, pattern, limit: 3, after };
        const page: SearchPage = await catalog.read('search.find', alice, input);
        paths.push(...page.found.map(({ path }) => path));
        after = page.cursor;
      }
      expect(paths.sort(), pattern).toEqual(expected.map((path) => rawFromUtf8(path)).sort());
    }
  }
});

function pathsOf(names: readonly string[]): string[] {
  const folders = ['photo', ...names.map((name) => `in-${name}`)];
  const inside = folders.flatMap((folder) => {
    const held = folder === 'photo' ? names : names.slice(0, names.indexOf(folder.slice(3)) + 1);
    return [`/${folder}`, ...held.map((name) => `/${folder}/${name}`)];
  });
  return [...new Set([...names.map((name) => `/${name}`), ...inside])];
}

test('snapshots are taken in the newest first, and each can be searched before the next is begun', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  for (const day of [1, 2, 3]) snapshots.take(day, { [`only-${day}`]: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  const order: string[] = [];
  await update(catalog, repository, alice, {
    onProgress: ({ phase, currentItem }) => {
      if (phase === 'Indexing' && currentItem?.startsWith('snapshot ') === true) order.push(currentItem.slice(9, 17));
    },
  });
  const listed = await catalog.read('snapshots.list', alice, { repository: repository.config.id });
  expect(order).toEqual(listed.map(({ snapshot }) => snapshot.slice(0, 8)));
  expect(listed.map(({ state }) => state)).toEqual(['indexed', 'indexed', 'indexed']);
});

test('a snapshot older than all others, found late, shares what it has in common with them', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const first = snapshots.take(1, { x: 'first' });
  const second = snapshots.take(2, { x: 'second!' });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  expect(await versionsOf(catalog, repository, '/x')).toEqual([`${second} ${second} 7`, `${first} ${first} 5`]);
  rmSync(join(snapshots.repository.location, 'snapshots', first));
  await update(catalog, repository);
  const older = snapshots.take(0, { x: 'second!' });
  await update(catalog, repository);
  expect(await versionsOf(catalog, repository, '/x')).toEqual([`${older} ${second} 7`]);
});

test('one changed file among many adds one row', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`file-${at}`, 'same']));
  snapshots.take(1, { folder: many, other: { deep: { deeper: many } } });
  snapshots.take(2, { folder: { ...many, 'file-7': 'another' }, other: { deep: { deeper: many } } });
  const catalog = place.open();
  await update(catalog, await snapshots.open());
  await catalog.close();
  const { openFile } = await import('../../../electron/engine/catalog/sqlite.ts');
  const db = openFile(place.file, { readonly: true });
  // Two times 3,000 files, their four folders, the changed file once more.
  expect(db.prepare('SELECT count(*) FROM versions').pluck().get()).toBe(6000 + 4 + 1);
  expect(db.prepare('SELECT count(*) FROM paths').pluck().get()).toBe(6000 + 4 + 1);
  db.close();
});

test('what is gone from the repository is gone from the catalog, names and all', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const gone = snapshots.take(1, { secret: { plan: 'x' }, kept: 'x' });
  snapshots.take(2, { kept: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  expect(await found(catalog, repository, 'plan')).toEqual(['/secret/plan (gone)']);
  rmSync(join(snapshots.repository.location, 'snapshots', gone));
  await update(catalog, repository);
  expect(await found(catalog, repository, 'plan')).toEqual([]);
  await catalog.close();
  expect(faultsOf(place.file)).toEqual([]);
});

test('a repository that is away for a moment takes nothing out of the catalog', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  snapshots.take(1, { kept: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  const { location } = snapshots.repository;
  renameSync(location, `${location}-away`);
  await expect(update(catalog, repository)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  renameSync(`${location}-away`, location);
  expect(await found(catalog, repository, 'kept')).toEqual(['/kept']);
  await catalog.close();
});

test('what restic took on two machines under one path are two sources', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  snapshots.take(1, { a: 'x' }, { hostname: 'left' });
  snapshots.take(2, { b: 'x' }, { hostname: 'right' });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  expect(await found(catalog, repository, '*')).toEqual(['/a', '/b']);
  const sources = await catalog.read('sources.list', alice, { repository: repository.config.id });
  expect(sources.map(({ hostname, snapshots: count }) => `${hostname} ${count}`).sort()).toEqual(['left 1', 'right 1']);
});

test('tenants see neither snapshots nor names of each other, whatever they ask', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const tagged = (tenant: string) => ({ tags: ['holdfast:source=home', `holdfast:tenant=${tenant}`] });
  const hers = snapshots.take(1, { 'hers.txt': 'x' }, tagged('alice'));
  snapshots.take(2, { 'his.txt': 'x' }, tagged('bob'));
  const catalog = place.open();
  const repository = await snapshots.open();
  const { id } = repository.config;
  await update(catalog, repository, alice);
  expect(await found(catalog, repository, '*', bob)).toEqual([]);
  await update(catalog, repository, bob);
  expect(await found(catalog, repository, '*', alice)).toEqual(['/hers.txt']);
  expect(await found(catalog, repository, '*', bob)).toEqual(['/his.txt']);
  const asBob = { repository: id, pattern: 'hers', snapshot: hers, limit: 10 };
  await expect(catalog.read('search.find', bob, asBob)).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  expect(await catalog.read('versions.ofPath', bob, { repository: id, path: '/hers.txt', limit: 10 })).toEqual([]);
  expect(await catalog.read('snapshots.list', bob, { repository: id })).toHaveLength(1);
  expect(await catalog.read('sources.list', bob, { repository: id })).toHaveLength(1);
  // One tenant's forgetting leaves the other's rows alone.
  await forgetRepository(requestOf(catalog, repository, bob, []));
  expect(await found(catalog, repository, '*', alice)).toEqual(['/hers.txt']);
  expect(await found(catalog, repository, '*', bob)).toEqual([]);
});

test('a run that is cancelled says so, and the next one goes on', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  for (const day of [1, 2, 3, 4]) snapshots.take(day, { [`only-${day}`]: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  const cancel = new AbortController();
  const onProgress: UpdateRequest['onProgress'] = ({ phase }) => {
    if (phase === 'Indexing') cancel.abort();
  };
  await expect(update(catalog, repository, alice, { signal: cancel.signal, onProgress })).rejects.toThrow(/abort/i);
  const { issues } = await update(catalog, repository);
  expect(issues).toEqual([]);
  expect(await found(catalog, repository, 'only-')).toEqual([
    '/only-1 (gone)',
    '/only-2 (gone)',
    '/only-3 (gone)',
    '/only-4',
  ]);
});

test('two runs at once do not disturb each other', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  for (const day of [1, 2, 3]) snapshots.take(day, { [`only-${day}`]: 'x' });
  const catalog = place.open();
  const [left, right] = [await snapshots.open(), await snapshots.open()];
  const both = await Promise.all([update(catalog, left), update(catalog, right)]);
  expect(both.map(({ indexed }) => indexed)).toEqual([3, 0]);
  await catalog.close();
  expect(faultsOf(place.file)).toEqual([]);
});

test('two processes at once: one of them gives way, and nothing is wrong afterwards', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`file-${at}`, 'same']));
  for (const day of [1, 2, 3]) snapshots.take(day, { ...many, [`only-${day}`]: 'x' });
  // Two catalogs on one file are what two processes have.
  const [left, right] = [place.open(), place.open()];
  const repository = await snapshots.open();
  const outcomes = await Promise.allSettled([update(left, repository), update(right, repository)]);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CATALOG_BUSY' });
  await update(left, repository);
  expect(await found(right, repository, 'only-')).toEqual(['/only-1 (gone)', '/only-2 (gone)', '/only-3']);
  await Promise.all([left.close(), right.close()]);
  expect(faultsOf(place.file)).toEqual([]);
});

/** A folder whose tree is in no pack. */
const missing = 'f'.repeat(64);

test('a folder that cannot be read is named, and the rest can be searched', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const { repository: writer } = snapshots;
  const good = snapshots.tree({ good: 'x' });
  const folder = (name: string, subtree: string) =>
    `{"name":"${name}","type":"dir","mode":${goMode.dir + 0o755},"mtime":"2024-05-06T07:08:09Z","subtree":"${subtree}"}`;
  const root = writer.addBlob('tree', `{"nodes":[${folder('a', missing)},${folder('b', good)}]}\n`);
  writer.writeSnapshot(root);
  const catalog = place.open();
  const repository = await snapshots.open();
  const { issues } = await update(catalog, repository);
  expect(issues).toMatchObject([{ code: 'BLOB_MISSING', path: expect.stringContaining('/a in snapshot') as unknown }]);
  expect(await found(catalog, repository, '*')).toEqual(['/a', '/b', '/b/good']);
  const [snapshot] = await catalog.read('snapshots.list', alice, { repository: repository.config.id });
  expect(snapshot).toMatchObject({ state: 'indexed', problem: '1 of its entries could not be read.' });
});

test('a snapshot of which nothing can be read does not stand in the way of others', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  snapshots.take(1, { a: 'x', b: 'x' });
  snapshots.repository.writeSnapshot(missing, { time: '2025-01-03T00:00:00Z' });
  snapshots.take(4, { b: 'x', c: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  const { issues, indexed } = await update(catalog, repository);
  expect(indexed).toBe(2);
  expect(issues.map(({ code }) => code)).toEqual(['BLOB_MISSING']);
  expect(await found(catalog, repository, '*')).toEqual(['/a (gone)', '/b', '/c']);
  // It is not tried again by itself.
  expect((await update(catalog, repository)).issues).toEqual([]);
  expect((await update(catalog, repository, alice, { retry: true })).issues).toHaveLength(1);
});

test('a snapshot whose trees were lost after it was taken in is taken out again', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  const { location } = snapshots.repository;
  const lost = snapshots.take(1, { a: 'x', lost: 'x' });
  const before = new Set(readdirSync(join(location, 'index')));
  snapshots.take(2, { a: 'x', b: 'x' });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  for (const name of before) rmSync(join(location, 'index', name));
  snapshots.take(1.5, { a: 'x', c: 'x' });
  const { issues } = await update(catalog, repository);
  expect(issues).toMatchObject([{ path: `snapshots/${lost}`, code: 'BLOB_MISSING' }]);
  expect(await found(catalog, repository, '*')).toEqual(['/a', '/b', '/c (gone)']);
  await catalog.close();
  expect(faultsOf(place.file)).toEqual([]);
});

test('forged times and ids of snapshots end up in some order', async () => {
  await using place = await makeCatalogHome();
  const snapshots = new SmallSnapshots(join(place.home, 'repository'));
  for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'])
    snapshots.repository.writeSnapshot(snapshots.tree({ [`at-${time.slice(0, 4)}`]: 'x' }), {
      time,
      tags: [`${Math.random()}`],
    });
  const catalog = place.open();
  const repository = await snapshots.open();
  await update(catalog, repository);
  expect(await found(catalog, repository, 'at-')).toEqual(['/at-0001 (gone)', '/at-2025 (gone)', '/at-9999']);
  await catalog.close();
  expect(faultsOf(place.file)).toEqual([]);
});
