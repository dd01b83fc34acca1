/** What a repair does with each kind of damage, and what it leaves alone. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFaults, type BackendCall } from '../../../electron/engine/repository/backend/faults.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { openRepository, Repository } from '../../../electron/engine/repository/repository.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { makeLocalPlace, type LocalPlace } from '../../support/local-place.ts';
import {
  damageFile,
  expectAllBack,
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

function stored(kind: Parameters<typeof filesOf>[1], number = 0): string {
  return join(scene.location, filesOf(scene.location, kind)[number] ?? '');
}

/** Everything that lies in the repository, by its content. */
function fingerprint(): string {
  const digest = createHash('sha256');
  for (const kind of ['config', 'keys', 'index', 'snapshots', 'data'] as const)
    for (const file of filesOf(scene.location, kind))
      digest.update(file).update(readFileSync(join(scene.location, file)));
  return digest.digest('hex');
}

test('a rehearsal says what would come from where, and writes nothing', async () => {
  damageFile(stored('data', 4), 'deletion', middle);
  damageFile(stored('index', 1), 'flipped bit', middle);
  const before = fingerprint();
  const { fetched, files, losses } = await scene.repair({
    dryRun: true,
    replicas: await scene.replicas(['replica-1']),
  });
  expect(fingerprint()).toBe(before);
  expect(fetched.map(({ from }) => from)).toContain('replica-1');
  expect(files.every(({ whole }) => whole)).toBe(true);
  expect(losses.count).toBe(0);
  expect(existsSync(scene.quarantine)).toBe(false);
});

test('a repository without damage is left as it is', async () => {
  const before = fingerprint();
  const { files, quarantined } = await scene.repair({ replicas: await scene.replicas(['replica-1']) });
  expect({ files, quarantined }).toEqual({ files: [], quarantined: 0 });
  expect(fingerprint()).toBe(before);
});

test('what the first replica has lost too comes from the next', async () => {
  const replicas = await scene.replicas(['replica-1', 'replica-2']);
  for (const file of filesOf(join(place.root, 'replica-1'), 'data'))
    damageFile(join(place.root, 'replica-1', file), 'truncation', middle);
  for (let number = 0; number < 8; number++) damageFile(stored('data', number), 'deletion', middle);
  const { fetched, losses } = await scene.repair({ replicas });
  expect(losses.count).toBe(0);
  expect(fetched.map(({ from }) => from)).toContain('replica-2');
  await expectAllBack(scene);
});

test('damaged files are in quarantine, not gone', async () => {
  const file = stored('data', 4);
  damageFile(file, 'flipped bit', middle);
  const bad = readFileSync(file);
  const { quarantined } = await scene.repair({ replicas: await scene.replicas(['replica-1']) });
  expect(quarantined).toBe(1);
  expect(existsSync(file)).toBe(false);
  const [kept = ''] = readdirSync(scene.quarantine);
  expect(readFileSync(join(scene.quarantine, kept)).equals(bad)).toBe(true);
});

test('config and keys come back from the copies in the home', async () => {
  const [config, key] = [stored('config'), stored('keys')];
  const before = [readFileSync(config), readFileSync(key)];
  damageFile(config, 'zeros', middle);
  damageFile(key, 'truncation', middle);
  await expect(openRepository(new LocalBackend(scene.location), scenePassword)).rejects.toMatchObject({
    code: 'REPOSITORY_DAMAGED',
  });
  await scene.repair();
  expect([readFileSync(config), readFileSync(key)]).toEqual(before);
  await expectAllBack(scene);
});

test('what nobody had in an earlier repair comes from a replica that is there by now, over a slow line too', async () => {
  damageFile(stored('data', 4), 'deletion', middle);
  expect((await scene.repair()).losses.count).toBeGreaterThan(0);
  const { backend, config, key, keyId } = await scene.open();
  const slow = withFaults(backend, {
    before: (call) => {
      const isPack = call.operation === 'save' && call.handle.type === 'data';
      return isPack ? new Promise((resolve) => setTimeout(resolve, 300)) : undefined;
    },
  });
  const { losses, remaining, fetched } = await scene.repair({
    repository: new Repository(slow, config, key, keyId),
    replicas: await scene.replicas(['replica-1']),
  });
  expect(fetched.map(({ from }) => from)).toEqual(['replica-1']);
  expect([losses.count, remaining]).toEqual([0, []]);
  await expectAllBack(scene);
});

test('an empty folder in the place of the repository is not written to', async () => {
  rmSync(scene.location, { recursive: true });
  mkdirSync(scene.location);
  await expect(scene.open()).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
  expect(readdirSync(scene.location)).toEqual([]);
});

