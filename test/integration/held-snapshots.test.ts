import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldSnapshots } from '../../electron/engine/configuration/held.ts';
import { recoverConfiguration } from '../../electron/engine/configuration/recover.ts';
import {
  changeConfiguration,
  rebuildConfiguration,
  type ConfigurationScope,
} from '../../electron/engine/configuration/save.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { initRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { loadSnapshots } from '../../electron/engine/repository/snapshots.ts';
import { alice, bob, makeCatalogHome, type CatalogHome } from '../support/catalog-home.ts';

let folder: string;
let repository: Repository;
const homes: CatalogHome[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-held-'));
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

const open = () => Promise.resolve(repository);
const hold = (scope: ConfigurationScope, digit: string) =>
  changeConfiguration(scope, open, () =>
    scope.catalog.write('holds.hold', scope.caller, { snapshot: digit.repeat(64), reason: `for ${digit}`, atMs: 1 }),
  );
const held = async (scope: ConfigurationScope): Promise<string[]> =>
  [...(await heldSnapshots(scope, repository, () => undefined)).keys()].map((id) => id.slice(0, 1)).toSorted();

test('holds of every console that uses the repository count, of one tenant only', async () => {
  const [desk, server, theirs, fresh] = [await newHome(), await newHome(), await newHome(bob), await newHome()];
  await hold(desk, 'a');
  await hold(server, 'b');
  await hold(theirs, 'c');
  expect(await held(desk)).toEqual(['a', 'b']);
  expect(await held(fresh)).toEqual(['a', 'b']);
  expect(await held(theirs)).toEqual(['c']);
});

test('a home that was recovered may release what the lost one had held', async () => {
  const lost = await newHome();
  await hold(lost, 'a');
  const desk = await newHome();
  const request = { repository, console: undefined, replace: false, dryRun: false, credentials: undefined };
  await recoverConfiguration(desk, request);
  const bystander = await newHome();
  expect(await held(bystander)).toEqual(['a']);
  await changeConfiguration(desk, open, () => desk.catalog.write('holds.release', alice, { beginning: 'aa' }));
  expect(await held(desk)).toEqual([]);
  expect(await held(bystander)).toEqual([]);
});

test('holds of another console that cannot be read stop whoever would forget', async () => {
  const [desk, server] = [await newHome(), await newHome()];
  await hold(server, 'b');
  for (const { file } of (await loadSnapshots(repository)).snapshots) expect(file.tags.join()).toContain('console=');
  for (const { name } of await repository.backend.list('data')) await repository.backend.remove({ type: 'data', name });
  await expect(held(desk)).rejects.toMatchObject({ code: 'CONFIGURATION_UNREADABLE' });
});

test('a clock that was set back does not make an older configuration the newest', async () => {
  const desk = await newHome();
  await hold(desk, 'a');
  await desk.catalog.write('configuration.saved', alice, {
    repository: repository.config.id,
    revision: 1,
    snapshot: 'f'.repeat(64),
    savedAtMs: Date.now() + 3_600_000,
  });
  await hold(desk, 'b');
  const times = (await loadSnapshots(repository)).snapshots.map(({ takenAtMs }) => takenAtMs - Date.now());
  expect(times.at(-1)).toBeGreaterThan(3_000_000);
});

test('when the catalog is rebuilt, the newest configuration of this home wins over an older catalog', async () => {
  const desk = await newHome();
  await hold(desk, 'a');
  await desk.catalog.close();
  const old = await readFile(join(desk.home, 'catalog.db'));
  const then: ConfigurationScope = { ...desk, catalog: homes[0]?.open() ?? desk.catalog };
  await hold(then, 'b');
  await then.catalog.close();
  await writeFile(join(desk.home, 'catalog.db'), old);
  const now: ConfigurationScope = { ...desk, catalog: homes[0]?.open() ?? desk.catalog };
  expect(await held(now)).toEqual(['a']);
  const notices: string[] = [];
  await rebuildConfiguration(now, repository, (text) => notices.push(text));
  expect(await held(now)).toEqual(['a', 'b']);
  expect(notices).toEqual([expect.stringContaining('did not have the newest configuration')]);
});
