/** Expiry stopped at every single removal: nothing is gone that must stay, and the next run finishes. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFaults, type BackendCall } from '../../electron/engine/repository/backend/faults.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import type { RetentionTerms } from '../../shared/model/period-retention.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { expire, expiryTerms, makeSnapshots } from '../support/expiring.ts';
import { makeLocalPlace } from '../support/local-place.ts';
import { peerVersion } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';
import { damageIn, storedNames, upkeepPassword } from '../support/upkeep-repository.ts';

/** Writes and removals, but for locks. */
const isChange = (call: BackendCall): boolean =>
  (call.operation === 'save' || call.operation === 'remove') && call.handle.type !== 'locks';

async function resticFindsNothing(location: string): Promise<void> {
  if (peerVersion('restic') === null) return;
  const env = { RESTIC_REPOSITORY: location, RESTIC_PASSWORD: upkeepPassword, HOME: join(location, '..') };
  await mustRun('restic', ['--no-cache', 'check'], { env });
}

/** Days that are over, one of them of a system whose other part is of another source; a held one, and the good one. */
function makeHistory(location: string) {
  const snapshot = makeSnapshots(location);
  const days = ['01', '02', '03', '04', '05', '06'].map((day) => snapshot(`2026-04-${day}`, 'period=daily'));
  const system = [
    snapshot('2026-04-07', 'period=daily', 'system=s1'),
    snapshot('2026-04-07', 'period=daily', 'system=s1', 'source=music'),
  ];
  const held = snapshot('2026-04-08', 'period=daily');
  const good = snapshot('2026-04-09', 'period=daily');
  const partial = snapshot('2026-04-30', 'period=daily', 'status=partial');
  const music = snapshot('2026-04-10', 'period=daily', 'source=music');
  return { over: [...days, ...system], stays: [held, good, partial, music], held };
}

test('expiry stopped at any change has removed nothing that must stay, and the next run finishes', async () => {
  await using place = await makeLocalPlace();
  const original = join(place.root, 'original');
  const { over, stays, held } = makeHistory(original);
  const terms: RetentionTerms = expiryTerms({
    approved: new Set(over),
    held: new Map([[held, { reason: 'an audit', author: 'ann' }]]),
  });
  const given = { terms: () => Promise.resolve(terms), batch: 3 };
  const expireUntil = async (stop: number, isDone: boolean): Promise<{ changes: number; failure: unknown }> => {
    rmSync(place.folder, { recursive: true, force: true });
    cpSync(original, place.folder, { recursive: true });
    let changes = 0;
    const backend = new LocalBackend(place.folder);
    const before = async (call: BackendCall): Promise<void> => {
      if (!isChange(call) || changes++ < stop) return;
      if (isDone && call.operation === 'remove') await backend.remove(call.handle);
      throw new HoldfastError('IO_ERROR', 'The cable was pulled.');
    };
    const repository = await openRepository(withFaults(backend, { before }), upkeepPassword);
    const failure = await expire(place.folder, { ...given, repository }).catch((error: unknown) => error);
    return { changes, failure };
  };
  const { changes } = await expireUntil(Infinity, false);
  expect(changes).toBe(over.length);
  for (let stop = 0; stop < changes; stop++) {
    for (const isDone of [false, true]) {
      const where = `stopped at change ${stop}${isDone ? ', which was done' : ''}`;
      const { failure } = await expireUntil(stop, isDone);
      expect(failure, where).toMatchObject({ code: 'IO_ERROR' });
      const left = storedNames(place.folder, 'snapshots');
      expect(left, where).toEqual(expect.arrayContaining(stays));
      expect(left, where).toHaveLength(stays.length + over.length - stop - (isDone ? 1 : 0));
      expect(storedNames(place.folder, 'locks'), where).toEqual([]);
      expect(await damageIn(place.folder), where).toEqual([]);
      await resticFindsNothing(place.folder);
      await expire(place.folder, given);
      // A part whose system is broken up already is of its own source alone.
      await expire(place.folder, { ...given, of: { source: 'music', hostname: 'desk' } });
      expect(storedNames(place.folder, 'snapshots').toSorted(), `finished after ${stop}`).toEqual(stays.toSorted());
    }
  }
});
