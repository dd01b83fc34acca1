/** A backend that fails, stalls or returns wrong bytes, at random: no run may believe it, and none may do damage. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { withFaults, type FaultPlan } from '../../electron/engine/repository/backend/faults.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { makeLocalPlace, type LocalPlace } from '../support/local-place.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { damageIn, makeKnownRepository, prune } from '../support/upkeep-repository.ts';

const faultOdds = 0.06;

function unreliable({ random, below }: Round): FaultPlan {
  return {
    before: async ({ operation }) => {
      if (random() < 0.1) await sleep(below(30));
      if (random() < faultOdds) throw new HoldfastError('REPOSITORY_UNREACHABLE', `The ${operation} got no answer.`);
    },
    loaded: (_, data) => {
      const at = below(Math.max(1, data.length));
      if (random() < faultOdds && data.length > 0) data[at] = (data[at] ?? 0) ^ (1 << below(8));
      return data;
    },
  };
}

async function prepare(): Promise<LocalPlace> {
  const place = await makeLocalPlace();
  makeKnownRepository(join(place.root, 'original'));
  return place;
}

tortureTest('prune over a backend that fails, stalls and returns wrong bytes', prepare, async (place, round) => {
  rmSync(place.folder, { recursive: true, force: true });
  cpSync(join(place.root, 'original'), place.folder, { recursive: true });
  for (let attempt = 0; attempt < 4; attempt++) {
    const plan = unreliable(round);
    const failure = await prune(place.folder, { wrap: (backend) => withFaults(backend, plan) }).catch(
      (error: unknown) => error,
    );
    if (failure instanceof Error) expect(failure, String(failure)).toBeInstanceOf(HoldfastError);
  }
  expect(await damageIn(place.folder)).toEqual([]);
  const { outcome } = await prune(place.folder);
  expect(outcome.issues).toEqual([]);
  expect(await damageIn(place.folder)).toEqual([]);
  expect((await prune(place.folder, { dryRun: true })).plan.freedBytes).toBe(0);
});
