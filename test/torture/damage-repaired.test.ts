/** Up to a fifth of a repository's files damaged at random, and repaired: with a replica all of it, without one what is left. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import { protectFolders } from '../../electron/engine/protection/protect.ts';
import { makeLocalPlace, type LocalPlace } from '../support/local-place.ts';
import { noise } from '../support/odd-tree.ts';
import { peerVersion } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';
import {
  damageAtRandom,
  expectAllBack,
  filesOf,
  makeRepairScene,
  readAll,
  scenePassword,
  type RepairScene,
} from '../support/repair-scene.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';

type Victim = AsyncDisposable & { readonly place: LocalPlace; readonly scene: RepairScene };

async function makeVictim(): Promise<Victim> {
  const place = await makeLocalPlace();
  const scene = await makeRepairScene(place.root);
  return { place, scene, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

async function expectCleanForRestic({ location }: RepairScene, place: LocalPlace): Promise<void> {
  if (peerVersion('restic') === null) return;
  const env = { RESTIC_REPOSITORY: location, RESTIC_PASSWORD: scenePassword, HOME: place.root };
  const { stdout } = await mustRun('restic', ['--no-cache', 'check', '--read-data'], { env });
  expect(stdout).toContain('no errors were found');
}

tortureTest('with a replica, every snapshot is as it was', makeVictim, async ({ place, scene }, round) => {
  scene.reset();
  const done = damageAtRandom(scene.location, round);
  const repository = await scene.open();
  const load = round.number % 2 === 0 ? protectBeside(scene, place, round) : Promise.resolve(null);
  const outcome = await scene.repair({ repository, replicas: await scene.replicas(['replica-1']) });
  const stored = await load;
  const seen = JSON.stringify({ done, outcome }, null, 1);
  expect(outcome.losses, seen).toEqual({ items: [], count: 0, snapshots: [] });
  expect(outcome.lostFiles, seen).toEqual([]);
  expect(outcome.remaining, seen).toEqual([]);
  expect(outcome.postponed, seen).toBeNull();
  await expectAllBack(scene);
  if (stored !== null) expect(filesOf(scene.location, 'snapshots').join()).toContain(stored);
  await expectCleanForRestic(scene, place);
});

/** What another run stores meanwhile, with some of the same data; null where the damage did not let it. */
async function protectBeside(scene: RepairScene, place: LocalPlace, round: Round): Promise<string | null> {
  const source = join(place.root, 'beside');
  await mustRun('mkdir', ['-p', source]);
  writeFileSync(join(source, 'file'), noise(400_000, round.seed));
  const repository = await scene.open();
  const result = await protectFolders({
    nowMs: Date.now,
    open: () => Promise.resolve(repository),
    caller: { tenant: 'default', actor: 'test' },
    paths: [source],
    source: 'beside',
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: undefined,
    oneFileSystem: false,
    tags: [],
    allowEmpty: false,
    allowUnmounted: false,
    force: false,
    home: join(place.root, 'home'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: () => undefined,
  }).catch(() => null);
  return result?.snapshot ?? null;
}

tortureTest('without any copy, what is lost is named and the rest is there', makeVictim, async ({ scene }, round) => {
  scene.reset();
  const done = damageAtRandom(scene.location, round);
  const outcome = await scene.repair();
  const found = await readAll(await openRepository(new LocalBackend(scene.location), scenePassword));
  const seen = JSON.stringify({ done, outcome }, null, 1);
  // Copies of snapshots are kept; one whose root is lost too cannot be told from one that was removed.
  const removed = outcome.notices.filter((text) => text.includes('is gone'));
  expect(found.size + removed.length, seen).toBe(scene.contents.length);
  const named = new Set(outcome.losses.items.map(({ snapshot, path }) => `${dayOf(scene, snapshot)}:${path}`));
  for (const [day, content] of scene.contents.entries()) {
    const isGone = removed.some((text) => text.includes(scene.snapshots[day]?.slice(0, 8) ?? '?'));
    expect(found.has(day), seen).toBe(!isGone);
    for (const [path, digest] of isGone ? [] : content) {
      const isNamed = [path, `${path.replace(/\/[^/]*$/, '')}/`, '/'].some((one) => named.has(`${day}:${one}`));
      if (isNamed) expect(found.get(day)?.content.get(path), `${day}:${path} ${seen}`).toBeUndefined();
      else expect(found.get(day)?.content.get(path), `${day}:${path} ${seen}`).toBe(digest);
    }
  }
  for (const { nearest, path } of outcome.losses.items) {
    if (nearest === null || path.endsWith('/')) continue;
    expect(found.get(dayOf(scene, nearest.snapshot))?.content.get(path), seen).toBeDefined();
  }
});

function dayOf(scene: RepairScene, snapshot: string): number {
  return scene.snapshots.indexOf(snapshot);
}
