import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../../electron/engine/repository/backend/backend.ts';
import { withFaults, type BackendCall } from '../../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../../electron/engine/repository/backend/retry.ts';
import { errorCatalog, HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { randomName } from '../../../support/backend-contract.ts';
import { makeLocalPlace, type LocalPlace } from '../../../support/local-place.ts';

const handle = { type: 'data', name: randomName() } as const;
const mayPass: readonly ErrorCode[] = ['IO_ERROR', 'REPOSITORY_UNREACHABLE'];
const staysSo = (Object.keys(errorCatalog) as ErrorCode[]).filter((code) => !mayPass.includes(code));

/** A backend that fails the first `failures` times, with retries around it; remembers calls and waits. */
function unsteady(place: LocalPlace, failures: number, code: ErrorCode = 'IO_ERROR') {
  const calls: BackendCall['operation'][] = [];
  const waits: number[] = [];
  const faulty = withFaults(place.backend, {
    before: ({ operation }) => {
      calls.push(operation);
      if (calls.length <= failures) throw new HoldfastError(code, `Fault ${calls.length}.`);
    },
  });
  const wait = async (delayMs: number): Promise<void> => {
    waits.push(delayMs);
  };
  return { calls, waits, backend: withRetry(faulty, { attempts: 4, firstDelayMs: 100, wait }) };
}

const operations: readonly (readonly [string, (backend: Backend) => Promise<unknown>])[] = [
  ['save', (backend) => backend.save(handle, Buffer.from('content'))],
  ['load', (backend) => backend.load(handle)],
  ['list', (backend) => backend.list('data')],
  ['remove', (backend) => backend.remove(handle)],
];

describe.each(operations)('%s', (operation, call) => {
  const stored = async (): Promise<LocalPlace> => {
    const place = await makeLocalPlace();
    await place.putStranger(`data/${handle.name.slice(0, 2)}/${handle.name}`, 'content');
    return place;
  };

  test('that succeeds is done once', async () => {
    await using place = await stored();
    const { backend, calls, waits } = unsteady(place, 0);
    await call(backend);
    expect(calls).toEqual([operation]);
    expect(waits).toEqual([]);
  });

  test.each(mayPass)('that fails for the moment (%s) is tried again, after waits that double', async (code) => {
    await using place = await stored();
    const { backend, calls, waits } = unsteady(place, 3, code);
    await call(backend);
    expect(calls).toEqual(Array.from({ length: 4 }, () => operation));
    expect(waits).toEqual([100, 200, 400]);
  });

  test('that fails every time fails with the last fault, and is not tried forever', async () => {
    await using place = await stored();
    const { backend, calls, waits } = unsteady(place, 100);
    await expect(call(backend)).rejects.toMatchObject({ code: 'IO_ERROR', message: 'Fault 4.' });
    expect(calls).toHaveLength(4);
    expect(waits).toEqual([100, 200, 400]);
  });

  test('that fails for good is not tried again', async () => {
    await using place = await stored();
    for (const code of staysSo) {
      const { backend, calls } = unsteady(place, 1, code);
      await expect(call(backend), code).rejects.toMatchObject({ code });
      expect(calls, code).toHaveLength(1);
    }
  });
});

test.each([
  ['EIO', 2],
  ['ESTALE', 2],
  ['ENOTDIR', 1],
  ['ENAMETOOLONG', 1],
])('an error of the system as the cause decides: %s makes %i tries', async (code, tries) => {
  await using place = await makeLocalPlace();
  let calls = 0;
  const faulty = withFaults(place.backend, {
    before: () => {
      calls += 1;
      const cause = Object.assign(new Error('planned'), { code, syscall: 'open' });
      throw new HoldfastError('IO_ERROR', 'As it was planned.', { cause });
    },
  });
  const backend = withRetry(faulty, { attempts: 2, firstDelayMs: 1 });
  await expect(backend.list('data')).rejects.toMatchObject({ code: 'IO_ERROR' });
  expect(calls).toBe(tries);
});

test('a fault nobody understood is not tried again', async () => {
  await using place = await makeLocalPlace();
  let calls = 0;
  const faulty = withFaults(place.backend, {
    before: () => {
      calls += 1;
      throw new TypeError('a fault of ours');
    },
  });
  await expect(withRetry(faulty).list('data')).rejects.toThrow(TypeError);
  expect(calls).toBe(1);
});

test('waits are real where nothing else was asked for', async () => {
  await using place = await makeLocalPlace();
  let calls = 0;
  const faulty = withFaults(place.backend, {
    before: () => {
      calls += 1;
      if (calls === 1) throw new HoldfastError('IO_ERROR', 'For a moment.');
    },
  });
  const startedAt = performance.now();
  await withRetry(faulty, { attempts: 2, firstDelayMs: 30 }).list('data');
  expect(performance.now() - startedAt).toBeGreaterThan(25);
});

test('the place around which it tries again is still known', async () => {
  await using place = await makeLocalPlace();
  const backend = withRetry(place.backend);
  expect(backend.location).toBe(place.folder);
  expect(backend.localFolder).toBe(place.folder);
});

test('a config that was written before the fault came is not taken for that of someone else', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  let calls = 0;
  const faulty: Backend = {
    ...withFaults(place.backend, {}),
    save: async (target, data) => {
      await place.backend.save(target, data);
      calls += 1;
      if (calls === 1) throw new HoldfastError('IO_ERROR', 'The folder could not be synced.');
    },
  };
  const save = withRetry(faulty, { attempts: 2, firstDelayMs: 1 }).save(
    { type: 'config', name: 'config' },
    Buffer.from('x'),
  );
  await expect(save).rejects.toMatchObject({ code: 'IO_ERROR' });
});
