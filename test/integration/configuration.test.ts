import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { checkRepository } from '../../electron/engine/repository/check.ts';
import { loadConfiguration, saveConfiguration } from '../../electron/engine/repository/configuration.ts';
import { initRepository, openRepository } from '../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../electron/engine/repository/snapshots.ts';

let folder: string;
const caller = { tenant: 'default', actor: 'test' };
const document = (savedAt: string, sources: readonly string[]) =>
  ({ version: 1, tenant: 'default', savedAt, sources }) as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-configuration-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the newest configuration of a tenant comes back from repository and password alone', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', ['/old']));
  await saveConfiguration(repository, caller, document('2026-01-02T00:00:00.000Z', ['/old', '/new']));
  await saveConfiguration(
    repository,
    { tenant: 'other', actor: 'test' },
    { ...document('2026-01-03T00:00:00.000Z', ['/theirs']), tenant: 'other' },
  );
  const reopened = await openRepository(new LocalBackend(folder), 'secret');
  expect(await loadConfiguration(reopened, 'default')).toMatchObject({ sources: ['/old', '/new'] });
  expect(await loadConfiguration(reopened, 'other')).toMatchObject({ sources: ['/theirs'] });
  expect(await loadConfiguration(reopened, 'nobody')).toBeNull();
});

test('configurations are no snapshots of data, and leave the repository whole', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', []));
  expect((await listSnapshots(repository)).snapshots).toEqual([]);
  const { errors, hints } = await checkRepository({
    repository,
    readDataPercent: 100,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: () => undefined,
  });
  expect({ errors, hints }).toEqual({ errors: [], hints: [] });
  expect(await repository.backend.list('locks')).toEqual([]);
});

test('a damaged configuration gives way to the one before it', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', ['/kept']));
  const before = new Set((await repository.backend.list('data')).map(({ name }) => name));
  await saveConfiguration(repository, caller, document('2026-01-02T00:00:00.000Z', ['/lost']));
  const added = (await repository.backend.list('data')).filter(({ name }) => !before.has(name));
  for (const { name } of added) await repository.backend.remove({ type: 'data', name });
  expect(await loadConfiguration(repository, 'default')).toMatchObject({ sources: ['/kept'] });
});
