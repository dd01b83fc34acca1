import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { checkRepository } from '../../electron/engine/repository/check.ts';
import { saveConfiguration, withConfigurations } from '../../electron/engine/repository/configuration.ts';
import { initRepository, openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../electron/engine/repository/snapshots.ts';
import type { HoldfastError } from '../../shared/model/errors.ts';

let folder: string;
const caller = { tenant: 'default', actor: 'test' };
const document = (savedAt: string, sources: readonly string[]) => ({
  savedAtMs: Date.parse(savedAt),
  console: '0123456789abcdef',
  content: { sources },
});
const read = (repository: Repository, tenant: string): Promise<unknown[]> =>
  withConfigurations(repository, tenant, (stored) =>
    Promise.all(stored.map((one) => one.read().catch((error: HoldfastError) => error.code))),
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-configuration-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the configurations of a tenant come back, the newest first, from repository and password alone', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', ['/old']));
  await saveConfiguration(repository, caller, document('2026-01-02T00:00:00.000Z', ['/old', '/new']));
  await saveConfiguration(
    repository,
    { tenant: 'other', actor: 'test' },
    document('2026-01-03T00:00:00.000Z', ['/theirs']),
  );
  const reopened = await openRepository(new LocalBackend(folder), 'secret');
  expect(await read(reopened, 'default')).toEqual([{ sources: ['/old', '/new'] }, { sources: ['/old'] }]);
  expect(await read(reopened, 'other')).toEqual([{ sources: ['/theirs'] }]);
  expect(await read(reopened, 'nobody')).toEqual([]);
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

test('a damaged configuration does not hide the one before it', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', ['/kept']));
  const before = new Set((await repository.backend.list('data')).map(({ name }) => name));
  await saveConfiguration(repository, caller, document('2026-01-02T00:00:00.000Z', ['/lost']));
  const added = (await repository.backend.list('data')).filter(({ name }) => !before.has(name));
  for (const { name } of added) await repository.backend.remove({ type: 'data', name });
  expect(await read(repository, 'default')).toEqual(['STORED_FILE_MISSING', { sources: ['/kept'] }]);
});

test('a large configuration is stored in pieces and comes back whole', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  const sources = Array.from({ length: 40_000 }, (_, index) => `/folder/${index}/${'x'.repeat(index % 100)}`);
  await saveConfiguration(repository, caller, document('2026-01-01T00:00:00.000Z', sources));
  expect(await read(repository, 'default')).toEqual([{ sources }]);
});

test('a configuration too large to be read again is not stored', async () => {
  const repository = await initRepository(new LocalBackend(folder), 'secret');
  const huge = document('2026-01-01T00:00:00.000Z', ['x'.repeat(17 * 1024 * 1024)]);
  await expect(saveConfiguration(repository, caller, huge)).rejects.toMatchObject({ code: 'BAD_USAGE' });
  expect(await repository.backend.list('data')).toEqual([]);
});
