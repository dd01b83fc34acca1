import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newestReadable } from '../../electron/engine/configuration/adopt.ts';
import { recoverConfiguration } from '../../electron/engine/configuration/recover.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { saveConfiguration, type StoredConfiguration } from '../../electron/engine/repository/configuration.ts';
import { initRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { alice, makeCatalogHome, type CatalogHome } from '../support/catalog-home.ts';

const console = '0123456789abcdef';
const source = {
  kind: 'folder',
  name: 'docs',
  paths: ['/srv/docs'],
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: { before: 'rm -rf /', after: null },
  addedAt: '2026-01-01T00:00:00.000Z',
  addedBy: 'cli:alice',
};
const sound = {
  version: 1,
  tenant: alice.tenant,
  savedAt: '2026-01-01T00:00:00.000Z',
  console: { id: console, name: 'desk' },
  sources: [source],
};
const newer = { ...sound, savedAt: '2026-01-02T00:00:00.000Z' };
const hold = { snapshot: 'a'.repeat(64), reason: 'r', author: 'a', since: '2026-01-01T00:00:00.000Z' };
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const hostile: Readonly<Record<string, Record<string, unknown>>> = {
  'not what it is a document of': { hello: 'world' },
  'of a later version': { ...newer, version: 2 },
  'of another tenant': { ...newer, tenant: 'bob' },
  'with sources that are no list': { ...newer, sources: 'docs' },
  'with a path that is relative': { ...newer, sources: [{ ...source, paths: ['docs'] }] },
  'with a path that climbs': { ...newer, sources: [{ ...source, paths: ['/srv/../etc'] }] },
  'with a path that ends early': { ...newer, sources: [{ ...source, paths: ['/srv\0/docs'] }] },
  'with markup for a name': { ...newer, sources: [{ ...source, name: '<img src=x onerror=alert(1)>' }] },
  'with a name that drives the terminal': { ...newer, sources: [{ ...source, name: 'docs\u001b[2J' }] },
  'with a name that is a path': { ...newer, sources: [{ ...source, name: '../docs' }] },
  'with an unknown kind of source': { ...newer, sources: [{ ...source, kind: 'program' }] },
  'with a command that is none': { ...newer, sources: [{ ...source, commands: { before: ['sh'], after: null } }] },
  'with two sources of one name': { ...newer, sources: [source, source] },
  'with more sources than there can be': {
    ...newer,
    sources: Array.from({ length: 2001 }, (_, index) => ({ ...source, name: `docs${index}` })),
  },
  'with a hold of what is no snapshot': { ...newer, holds: [{ ...hold, snapshot: '../../etc/passwd' }] },
  'with an endless reason': { ...newer, holds: [{ ...hold, reason: 'x'.repeat(100_000) }] },
  'with a setting that is an object': { ...newer, settings: [{ key: 'console.name', value: {} }] },
  'with a key that is none': { ...newer, settings: [{ key: '__proto__', value: 'x' }] },
  'with a time that is none': { ...newer, savedAt: 'tomorrow' },
  'that would make scrypt take all memory': {
    ...newer,
    credentials: {
      names: [],
      sealed: {
        key: { kdf: 'scrypt', N: 2 ** 20, r: 32, p: 16, salt: 'c2FsdHNhbHRzYWx0c2FsdA==' },
        nonce: 'c2FsdHNhbHRzYWx0',
        data: 'AAAA',
      },
    },
  },
};

let folder: string;
let repository: Repository;
let home: CatalogHome;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-hostile-configuration-'));
  repository = await initRepository(new LocalBackend(folder), 'secret');
  home = await makeCatalogHome();
  await save(sound);
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function save(content: Record<string, unknown>, savedAtMs = Date.parse('2026-01-01T00:00:00Z')): Promise<void> {
  await saveConfiguration(repository, alice, { savedAtMs, console, content });
}

const recover = (given: { replace?: boolean } = {}) => {
  const scope = { catalog: home.open(), caller: alice, home: home.home };
  const request = { repository, console: undefined, replace: false, dryRun: false, credentials: undefined, ...given };
  return recoverConfiguration(scope, request);
};

const storedAs = (content: unknown, savedAtMs: number): StoredConfiguration => {
  const snapshot = savedAtMs.toString(16).padStart(64, '0');
  return { snapshot, savedAtMs, console, hostname: '', read: () => Promise.resolve(content) };
};
const later = Date.parse('2026-01-02T00:00:00Z');

test.each(Object.entries(hostile))(
  'a configuration %s gives way to the one before it, and is named',
  async (_name, content) => {
    const notices: string[] = [];
    const travelled: unknown = JSON.parse(JSON.stringify(content));
    const stored = [storedAs(travelled, later), storedAs(sound, 0)];
    const { document } = await newestReadable(stored, alice.tenant, (text) => notices.push(text));
    expect(document.savedAt).toBe(sound.savedAt);
    expect(notices).toEqual([expect.stringMatching(/^The configuration of 2026-01-02.{1,500}not usable: .+/)]);
  },
);

test('a configuration nested without end is refused as well', async () => {
  const stored = [storedAs({ ...newer, later: deep(1_000_000) }, later), storedAs(sound, 0)];
  const { document } = await newestReadable(stored, alice.tenant, () => undefined);
  expect(document.savedAt).toBe(sound.savedAt);
});

test.each(['hostile', 'overwritten with zeroes', 'cut short', 'deleted'])(
  'a home recovers from the configuration before the newest, which is %s',
  async (damage) => {
    const before = new Set((await repository.backend.list('data')).map(({ name }) => name));
    await save(damage === 'hostile' ? { ...newer, sources: [{ ...source, paths: ['/srv/../etc'] }] } : newer, later);
    for (const { name } of await repository.backend.list('data')) {
      const file = join(folder, 'data', name.slice(0, 2), name);
      if (before.has(name) || damage === 'hostile') continue;
      if (damage === 'deleted') await rm(file);
      else if (damage === 'cut short') await truncate(file, 40);
      else await writeFile(file, Buffer.alloc((await stat(file)).size));
    }
    const { sources, savedAt, notices, saved } = await recover();
    expect({ sources, savedAt, saved }).toEqual({ sources: ['docs'], savedAt: sound.savedAt, saved: true });
    expect(notices).toEqual([expect.stringMatching(/^The configuration of 2026-01-02.{1,500}not usable: .+/)]);
  },
);

test('of a snapshot file that is damaged nobody can say what it was, which is said', async () => {
  const before = new Set((await repository.backend.list('snapshots')).map(({ name }) => name));
  await save(newer, later);
  const added = (await repository.backend.list('snapshots')).find(({ name }) => !before.has(name))?.name ?? '';
  await writeFile(join(folder, 'snapshots', added), 'damaged');
  const { savedAt, notices } = await recover();
  expect(savedAt).toBe(sound.savedAt);
  expect(notices).toEqual([expect.stringContaining('a newer configuration may be among them')]);
});

test('where every configuration is hostile, the home stays as it was', async () => {
  const place = await mkdtemp(join(tmpdir(), 'holdfast-hostile-configuration-'));
  try {
    await recover();
    const theirs = await initRepository(new LocalBackend(place), 'secret');
    await saveConfiguration(theirs, alice, { savedAtMs: Date.now(), console, content: { sources: [] } });
    repository = theirs;
    await expect(recover({ replace: true })).rejects.toMatchObject({ code: 'CONFIGURATION_UNREADABLE' });
    const sources = await home.open().read('registeredSources.list', alice, null);
    expect(sources).toMatchObject([{ name: 'docs', approved: false }]);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

test('parts that only a later version knows are kept, and saved again', async () => {
  await save({ ...newer, plans: [{ name: 'fire' }] }, Date.parse('2026-01-02T00:00:00Z'));
  await recover();
  await rm(home.file);
  await rm(join(home.home, 'configuration.json'));
  const { notices, saved } = await recover({ replace: true });
  expect({ notices, saved }).toEqual({ notices: [], saved: true });
  const state = await home.open().read('configuration.state', alice, null);
  expect(state).toMatchObject({ others: '{"plans":[{"name":"fire"}]}' });
});
