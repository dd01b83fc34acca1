import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recoverConfiguration } from '../../electron/engine/configuration/recover.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { saveConfiguration } from '../../electron/engine/repository/configuration.ts';
import { initRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { alice, makeCatalogHome, type CatalogHome } from '../support/catalog-home.ts';
import { consoleId, later, newer, sound, source } from '../support/configuration-documents.ts';

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
  await saveConfiguration(repository, alice, { savedAtMs, console: consoleId, content });
}

const recover = (given: { replace?: boolean } = {}) => {
  const scope = { catalog: home.open(), caller: alice, home: home.home };
  const request = { repository, console: undefined, replace: false, dryRun: false, credentials: undefined, ...given };
  return recoverConfiguration(scope, request);
};

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
    await saveConfiguration(theirs, alice, { savedAtMs: Date.now(), console: consoleId, content: { sources: [] } });
    repository = theirs;
    await expect(recover({ replace: true })).rejects.toMatchObject({ code: 'CONFIGURATION_UNREADABLE' });
    const sources = await home.open().read('registeredSources.list', alice, null);
    expect(sources).toMatchObject([{ name: 'docs', approved: false }]);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

test('parts that only a later version knows are kept, and saved again', async () => {
  await save({ ...newer, inventions: [{ name: 'fire' }] }, Date.parse('2026-01-02T00:00:00Z'));
  await recover();
  await rm(home.file);
  await rm(join(home.home, 'configuration.json'));
  const { notices, saved } = await recover({ replace: true });
  expect({ notices, saved }).toEqual({ notices: [], saved: true });
  const state = await home.open().read('configuration.state', alice, null);
  expect(state).toMatchObject({ others: '{"inventions":[{"name":"fire"}]}' });
});
