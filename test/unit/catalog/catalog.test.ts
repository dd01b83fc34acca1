import { chmodSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CatalogWriter } from '../../../electron/engine/catalog/line.ts';
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';
import { alice, bob, makeCatalogHome, type CatalogHome } from '../../support/catalog-home.ts';
import { countThreads } from '../../support/count-threads.ts';

const seen = { repository: 'a'.repeat(64), location: '/srv/repository' };

async function filled(): Promise<CatalogHome> {
  const place = await makeCatalogHome();
  const catalog = place.open();
  await catalog.write('repositories.see', alice, seen);
  await catalog.close();
  return place;
}

test('nothing is started or written before the first call', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  expect(readdirSync(place.home)).toEqual([]);
  await catalog.close();
  expect(readdirSync(place.home)).toEqual([]);
});

test('the first questions are answered by the thread that writes, later ones by one that starts, and then by two', async () => {
  await using place = await filled();
  const catalog = place.open();
  const ask = () => Promise.all([1, 2, 3].map(() => catalog.read('repositories.list', alice, null)));
  expect(await countThreads(ask)).toBe(1);
  const asMany = async () => {
    for (let turn = 0; turn < 84; turn++) expect(await ask()).toMatchObject([[seen], [seen], [seen]]);
  };
  expect(await countThreads(asMany)).toBe(0);
  expect(await countThreads(ask)).toBe(1);
  expect(await countThreads(ask)).toBe(1);
  expect(await countThreads(ask)).toBe(0);
});

test('a question that may look through much does not keep the thread that writes', async () => {
  await using place = await filled();
  const catalog = place.open();
  const find = () => catalog.read('versions.ofPath', alice, { repository: seen.repository, path: '/letter', limit: 1 });
  expect(await countThreads(find)).toBe(2);
});

test('after a question that has taken long, others do', async () => {
  await using place = await filled();
  const db = openFile(place.file, { readonly: false });
  const many = `WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 999)
    INSERT INTO repositories (tenant, actor, repository, location, listed_at)
    SELECT ?, ?, 'r' || i, hex(zeroblob(25000)), 0 FROM number`;
  db.prepare(many).run(alice.tenant, alice.actor);
  db.close();
  const catalog = place.open();
  const ask = () => catalog.read('repositories.list', alice, null);
  expect(await countThreads(ask)).toBe(1);
  expect(await countThreads(ask)).toBe(1);
});

test('what is asked together with a change sees all of it or nothing', async () => {
  await using place = await filled();
  const catalog = place.open();
  const moved = catalog.write('repositories.see', alice, { ...seen, location: '/elsewhere' });
  const [asked] = await Promise.all([catalog.read('repositories.list', alice, null), moved]);
  expect(['/srv/repository', '/elsewhere']).toContain(asked[0]?.location);
  expect(await catalog.read('repositories.list', alice, null)).toMatchObject([{ location: '/elsewhere' }]);
});

test('what was written is there after closing and opening, in one file that only its owner may read', async () => {
  await using place = await filled();
  expect(readdirSync(place.home)).toEqual(['catalog.db']);
  expect(statSync(place.file).mode & 0o777).toBe(0o600);
  expect(await place.open().read('repositories.list', alice, null)).toMatchObject([seen]);
});

test('a file others could read is closed to them, and so is its journal', async () => {
  await using place = await filled();
  chmodSync(place.file, 0o644);
  await place.open().write('repositories.see', alice, seen);
  for (const name of readdirSync(place.home)) {
    expect(statSync(join(place.home, name)).mode & 0o077, name).toBe(0);
  }
});

test('a tenant sees only its own', async () => {
  await using place = await filled();
  expect(await place.open().read('repositories.list', bob, null)).toEqual([]);
});

test('a read sees every write that was answered before', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  for (let round = 0; round < 50; round++) {
    const repository = round.toString(16).padStart(64, '0');
    await catalog.write('repositories.see', alice, { repository, location: '/' });
    expect(await catalog.read('repositories.list', alice, null)).toHaveLength(round + 1);
  }
});

test('a call after closing is refused, and closing twice does no harm', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  await catalog.write('repositories.see', alice, seen);
  await Promise.all([catalog.close(), catalog.close()]);
  await expect(catalog.read('repositories.list', alice, null)).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('what was asked for before closing is still done', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  const written = catalog.write('repositories.see', alice, seen);
  await Promise.resolve();
  await Promise.all([written, catalog.close()]);
  expect(await place.open().read('repositories.list', alice, null)).toHaveLength(1);
});

