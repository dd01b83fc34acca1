import { expect, test } from 'vitest';
import type { Pace } from '../../../../electron/engine/platform/network-throttle.ts';
import { delegate } from '../../../../electron/engine/repository/backend/delegate.ts';
import { withFaults } from '../../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../../electron/engine/repository/backend/retry.ts';
import { withThrottle } from '../../../../electron/engine/repository/backend/throttle.ts';
import { describeBackend } from '../../../support/backend-contract.ts';
import { makeLocalPlace } from '../../../support/local-place.ts';
import { sha256 } from '../../../support/restic-repository.ts';

const free: Pace = { up: () => Promise.resolve(), down: () => Promise.resolve() };

describeBackend('a folder, with a pace that lets all pass', async () => {
  const place = await makeLocalPlace();
  return { ...place, backend: withThrottle(place.backend, free) };
});

test('every byte waits, in small slices: before it is written, and after it was read', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  const passed: [string, number][] = [];
  const pace: Pace = {
    up: async (bytes) => void passed.push(['up', bytes]),
    down: async (bytes) => void passed.push(['down', bytes]),
  };
  const backend = withThrottle(place.backend, pace);
  const data = Buffer.alloc(40_000, 'x');
  const handle = { type: 'data', name: sha256(data) } as const;
  await backend.save(handle, data);
  await backend.load(handle, { offset: 0, length: 20_000 });
  expect(passed).toEqual([
    ['up', 16_384],
    ['up', 16_384],
    ['up', 7232],
    ['down', 16_384],
    ['down', 3616],
  ]);
  expect(backend.localFolder).toBeNull();
});

test('a place that can slow each byte down does so, within whatever is around it', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  const paces: Pace[] = [];
  const calls: string[] = [];
  const slow = {
    ...delegate(place.backend),
    paced: (pace: Pace) => {
      paces.push(pace);
      return place.backend;
    },
  };
  const around = withRetry(withFaults(slow, { before: ({ operation }) => void calls.push(operation) }));
  await withThrottle(around, free).list('data');
  expect(paces).toEqual([free]);
  expect(calls).toEqual(['list']);
});
