import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldSnapshots } from '../../electron/engine/configuration/held.ts';
import { recoverConfiguration } from '../../electron/engine/configuration/recover.ts';
import { changeConfiguration, type ConfigurationScope } from '../../electron/engine/configuration/save.ts';
import { retentionTerms } from '../../electron/engine/protection/retention-terms.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { initRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { releaseWaitMs } from '../../shared/model/hold-cases.ts';
import { alice, makeCatalogHome, type CatalogHome } from '../support/catalog-home.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

let folder: string;
let repository: Repository;
const homes: CatalogHome[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-cases-'));
  repository = await initRepository(new LocalBackend(folder), 'secret');
});
afterEach(async () => {
  for (const home of homes.splice(0)) await home[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function newHome(): Promise<ConfigurationScope> {
  const home = await makeCatalogHome();
  homes.push(home);
  return { catalog: home.open(), home: home.home, caller: alice };
}

const open = () => Promise.resolve(repository);
const atMs = Date.UTC(2026, 10, 1);
const openCase = (scope: ConfigurationScope) =>
  changeConfiguration(scope, open, () =>
    scope.catalog.write('holdCases.open', alice, {
      reference: '2026-117',
      requestedBy: 'counsel',
      reason: 'a suit',
      reviewAtMs: null,
      sources: ['papers'],
      openedAtMs: atMs,
    }),
  );
const hold = (scope: ConfigurationScope) =>
  changeConfiguration(scope, open, () =>
    scope.catalog.write('holds.hold', alice, { snapshot: 'a'.repeat(64), reason: 'first', atMs, case: '2026-117' }),
  );
const held = async (scope: ConfigurationScope, nowMs: number) => [
  ...(await heldSnapshots(scope, repository, () => undefined, nowMs)).keys(),
];

test('a case travels with the configuration, and holds for seven days after it was closed', async () => {
  const desk = await newHome();
  await openCase(desk);
  await hold(desk);
  const bystander = await newHome();
  expect(await held(bystander, atMs)).toHaveLength(1);
  const heir = await newHome();
  const request = { repository, console: undefined, replace: false, dryRun: false, credentials: undefined };
  await recoverConfiguration(heir, request);
  expect(await heir.catalog.read('holdCases.list', alice, null)).toMatchObject([
    { reference: '2026-117', requestedBy: 'counsel', sources: ['papers'], closed: null },
  ]);
  const release = { beginning: 'aa', atMs };
  await expect(heir.catalog.write('holds.release', alice, release)).rejects.toMatchObject({ code: 'HOLD_OF_CASE' });
  await changeConfiguration(heir, open, () =>
    heir.catalog.write('holdCases.close', alice, { reference: '2026-117', reason: 'settled', atMs }),
  );
  expect(await held(heir, atMs + releaseWaitMs - 1)).toHaveLength(1);
  expect(await held(heir, atMs + releaseWaitMs)).toEqual([]);
  const terms = { source: 'papers', repository: repository.config.id };
  expect((await retentionTerms(heir, { ...terms, nowMs: atMs })).held.size).toBe(1);
  expect((await retentionTerms(heir, { ...terms, nowMs: atMs + releaseWaitMs })).held.size).toBe(0);
});

test(
  'snapshots of its sources are held before and after they are taken, by the commands',
  { timeout: 300_000 },
  async () => {
    await using workspace = await makeWorkspace({ inMemory: true });
    workspace.init();
    const papers = await workspace.folder('papers');
    const run = (...args: string[]) => workspace.here(args);
    const json = async <T>(...args: string[]): Promise<T> =>
      JSON.parse(expectDone(await run('--json', ...args)).stdout) as T;
    expectDone(await run('source', 'add', 'folder', '--name', 'papers', '--set', `path=${papers}`));
    expectDone(await run('protect', 'papers'));
    const about = ['--requested-by', 'counsel', '--reason', 'a suit'];
    expectDone(await run('case', 'open', '2026-117', ...about, '--source', 'papers'));
    const twice = await run('case', 'open', '2026-117', ...about);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('There is a case 2026-117 already.')]);
    expectDone(await run('protect', 'papers'));
    const { cases } = await json<{ cases: { snapshotsOfSources: number; state: string }[] }>('case', 'list');
    expect(cases).toMatchObject([{ state: 'open', snapshotsOfSources: 2 }]);
    type Listed = { id: string; hold: { case: string; reason: string } | null }[];
    const listed = await json<Listed>('snapshots');
    expect(listed.map(({ hold: one }) => one?.case)).toEqual(['2026-117', '2026-117']);
    await run('forget', listed[0]?.id ?? '', '--allow-last');
    expect(await json<Listed>('snapshots')).toHaveLength(2);
    expectDone(await run('case', 'close', '2026-117', '--reason', 'settled'));
    expect(await json('case', 'list')).toMatchObject({ cases: [{ state: 'closing', closed: { reason: 'settled' } }] });
    expectDone(await run('case', 'reopen', '2026-117'));
  },
);