test('a catalog of a newer version is refused and left as it is', async () => {
  await using place = await filled();
  const db = openFile(place.file, { readonly: false });
  db.pragma('user_version = 999');
  db.close();
  const before = readFileSync(place.file);
  await expect(place.open().read('repositories.list', alice, null)).rejects.toMatchObject({ code: 'CATALOG_TOO_NEW' });
  expect(readFileSync(place.file).equals(before)).toBe(true);
});

const damages: readonly (readonly [what: string, damage: (file: string) => void])[] = [
  ['holds something else', (file) => writeFileSync(file, 'this is no database '.repeat(1000))],
  ['was cut short', (file) => truncateSync(file, statSync(file).size - 4096 * 3)],
  [
    'has a page of zeroes',
    (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0, 4096, 8192);
      writeFileSync(file, bytes);
    },
  ],
  [
    'is the database of another program',
    (file) => {
      const db = openFile(file, { readonly: false });
      db.pragma('application_id = 1');
      db.close();
    },
  ],
];

test.each(damages)('a catalog that %s is set aside whole, and an empty one takes its place', async (_what, damage) => {
  await using place = await filled();
  damage(place.file);
  const bytes = readFileSync(place.file);
  const catalog = place.open();
  expect(await catalog.read('repositories.list', alice, null)).toEqual([]);
  const [notice, ...more] = catalog.takeNotices();
  expect(more).toEqual([]);
  const name = readdirSync(place.home).find((entry) => /^catalog\.db\.damaged-\d{8}T\d{6}Z$/.test(entry)) ?? 'none';
  expect(notice).toContain(join(place.home, name));
  expect(readFileSync(join(place.home, name)).equals(bytes)).toBe(true);
  expect(catalog.takeNotices()).toEqual([]);
  await catalog.write('repositories.see', alice, seen);
  await catalog.close();
  expect(await place.open().read('repositories.list', alice, null)).toHaveLength(1);
});

test('an empty file is filled', async () => {
  await using place = await makeCatalogHome();
  writeFileSync(place.file, '');
  const catalog = place.open();
  expect(await catalog.read('repositories.list', alice, null)).toEqual([]);
  expect(catalog.takeNotices()).toEqual([]);
});

test('the mark of a process that was killed is gone once the file was found sound', async () => {
  await using place = await filled();
  writeFileSync(`${place.file}.open`, '');
  const catalog = place.open();
  expect(await catalog.read('repositories.list', alice, null)).toHaveLength(1);
  await catalog.close();
  expect(existsSync(`${place.file}.open`)).toBe(false);
});

test('damage that is met while the catalog is open is said once; after it there is a new one', async () => {
  await using place = await makeCatalogHome();
  const filling = place.open();
  const { repository } = seen;
  await filling.write('repositories.see', alice, seen);
  const found = Array.from({ length: 3000 }, (_, at) => ({
    snapshot: at.toString(16).padStart(64, '0'),
    source: 'home',
    hostname: 'here',
    takenAtMs: at,
    tree: 'f'.repeat(64),
    status: 'complete',
    actor: 'alice',
    files: 1,
    bytes: 10,
    suspicion: null,
    consistency: null,
    consistencyProblem: null,
    labels: null,
  }));
  await filling.write('snapshots.add', alice, { repository, found, others: [] });
  await filling.close();

  const catalog = place.open();
  expect(await catalog.read('repositories.list', alice, null)).toHaveLength(1);
  const bytes = readFileSync(place.file);
  bytes.fill(0x5a, 40 * 4096, bytes.length - 4096);
  writeFileSync(place.file, bytes);
  const all = catalog.read('snapshots.compare', alice, { repository, present: [] });
  await expect(all).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
  expect(await catalog.read('snapshots.compare', alice, { repository, present: [] })).toEqual({
    unknown: [],
    gone: [],
  });
  expect(catalog.takeNotices().join()).toContain('was set aside as');
});

test('another thread writes through a line of its own', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  const writer = new CatalogWriter(await catalog.connect());
  await writer.write('repositories.see', bob, seen);
  writer.close();
  expect(await catalog.read('repositories.list', bob, null)).toMatchObject([seen]);
});

test('a home that is gone is said so', async () => {
  await using place = await makeCatalogHome();
  const { Catalog } = await import('../../../electron/engine/catalog/catalog.ts');
  const catalog = new Catalog({ home: join(place.home, 'missing') });
  await expect(catalog.read('repositories.list', alice, null)).rejects.toMatchObject({ code: 'IO_ERROR' });
  await catalog.close();
});
