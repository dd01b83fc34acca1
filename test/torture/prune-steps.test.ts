/** Prune stopped at every single write and removal: no step may leave damage behind. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFaults, type BackendCall } from '../../electron/engine/repository/backend/faults.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { makeLocalPlace } from '../support/local-place.ts';
import { peerVersion } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';
import { roundCount } from '../support/torture/rounds.ts';
import {
  damageIn,
  goneFor,
  makeKnownRepository,
  prune,
  storedNames,
  upkeepPassword,
} from '../support/upkeep-repository.ts';

/** Writes and removals, in the order prune asks for them. */
const isChange = (call: BackendCall): boolean =>
  (call.operation === 'save' || call.operation === 'remove') && call.handle.type !== 'locks';

async function resticFindsNothing(location: string): Promise<void> {
  if (peerVersion('restic') === null) return;
  const env = { RESTIC_REPOSITORY: location, RESTIC_PASSWORD: upkeepPassword, HOME: join(location, '..') };
  await mustRun('restic', ['--no-cache', 'check'], { env });
}

test(`prune stopped at any change leaves no damage, and the next run finishes (rounds: ${roundCount()})`, async () => {
  await using place = await makeLocalPlace();
  const original = join(place.root, 'original');
  const known = makeKnownRepository(original);
  const pruneAt = async (stop: number): Promise<{ readonly changes: number; readonly failure: unknown }> => {
    rmSync(place.folder, { recursive: true, force: true });
    cpSync(original, place.folder, { recursive: true });
    let changes = 0;
    const before = (call: BackendCall): void => {
      if (isChange(call) && changes++ >= stop) throw new HoldfastError('IO_ERROR', 'The cable was pulled.');
    };
    const wrap: Parameters<typeof prune>[1] = { wrap: (backend) => withFaults(backend, { before }) };
    const failure = await prune(place.folder, wrap).catch((error: unknown) => error);
    return { changes, failure };
  };
  const { changes } = await pruneAt(Infinity);
  expect(changes).toBeGreaterThan(10);
  const step = Math.max(1, Math.ceil(changes / roundCount()));
  for (let stop = 0; stop < changes; stop += step) {
    const { failure } = await pruneAt(stop);
    expect(failure, `stopped at change ${stop}`).toMatchObject({ code: 'IO_ERROR' });
    expect(await damageIn(place.folder), `stopped at change ${stop}`).toEqual([]);
    await resticFindsNothing(place.folder);
    await prune(place.folder);
    expect(await damageIn(place.folder), `finished after ${stop}`).toEqual([]);
    const left = storedNames(place.folder, 'data');
    expect(goneFor(known, left)).toEqual(['dead', 'partly', 'copies', 'leftover', 'deadTrees']);
    expect(left).toHaveLength(3);
  }
});
