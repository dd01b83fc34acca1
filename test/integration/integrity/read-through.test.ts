/** What is damaged is read from another connected repository while it is restored; and the commands find it and rebuild it. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Issue } from '../../../shared/contract/common.ts';
import { repairResultSchema, scrubResultSchema } from '../../../shared/contract/integrity.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { Donors } from '../../../electron/engine/repository/repair/donors.ts';
import { restore } from '../../../electron/engine/recovery/restore.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { connect, toTheEnd } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeLocalPlace, type LocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeWorkspace } from '../../support/workspace.ts';
import {
  damageFile,
  fileOn,
  filesOf,
  makeRepairScene,
  scenePassword,
  type RepairScene,
} from '../../support/repair-scene.ts';

let place: LocalPlace;
let scene: RepairScene;
const middle = { below: (end: number) => Math.floor(end / 2) };

beforeEach(async () => {
  place = await makeLocalPlace();
  scene = await makeRepairScene(place.root);
});
afterEach(() => place[Symbol.asyncDispose]());

function damageAll(kind: 'flipped bit' | 'deletion'): void {
  for (const file of filesOf(scene.location, 'data').slice(0, 20)) damageFile(join(scene.location, file), kind, middle);
}

type Restored = { readonly notices: readonly string[]; readonly issues: readonly Issue[] };

async function restoreLatest(repository: Repository, verify: boolean): Promise<Restored> {
  const notices: string[] = [];
  const result = await restore({
    repository,
    home: join(place.root, 'home'),
    selections: ['latest'],
    source: undefined,
    target: join(place.root, 'target'),
    overwrite: 'never',
    dryRun: false,
    verify,
    ignoreFreeSpace: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: (text) => notices.push(text),
    say: () => Promise.resolve(),
  });
  return { notices, issues: result.issues };
}

test.each([
  ['flipped bit', true],
  ['deletion', true],
  ['flipped bit', false],
] as const)('a restore goes on with what a replica has (%s, verified: %s)', async (kind, verify) => {
  mkdirSync(join(place.root, 'home'));
  const donors = new Donors(await scene.replicas(['replica-1']), () => undefined);
  const repository = await openRepository(new LocalBackend(scene.location), scenePassword);
  repository.rescue = (type, id) => donors.load(type, id);
  damageAll(kind);
  const { notices, issues } = await restoreLatest(repository, verify);
  expect(issues).toEqual([]);
  await donors.close();
  expect(notices.join('\n')).toMatch(/pieces could not be read in the repository and came from replica-1 instead/);
  for (let folder = 0; folder < 4; folder++)
    for (let file = 0; file < 5; file++) {
      const restored = readFileSync(join(place.root, 'target', `folder-${folder}`, `file-${file}`));
      expect(restored.equals(fileOn(5, folder, file))).toBe(true);
    }
});

test('what comes from elsewhere counts only where it has the id it was asked by', async () => {
  mkdirSync(join(place.root, 'home'));
  const repository = await openRepository(new LocalBackend(scene.location), scenePassword);
  repository.rescue = () => Promise.resolve({ plain: Buffer.from('something else'), from: 'a liar' });
  damageAll('deletion');
  const { issues, notices } = await restoreLatest(repository, true);
  expect(issues.length).toBeGreaterThan(0);
  expect(notices.join()).not.toContain('came from');
});

test('the commands find damage, rehearse, and rebuild from the source and from a repository that is named', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await workspace.folder('source');
  for (let file = 0; file < 6; file++) writeFileSync(join(folder, `file-${file}`), noise(300_000, `${file}`));
  workspace.init();
  expectDone(await workspace.here(['protect', folder]));
  expect(expectDone(await workspace.here(['scrub', '--all'])).stdout).toContain('100 % of');
  const packs = filesOf(workspace.repository, 'data').map((file) => join(workspace.repository, file));
  for (const pack of packs) if (readFileSync(pack).length > 100_000) damageFile(pack, 'flipped bit', middle);
  const scrubbed = await workspace.here(['scrub', '--all', '--json']);
  expect(scrubbed.code).toBe(1);
  expect(scrubbed.json(scrubResultSchema).damaged.length).toBeGreaterThan(0);
  const rehearsed = await workspace.here(['repair', '--dry-run', '--json']);
  expect(rehearsed.json(repairResultSchema).fetched.map(({ from }) => from)).toContain('the source itself');
  // The source is gone, and so is what nobody else has.
  rmSync(folder, { recursive: true });
  const lost = await workspace.here(['repair', '--dry-run', '--json']);
  expect(lost.code).toBe(3);
  expect(lost.json(repairResultSchema).losses.count).toBeGreaterThan(0);
  mkdirSync(folder);
  for (let file = 0; file < 6; file++) writeFileSync(join(folder, `file-${file}`), noise(300_000, `${file}`));
  expectDone(await workspace.here(['repair']));
  expectDone(await workspace.here(['check', '--read-data']));
  // Without config and keys, from the copies in the home.
  for (const kind of ['config', 'keys'] as const)
    for (const file of filesOf(workspace.repository, kind)) rmSync(join(workspace.repository, file));
  expect((await workspace.here(['repair'])).stdout).toContain('2 files rebuilt');
  expectDone(await workspace.here(['check', '--read-data']));
});

test('a site that cannot be asked is named, since what is called lost may be there', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await workspace.folder('source');
  writeFileSync(join(folder, 'file'), noise(300_000, 'file'));
  workspace.init();
  const berlin = workspace.path('berlin');
  createRepository(berlin, { password: 'of the site', scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  await using connected = await connect(workspace);
  const { client } = connected;
  const repository = { location: workspace.repository, password: workspace.password };
  await toTheEnd(await client.protection.protect({ repository, paths: [folder] }));
  await client.sites.add({ repository, name: 'berlin', location: berlin, password: { value: 'of the site' } });
  await toTheEnd(await client.sync.run({ repository, to: 'berlin' }));
  for (const file of filesOf(workspace.repository, 'data')) rmSync(join(workspace.repository, file));
  writeFileSync(join(workspace.repository, 'data', 'left'), '');
  rmSync(folder, { recursive: true });
  const rehearse = async (): Promise<string> => {
    const said: string[] = [];
    for await (const event of await client.integrity.repair({ repository, dryRun: true }))
      if (event.type === 'notice') said.push(event.text);
    return said.join('\n');
  };
  expect(await rehearse()).toBe('');
  renameSync(berlin, `${berlin}.away`);
  const said = await rehearse();
  expect(said).toContain('berlin holds copies and cannot be asked: ');
  expect(said).toContain('berlin may have it');
});
