import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../../electron/engine/repository/backend/backend.ts';
import { withFaults, type BackendCall } from '../../../../electron/engine/repository/backend/faults.ts';
import { withRetry, type RetryPolicy } from '../../../../electron/engine/repository/backend/retry.ts';
import { PlaceUnreachable, retryAfterMs } from '../../../../electron/engine/repository/backend/failure.ts';
import { errorCatalog, HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { randomName } from '../../../support/backend-contract.ts';
import { makeLocalPlace, type LocalPlace } from '../../../support/local-place.ts';

const handle = { type: 'data', name: randomName() } as const;
const mayPass: readonly ErrorCode[] = ['IO_ERROR', 'REPOSITORY_UNREACHABLE', 'AWS_UNREACHABLE', 'AWS_LIMITED'];
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
  return { calls, waits, backend: withRetry(faulty, { attempts: 4, firstDelayMs: 100, wait, random: () => 1 }) };
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
  await withRetry(faulty, { attempts: 2, firstDelayMs: 30, random: () => 1 }).list('data');
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

describe('over a network', () => {
  /** Fails as `failures` say, one after the other, with a clock that waits move on. */
  function failing(place: LocalPlace, failures: readonly Error[], policy: Partial<RetryPolicy> = {}) {
    const waits: number[] = [];
    let calls = 0;
    let now = 0;
    const faulty = withFaults(place.backend, {
      before: () => {
        const failure = failures[calls++];
        if (failure !== undefined) throw failure;
      },
    });
    const backend = withRetry(faulty, {
      attempts: 100,
      firstDelayMs: 1000,
      random: () => 1,
      nowMs: () => now,
      wait: async (delayMs) => {
        waits.push(delayMs);
        now += delayMs;
      },
      ...policy,
    });
    return { backend, waits, calls: () => calls };
  }
  const many = (count: number, retryAfter: number | null = null): Error[] =>
    Array.from({ length: count }, () => new PlaceUnreachable('Not now.', { retryAfterMs: retryAfter }));

  test('waits grow up to the longest one, and are never less than half of that', async () => {
    await using place = await makeLocalPlace();
    const longest = { longestDelayMs: 3000 };
    const { backend, waits } = failing(place, many(5), longest);
    await backend.list('data');
    expect(waits).toEqual([1000, 2000, 3000, 3000, 3000]);
    const shortest = failing(place, many(5), { ...longest, random: () => 0 });
    await shortest.backend.list('data');
    expect(shortest.waits).toEqual([500, 1000, 1500, 1500, 1500]);
  });

  test('a place that says when it will answer is left alone until then', async () => {
    await using place = await makeLocalPlace();
    const { backend, waits } = failing(place, many(2, 7000));
    await backend.list('data');
    expect(waits).toEqual([7000, 7000]);
  });

  test('it is given up when the next wait would end too late', async () => {
    await using place = await makeLocalPlace();
    const { backend, waits, calls } = failing(place, many(50), { totalMs: 10_000, unansweredMs: 10_000 });
    await expect(backend.list('data')).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(calls()).toBe(4);
  });

  test('a place that has never answered is given up sooner than one that has', async () => {
    await using place = await makeLocalPlace();
    const policy = { totalMs: 100_000, unansweredMs: 1500 };
    const never = failing(place, many(50), policy);
    await expect(never.backend.list('data')).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(never.waits).toEqual([1000]);
    const once = failing(place, [new HoldfastError('STORED_FILE_MISSING', 'It is not there.'), ...many(4)], policy);
    await expect(once.backend.list('data')).rejects.toMatchObject({ code: 'STORED_FILE_MISSING' });
    await once.backend.list('data');
    expect(once.waits).toEqual([1000, 2000, 4000, 8000]);
  });

  const config = { type: 'config', name: 'config' } as const;
  const lostAnswers = (place: LocalPlace, first: Buffer | null) => {
    let calls = 0;
    const faulty = withFaults(place.backend, {
      before: async (call) => {
        if (call.operation !== 'save' || calls++ > 0) return;
        if (first !== null) await place.backend.save(config, first);
        throw new PlaceUnreachable('The answer was lost.');
      },
    });
    return withRetry(faulty, { attempts: 3, firstDelayMs: 1 });
  };

  test('a config whose answer was lost is not written again, and not taken for that of someone else', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await lostAnswers(place, Buffer.from('ours')).save(config, Buffer.from('ours'));
    expect((await place.backend.load(config)).toString()).toBe('ours');
  });

  test('a config that never arrived is written again', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await lostAnswers(place, null).save(config, Buffer.from('ours'));
    expect((await place.backend.load(config)).toString()).toBe('ours');
  });

  test('a config that somebody else has written meanwhile is theirs', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    const save = lostAnswers(place, Buffer.from('theirs')).save(config, Buffer.from('ours'));
    await expect(save).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
    expect((await place.backend.load(config)).toString()).toBe('theirs');
  });

  test.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 8000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', null],
    ['soon', null],
    ['-3', null],
    [undefined, null],
  ])('Retry-After: %s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, 1000)).toBe(ms);
  });
});
