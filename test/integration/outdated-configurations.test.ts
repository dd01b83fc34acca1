import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldSnapshots } from '../../electron/engine/configuration/held.ts';
import { outdatedConfigurations } from '../../electron/engine/configuration/outdated.ts';
import { changeConfiguration, type ConfigurationScope } from '../../electron/engine/configuration/save.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { saveConfiguration, withConfigurations } from '../../electron/engine/repository/configuration.ts';
import { initRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { forgetSnapshots } from '../../electron/engine/repository/upkeep/forget.ts';
import { alice, bob, makeCatalogHome, type CatalogHome } from '../support/catalog-home.ts';

let folder: string;
let repository: Repository;
const homes: CatalogHome[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-outdated-'));
  repository = await initRepository(new LocalBackend(folder), 'secret');
});
afterEach(async () => {
  for (const home of homes.splice(0)) await home[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function newHome(caller = alice): Promise<ConfigurationScope> {
  const home = await makeCatalogHome();
  homes.push(home);
  return { catalog: home.open(), home: home.home, caller };
}

/** Each writes a configuration snapshot. */
async function holdTimes(scope: ConfigurationScope, times: number): Promise<void> {
  for (let at = 0; at < times; at++) {
    await changeConfiguration(
      scope,
      () => Promise.resolve(repository),
      () =>
        scope.catalog.write('holds.hold', scope.caller, {
          snapshot: at.toString(16).padStart(64, '0'),
          reason: `hold ${at}`,
          atMs: 1,
        }),
    );
  }
}

type Stored = { readonly snapshot: string; readonly console: string | null; readonly savedAtMs: number };

/** Newest first. */
const storedOf = (tenant: string): Promise<readonly Stored[]> =>
  withConfigurations(repository, tenant, (stored) =>
    Promise.resolve(stored.map(({ snapshot, console, savedAtMs }) => ({ snapshot, console, savedAtMs }))),
  );

async function forget(): Promise<readonly string[]> {
  const { removed } = await forgetSnapshots({
    repository,
    caller: alice,
    snapshots: [],
    source: undefined,
    rules: { last: 1 },
    allowLast: false,
    held: new Map(),
    lockOf: () => null,
    clearedSuspects: new Set(),
    outdatedConfigurations: await outdatedConfigurations(repository, alice, Date.now()),
    dryRun: false,
    now: Date.now,
    signal: new AbortController().signal,
    onPlan: () => undefined,
    onRemoved: () => expect.fail('no snapshot of a source was removed'),
    onNotice: () => undefined,
  });
  return removed;
}

test('of each console the newest ten stay, and other tenants are left alone', async () => {
  const [desk, server, theirs] = [await newHome(), await newHome(), await newHome(bob)];
  await holdTimes(desk, 13);
  await holdTimes(server, 4);
  await holdTimes(theirs, 12);
  const before = await storedOf(alice.tenant);
  const theirsBefore = await storedOf(bob.tenant);
  const deskId = before.at(-1)?.console;
  const expected = before.filter(
    ({ console }, at) => console !== deskId || before.slice(0, at).filter((one) => one.console === deskId).length < 10,
  );
  expect(before.length - expected.length).toBe(3);
  expect(await forget()).toEqual([]);
  expect(await storedOf(alice.tenant)).toEqual(expected);
  expect(await storedOf(bob.tenant)).toEqual(theirsBefore);
  expect(await forget()).toEqual([]);
  expect(await storedOf(alice.tenant)).toEqual(expected);
  // What is held is still known to a console that has only the repository.
  expect((await heldSnapshots(await newHome(), repository, () => undefined)).size).toBe(13);
});

test('the newest that can be used stays, however many that cannot came after it', async () => {
  const desk = await newHome();
  await holdTimes(desk, 2);
  const [newest, oldest] = await storedOf(alice.tenant);
  const console = newest?.console ?? '';
  for (let at = 1; at <= 11; at++) {
    const savedAtMs = (newest?.savedAtMs ?? 0) + at;
    await saveConfiguration(repository, alice, { console, savedAtMs, content: { damaged: at } });
  }
  expect(await outdatedConfigurations(repository, alice, Date.now())).toEqual(
    (await storedOf(alice.tenant))
      .slice(10)
      .map(({ snapshot }) => snapshot)
      .filter((id) => id !== newest?.snapshot),
  );
  await forget();
  const left = (await storedOf(alice.tenant)).map(({ snapshot }) => snapshot);
  expect(left).toHaveLength(11);
  expect(left).toContain(newest?.snapshot);
  expect(left).not.toContain(oldest?.snapshot);
});

test('all stay where none can be used, and where the newest comes from the future', async () => {
  for (let at = 1; at <= 12; at++)
    await saveConfiguration(repository, alice, { console: 'a'.repeat(32), savedAtMs: at * 1000, content: {} });
  expect(await outdatedConfigurations(repository, alice, Date.now())).toEqual([]);
  await holdTimes(await newHome(), 12);
  expect(await outdatedConfigurations(repository, alice, Date.now())).toHaveLength(2);
  expect(await outdatedConfigurations(repository, alice, Date.now() - 24 * 60 * 60 * 1000)).toEqual([]);
});
