/** Repair stopped at every single write and removal: nothing that could be read before is lost, and the next repair ends it. */
import { expect, test } from 'vitest';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { withFaults, type BackendCall } from '../../electron/engine/repository/backend/faults.ts';
import { openRepository, Repository } from '../../electron/engine/repository/repository.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { makeLocalPlace } from '../support/local-place.ts';
import {
  damageFile,
  expectAllBack,
  filesOf,
  makeRepairScene,
  readAll,
  scenePassword,
  type RepairScene,
} from '../support/repair-scene.ts';
import { roundCount } from '../support/torture/rounds.ts';

const isChange = (call: BackendCall): boolean =>
  (call.operation === 'save' || call.operation === 'remove') && call.handle.type !== 'locks';

/** The same damage each time: some of every kind. */
function damage({ location }: RepairScene): void {
  const nothing = { below: (end: number) => Math.floor(end / 2) };
  const path = (kind: 'data' | 'index' | 'snapshots', number: number): string =>
    `${location}/${filesOf(location, kind)[number] ?? ''}`;
  const chosen = [path('data', 3), path('data', 8), path('data', 21), path('index', 1), path('snapshots', 2)];
  chosen.forEach((file, at) => damageFile(file, at % 2 === 0 ? 'flipped bit' : 'truncation', nothing));
}

async function readable({ location }: RepairScene): Promise<ReadonlySet<string>> {
  const found = await readAll(await openRepository(new LocalBackend(location), scenePassword));
  return new Set(
    [...found].flatMap(([day, { content }]) => [...content].map(([path, hash]) => `${day}${path}${hash}`)),
  );
}

test(`repair stopped at any change loses nothing, and the next one ends it (rounds: ${roundCount()})`, async () => {
  await using place = await makeLocalPlace();
  const scene = await makeRepairScene(place.root);
  const replicas = await scene.replicas(['replica-1']);
  const repairUntil = async (stop: number): Promise<{ readonly changes: number; readonly failure: unknown }> => {
    scene.reset();
    damage(scene);
    let changes = 0;
    const before = (call: BackendCall): void => {
      if (isChange(call) && changes++ >= stop) throw new HoldfastError('NO_SPACE', 'The disk is full.');
    };
    const { backend, config, key, keyId } = await scene.open();
    const repository = new Repository(withFaults(backend, { before }), config, key, keyId);
    const failure = await scene.repair({ repository, replicas }).catch((error: unknown) => error);
    return { changes, failure };
  };
  scene.reset();
  damage(scene);
  const atFirst = await readable(scene);
  const { changes } = await repairUntil(Infinity);
  expect(changes).toBeGreaterThan(10);
  await expectAllBack(scene);
  const step = Math.max(1, Math.ceil(changes / (2 * roundCount())));
  for (let stop = 0; stop < changes; stop += step) {
    const { failure, changes: made } = await repairUntil(stop);
    // How many packs are filled depends on which thread takes what.
    if (made <= stop) continue;
    expect(failure, `stopped at change ${stop}`).toMatchObject({ code: 'NO_SPACE' });
    expect([...atFirst.difference(await readable(scene))], `stopped at change ${stop}`).toEqual([]);
    const { losses, remaining } = await scene.repair({ replicas });
    expect({ losses, remaining }, `after ${stop}`).toEqual({
      losses: { items: [], count: 0, snapshots: [] },
      remaining: [],
    });
    await expectAllBack(scene);
  }
});