test('a password that was taken away does not come back with the copies', async () => {
  rmSync(stored('keys'));
  const other = await openKeyless();
  expect(other).toMatchObject({ code: 'WRONG_PASSWORD' });

  /** Another key is there and intact: the one that is gone was removed. */
  async function openKeyless(): Promise<unknown> {
    const { addKey } = await import('../../../electron/engine/repository/keys.ts');
    const { openWithKept } = await import('../../../electron/engine/repository/repair/mend-head.ts');
    const backend = new LocalBackend(scene.location);
    const repository = await scene.open();
    await addKey(backend, repository.key, 'another password');
    return openWithKept(backend, scenePassword, scene.kept).catch((error: unknown) => error);
  }
});

test('a snapshot that is gone comes back only where something else is damaged, or when asked', async () => {
  rmSync(stored('snapshots', 2));
  expect((await scene.repair({ bringBack: false })).files).toEqual([]);
  expect(filesOf(scene.location, 'snapshots')).toHaveLength(scene.contents.length - 1);
  await scene.repair({ bringBack: true });
  await expectAllBack(scene);
});

test('a snapshot that was removed from here stays removed', async () => {
  const [forgotten = ''] = scene.snapshots;
  rmSync(join(scene.location, 'snapshots', forgotten));
  await scene.kept.forget([forgotten]);
  await scene.repair({ bringBack: true, replicas: await scene.replicas(['replica-1']) });
  expect(existsSync(join(scene.location, 'snapshots', forgotten))).toBe(false);
});

test('a damaged snapshot of which no copy is kept comes from a replica, as a copy of what it was', async () => {
  const [id = ''] = scene.snapshots;
  await scene.kept.forget([id]);
  damageFile(join(scene.location, 'snapshots', id), 'flipped bit', middle);
  const { lostFiles } = await scene.repair({ replicas: await scene.replicas(['replica-1']) });
  expect(lostFiles).toEqual([]);
  await expectAllBack(scene);
});

test('a damaged snapshot nobody has stays where it is, and is named', async () => {
  const [id = ''] = scene.snapshots;
  await scene.kept.forget([id]);
  damageFile(join(scene.location, 'snapshots', id), 'flipped bit', middle);
  const { lostFiles } = await scene.repair();
  expect(lostFiles.map(({ path }) => path)).toEqual([`snapshots/${id}`]);
  expect(existsSync(join(scene.location, 'snapshots', id))).toBe(true);
});

test('data comes from the source where that has not changed', async () => {
  const source = join(place.root, 'source');
  for (let folder = 0; folder < 4; folder++) {
    mkdirSync(join(source, `folder-${folder}`), { recursive: true });
    for (let file = 0; file < 5; file++)
      writeFileSync(join(source, `folder-${folder}`, `file-${file}`), fileOn(0, folder, file));
  }
  for (const file of filesOf(scene.location, 'data').slice(0, 12)) {
    const path = join(scene.location, file);
    // Packs of trees are nowhere else.
    if (readFileSync(path).length > 800) damageFile(path, 'deletion', middle);
  }
  const { fetched, losses } = await scene.repair({ liveFile: (_, path) => join(source, path) });
  expect(fetched.map(({ from }) => from)).toEqual(['the source itself']);
  // What was in the files on other days is in none of them now.
  expect(losses.items.every(({ path }) => /file-[01]$|\/$/.test(path))).toBe(true);
  expect(losses.items.filter(({ path }) => /file-[2-4]$/.test(path))).toEqual([]);
});

test('a repair that is told which packs are damaged reads no others', async () => {
  damageFile(stored('data', 4), 'flipped bit', middle);
  const name = filesOf(scene.location, 'data')[4]?.slice(-64) ?? '';
  const { packsRead } = await scene.repair({
    suspects: { packs: [name], blobs: [] },
    replicas: await scene.replicas(['replica-1']),
  });
  expect(packsRead).toBe(1);
  await expectAllBack(scene);
});

test('a pack that its disk does not give stays where it is, and is listed, while nobody else has what is in it', async () => {
  const name = filesOf(scene.location, 'data')[4]?.slice(-64) ?? '';
  const { backend, config, key, keyId } = await scene.open();
  const before = ({ operation, ...call }: BackendCall): void => {
    if (operation === 'load' && 'handle' in call && call.handle.name === name)
      throw new HoldfastError('IO_ERROR', 'A sector cannot be read.');
  };
  const sick = new Repository(withFaults(backend, { before }), config, key, keyId);
  await scene.repair({ repository: sick });
  await expectAllBack(scene);
  const { losses } = await scene.repair({ repository: sick, replicas: await scene.replicas(['replica-1']) });
  expect(losses.count).toBe(0);
  await expectAllBack(scene);
});

test('where no pack at all is to be found, the place counts as away', async () => {
  const before = filesOf(scene.location, 'index');
  rmSync(join(scene.location, 'data'), { recursive: true });
  const repair = scene.repair({ replicas: await scene.replicas(['replica-1']) });
  await expect(repair).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(filesOf(scene.location, 'index')).toEqual(before);
});
