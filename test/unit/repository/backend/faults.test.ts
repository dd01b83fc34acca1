import { expect, test } from 'vitest';
import { configHandle } from '../../../../electron/engine/repository/backend/backend.ts';
import { withFaults, type BackendCall } from '../../../../electron/engine/repository/backend/faults.ts';
import { randomName } from '../../../support/backend-contract.ts';
import { makeLocalPlace } from '../../../support/local-place.ts';

const handle = { type: 'data', name: randomName() } as const;

test('every operation is shown before it is done', async () => {
  await using place = await makeLocalPlace();
  const calls: BackendCall[] = [];
  const backend = withFaults(place.backend, { before: (call) => void calls.push(call) });
  await backend.create();
  await backend.save(configHandle, Buffer.from('config'));
  await backend.save(handle, Buffer.from('content'));
  await backend.load(handle, { offset: 0, length: 1 });
  await backend.list('data');
  await backend.remove(handle);
  expect(calls).toEqual([
    { operation: 'save', handle: configHandle },
    { operation: 'save', handle },
    { operation: 'load', handle },
    { operation: 'list', type: 'data' },
    { operation: 'remove', handle },
  ]);
});

test('what the plan throws is what the operation throws, and nothing is done', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  await place.backend.save(handle, Buffer.from('content'));
  const fault = new Error('planned');
  const backend = withFaults(place.backend, {
    before: async () => {
      await Promise.resolve();
      throw fault;
    },
  });
  await expect(backend.save(configHandle, Buffer.from('config'))).rejects.toBe(fault);
  await expect(backend.load(handle)).rejects.toBe(fault);
  await expect(backend.list('data')).rejects.toBe(fault);
  await expect(backend.remove(handle)).rejects.toBe(fault);
  expect(await place.backend.list('config')).toEqual([]);
  expect(await place.backend.list('data')).toEqual([{ name: handle.name, size: 7 }]);
});

test('loaded bytes can be exchanged', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  await place.backend.save(handle, Buffer.from('content'));
  const backend = withFaults(place.backend, { loaded: (_handle, data) => data.fill('x') });
  expect((await backend.load(handle)).toString()).toBe('xxxxxxx');
  expect((await place.backend.load(handle)).toString()).toBe('content');
});

test('nobody reads around the faults', async () => {
  await using place = await makeLocalPlace();
  expect(withFaults(place.backend, {}).localFolder).toBeNull();
  expect(withFaults(place.backend, {}).location).toBe(place.folder);
});
