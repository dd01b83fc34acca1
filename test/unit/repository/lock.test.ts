import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { processSpace, relationTo } from '../../../electron/engine/platform/process-space.ts';
import { processIdentity } from '../../../electron/engine/platform/identity.ts';
import { withFaults, type BackendCall } from '../../../electron/engine/repository/backend/faults.ts';
import {
  beginLock,
  beginReadLock,
  lockRepository,
  unlockRepository,
} from '../../../electron/engine/repository/lock.ts';
import { Repository } from '../../../electron/engine/repository/repository.ts';
import { parseJson } from '../../../electron/engine/repository/unpacked.ts';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { breaking } from '../../support/torture/breaking-backend.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';

const minuteMs = 60_000;
let place: LocalPlace;
let repository: Repository;

beforeEach(async () => {
  place = await makeLocalPlace();
  repository = await makeRepository(place);
});
afterEach(async () => {
  vi.useRealTimers();
  await place[Symbol.asyncDispose]();
});

const lockNames = async (): Promise<string[]> => (await place.backend.list('locks')).map(({ name }) => name);
const readLock = async (name: string): Promise<unknown> => parseJson(await repository.loadUnpacked('locks', name));
/** A process that has been and is no more. */
const deadPid = (): number => spawnSync('true').pid;

/** Leaves a lock as another program would: of another machine, running, shared and fresh unless said otherwise. */
async function leaveLock(fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const lock = {
    time: new Date().toISOString(),
    exclusive: false,
    hostname: 'elsewhere',
    username: 'someone',
    pid: 4711,
    ...fields,
  };
  return repository.saveUnpacked('locks', Buffer.from(JSON.stringify(lock)));
}
const ours = () => ({ hostname: processIdentity().hostname, username: processIdentity().username });
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** Waits, in real time, for what does not take long. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; !(await condition()); round++) {
    if (round > 500) expect.fail('it did not come to pass');
    await sleep(5);
  }
}

describe('a lock', () => {
  test('of whose writing only the answer was lost does not stay: nobody else would take it for dead', async () => {
    const broken = breaking(place.backend, { after: 0, isDone: true });
    const faulty = new Repository(broken, repository.config, repository.key, 'none');
    await expect(lockRepository(faulty, { exclusive: true })).rejects.toThrow('The cable was pulled.');
    expect(await lockNames(), 'it is there').toHaveLength(1);
    await (await lockRepository(repository, { exclusive: true })).release();
    expect(await lockNames()).toEqual([]);
  });

  test('that could not be removed at its end is removed by the next operation of the same process', async () => {
    let broken = true;
    const before = ({ operation }: BackendCall): void => {
      if (broken && operation === 'remove') throw new HoldfastError('REPOSITORY_UNREACHABLE', 'No answer.');
    };
    const faulty = new Repository(withFaults(place.backend, { before }), repository.config, repository.key, 'none');
    const lock = await lockRepository(faulty, { exclusive: true });
    await expect(lock.release()).rejects.toThrow('No answer.');
    expect(await lockNames()).toHaveLength(1);
    broken = false;
    const next = await lockRepository(repository, { exclusive: true });
    expect(await lockNames(), 'only the new one').toHaveLength(1);
    await next.release();
    expect(await lockNames()).toEqual([]);
  });

  test('says who holds it, and is gone when it is released', async () => {
    const before = Date.now();
    const lock = await lockRepository(repository);
    const names = await lockNames();
    expect(names).toHaveLength(1);
    const { hostname, username, pid } = processIdentity();
    expect(await readLock(names[0] ?? '')).toMatchObject({ exclusive: false, hostname, username, pid });
    const { time } = (await readLock(names[0] ?? '')) as { time: string };
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
    await lock.release();
    expect(await lockNames()).toEqual([]);
    expect(lock.signal.aborted).toBe(false);
  });

  test('that is exclusive says so', async () => {
    const lock = await lockRepository(repository, { exclusive: true });
    const [name = ''] = await lockNames();
    expect(await readLock(name)).toMatchObject({ exclusive: true });
    await lock.release();
  });

  test('may be held by any number of readers and writers', async () => {
    await leaveLock();
    const locks = await Promise.all([1, 2, 3].map(() => lockRepository(repository)));
    expect(await lockNames()).toHaveLength(4);
    for (const lock of locks) await lock.release();
    expect(await lockNames()).toHaveLength(1);
  });

  test('released twice does no harm', async () => {
    const lock = await lockRepository(repository);
    await lock.release();
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });
});

describe('a lock for reading', () => {
  const refusing = (code: ErrorCode): Repository => {
    const backend = withFaults(place.backend, {
      before: (call) => {
        if (call.operation === 'save') throw new HoldfastError(code, 'As it was planned.');
      },
    });
    return new Repository(backend, repository.config, repository.key, '');
  };

  test('is one like any other where it can be written', async () => {
    const lock = await beginReadLock(repository, () => expect.fail('there is nothing to say'));
    await lock.confirmed;
    expect(await lockNames()).toHaveLength(1);
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test.each<ErrorCode>(['READ_ONLY', 'NO_PERMISSION'])(
    'is done without, and that is said, where it is %s',
    async (code) => {
      const notices: string[] = [];
      const lock = await beginReadLock(refusing(code), (text) => notices.push(text));
      await lock.confirmed;
      await lock.release();
      expect(lock.signal.aborted).toBe(false);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatch(/not locked/);
    },
  );

  test('is not done without for any other reason', async () => {
    await expect(beginReadLock(refusing('NO_SPACE'), () => {})).rejects.toMatchObject({ code: 'NO_SPACE' });
    await leaveLock({ exclusive: true });
    await expect(beginReadLock(refusing('READ_ONLY'), () => {})).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
  });
});

describe('refused', () => {
  test.each([
    ['a shared lock beside an exclusive one', true, false],
    ['an exclusive lock beside a shared one', false, true],
    ['an exclusive lock beside an exclusive one', true, true],
  ])('%s, and no lock is left', async (_what, theirs, mine) => {
    const other = await leaveLock({ exclusive: theirs });
    await expect(lockRepository(repository, { exclusive: mine })).rejects.toMatchObject({
      code: 'REPOSITORY_LOCKED',
      message: expect.stringContaining('someone@elsewhere (process 4711)') as string,
    });
    expect(await lockNames()).toEqual([other]);
  });

  test('one at least of two that lock exclusively at the same moment', async () => {
    const outcomes = await Promise.allSettled([1, 2].map(() => lockRepository(repository, { exclusive: true })));
    const held = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(held.length).toBeLessThanOrEqual(1);
    expect(await lockNames()).toHaveLength(held.length);
  });

  test('where listings lag behind, a lock beside an exclusive one that shows a moment later', async () => {
    const lagging = { ...withFaults(place.backend, {}), listingDelayMs: () => Promise.resolve(200) };
    const lock = await beginLock(new Repository(lagging, repository.config, repository.key, repository.keyId));
    const other = await leaveLock({ exclusive: true });
    await expect(lock.confirmed).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    await lock.release();
    expect(await lockNames()).toEqual([other]);
  });

  test('an exclusive lock while there is one that cannot be read; a shared one is given', async () => {
    const name = randomBytes(32).toString('hex');
    await place.backend.save({ type: 'locks', name }, Buffer.from('half writt'));
    await expect(lockRepository(repository, { exclusive: true })).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    await (await lockRepository(repository)).release();
    expect(await lockNames(), 'nobody removes what they cannot read').toEqual([name]);
  });

  test.each(['null', '[]', '{"exclusive":true}', '{"time":5}', 'not JSON'])(
    'an exclusive lock beside %s, which is no lock anyone understands',
    async (json) => {
      await repository.saveUnpacked('locks', Buffer.from(json));
      await expect(lockRepository(repository, { exclusive: true })).rejects.toMatchObject({
        code: 'REPOSITORY_LOCKED',
      });
      expect(await lockNames()).toHaveLength(1);
    },
  );

  test('a shared lock beside an exclusive one that has no readable time', async () => {
    await leaveLock({ exclusive: true, time: undefined });
    await expect(lockRepository(repository)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
  });
});

describe('locks that were left behind', () => {
  test('by our own dead processes are removed before the next lock', async () => {
    await leaveLock({ ...ours(), pid: deadPid(), exclusive: true, holdfast_space: processSpace() });
    const lock = await lockRepository(repository, { exclusive: true });
    expect(await lockNames()).toHaveLength(1);
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test.each([
    ['of another container', () => processSpace().replace(/\[\d+\]/, '[1]')],
    ['of who knows where', () => ''],
  ])('%s stay until they are stale: their processes cannot be seen from here', async (_what, space) => {
    const lock = { ...ours(), pid: deadPid(), exclusive: true, holdfast_space: space() };
    const name = await leaveLock({ ...lock, time: ago(29 * minuteMs) });
    await expect(lockRepository(repository)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    expect(await lockNames()).toEqual([name]);
    await place.backend.remove({ type: 'locks', name });
    await leaveLock({ ...lock, time: ago(31 * minuteMs) });
    await (await lockRepository(repository)).release();
    expect(await lockNames()).toEqual([]);
  });

  test.each([
    ['of another machine', () => ({ pid: deadPid() })],
    ['of another machine, days old', () => ({ pid: deadPid(), time: ago(72 * 60 * minuteMs) })],
    ['of another account of this machine', () => ({ ...ours(), username: 'someone', pid: deadPid() })],
    ['of a process of ours that lives', () => ({ ...ours(), pid: process.pid, time: ago(72 * 60 * minuteMs) })],
    ['of a process that is not ours to ask about', () => ({ ...ours(), pid: 1 })],
  ])('%s stay, and still exclude', async (_what, fields) => {
    const name = await leaveLock({ ...fields(), exclusive: true });
    await expect(lockRepository(repository)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    expect(await lockNames()).toEqual([name]);
  });
});

test('`unlock` leaves a lock of another container of the same name, unless all are to go', async () => {
  const elsewhere = processSpace().replace(/\[\d+\]/, '[1]');
  const name = await leaveLock({ ...ours(), pid: deadPid(), holdfast_space: elsewhere });
  expect(await unlockRepository(repository, false)).toBe(0);
  expect(await lockNames()).toEqual([name]);
  expect(await unlockRepository(repository, true)).toBe(1);
});

test.skipIf(!processSpace().endsWith(' pid:[4026531836]'))(
  'a lock of before this machine was started is dead, and one from after it is of a copy of this machine',
  async () => {
    const earlier = processSpace().replace(/ \S+ /, ' an-earlier-start ');
    const lock = { ...ours(), pid: deadPid(), exclusive: true, holdfast_space: earlier };
    const name = await leaveLock(lock);
    await expect(lockRepository(repository)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    await place.backend.remove({ type: 'locks', name });
    await leaveLock({ ...lock, time: ago((uptime() + 60) * 1000) });
    await (await lockRepository(repository)).release();
    expect(await lockNames()).toEqual([]);
  },
);

test('a process is over for sure only where its machine was started anew since', () => {
  const [first, other] = ['pid:[4026531836]', 'pid:[4026532000]'];
  expect(relationTo(`m 1 ${first}`, `m 1 ${first}`)).toBe('same');
  expect(relationTo(`m 1 ${first}`, `m 2 ${first}`)).toBe('over');
  for (const noted of [`m 1 ${other}`, `m 2 ${other}`, `n 1 ${first}`, `- 1 ${first}`, ''])
    expect(relationTo(noted, `m 2 ${first}`), noted).toBe('unknown');
  expect(relationTo(`- 1 ${first}`, `- 2 ${first}`)).toBe('unknown');
  expect(relationTo('', '')).toBe('unknown');
});

describe('unlocking', () => {
  const leaveAllKinds = async () => ({
    fresh: await leaveLock(),
    stale: await leaveLock({ time: ago(31 * minuteMs) }),
    nearlyStale: await leaveLock({ time: ago(29 * minuteMs) }),
    dead: await leaveLock({ ...ours(), pid: deadPid() }),
    alive: await leaveLock({ ...ours(), pid: process.pid }),
    unreadable: await repository.saveUnpacked('locks', Buffer.from('{}')),
  });

  test('removes stale locks and those of dead processes here, and counts them', async () => {
    const { fresh, nearlyStale, alive, unreadable } = await leaveAllKinds();
    expect(await unlockRepository(repository, false)).toBe(2);
    expect((await lockNames()).sort()).toEqual([fresh, nearlyStale, alive, unreadable].sort());
  });

  test('removes all when asked to', async () => {
    await leaveAllKinds();
    expect(await unlockRepository(repository, true)).toBe(6);
    expect(await lockNames()).toEqual([]);
    expect(await unlockRepository(repository, true)).toBe(0);
  });
});

describe('while it is held', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }));

  test('a lock is replaced every five minutes by one with a newer time, and only the new one is left', async () => {
    const lock = await lockRepository(repository);
    let [name = ''] = await lockNames();
    for (let round = 0; round < 3; round++) {
      await vi.advanceTimersByTimeAsync(4.5 * minuteMs);
      expect(await lockNames(), 'not yet').toEqual([name]);
      await vi.advanceTimersByTimeAsync(0.75 * minuteMs);
      await until(async () => !(await lockNames()).includes(name));
      const [next = '', ...more] = await lockNames();
      expect(more).toEqual([]);
      const { time } = (await readLock(next)) as { time: string };
      expect(Date.now() - Date.parse(time)).toBeLessThan(minuteMs);
      name = next;
    }
    await lock.release();
    expect(await lockNames()).toEqual([]);
    expect(lock.signal.aborted).toBe(false);
  });

  test('there is never a moment without a lock while it is replaced', async () => {
    const seen: string[] = [];
    const watched = new Repository(
      withFaults(place.backend, {
        before: (call) => {
          if ('handle' in call && call.handle.type === 'locks' && call.operation !== 'load') seen.push(call.operation);
        },
      }),
      repository.config,
      repository.key,
      '',
    );
    const lock = await lockRepository(watched);
    await vi.advanceTimersByTimeAsync(5.25 * minuteMs);
    await until(() => seen.length === 3);
    expect(seen).toEqual(['save', 'save', 'remove']);
    await lock.release();
  });

  test('a lock that somebody has removed is lost, at the latest when it would be replaced', async () => {
    const lock = await lockRepository(repository);
    await lock.mustBeHeld();
    await unlockRepository(repository, true);
    await vi.advanceTimersByTimeAsync(5.25 * minuteMs);
    await until(() => lock.signal.aborted);
    expect(lock.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
    expect(await lockNames(), 'and not replaced').toEqual([]);
    await expect(lock.mustBeHeld()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await lock.release();
  });

  test('a lock that somebody has removed is missed by whoever looks', async () => {
    const lock = await lockRepository(repository);
    await unlockRepository(repository, true);
    await expect(lock.mustBeHeld()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await lock.release();
  });

  test('a lock not refreshed for 22 minutes is lost, and still removed on release', async () => {
    let broken = false;
    const lock = await lockRepository(brokenRepository((call) => broken && call.operation === 'save'));
    broken = true;
    await vi.advanceTimersByTimeAsync(21.75 * minuteMs);
    expect(lock.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(0.75 * minuteMs);
    expect(lock.signal.aborted).toBe(true);
    expect(lock.signal.reason).toMatchObject({ name: 'HoldfastError', code: 'LOCK_LOST' });
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test('a machine that slept for longer has lost its lock at once when it wakes', async () => {
    const lock = await lockRepository(repository);
    vi.setSystemTime(Date.now() + 23 * minuteMs);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(lock.signal.aborted).toBe(true);
    expect(await lockNames(), 'nothing is refreshed any more').toHaveLength(1);
    await lock.release();
  });

  test('a machine that slept for a while refreshes its lock when it wakes', async () => {
    const lock = await lockRepository(repository);
    const [name = ''] = await lockNames();
    vi.setSystemTime(Date.now() + 20 * minuteMs);
    await vi.advanceTimersByTimeAsync(15_000);
    await until(async () => !(await lockNames()).includes(name));
    expect(lock.signal.aborted).toBe(false);
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test('a clock that was put back does not keep a lock from being refreshed', async () => {
    const lock = await lockRepository(repository);
    const [name = ''] = await lockNames();
    vi.setSystemTime(Date.now() - 24 * 60 * minuteMs);
    await vi.advanceTimersByTimeAsync(15_000);
    await until(async () => !(await lockNames()).includes(name));
    expect(lock.signal.aborted).toBe(false);
    await lock.release();
  });

  test('a fault that passes costs nothing: the next tick refreshes', async () => {
    let broken = false;
    const lock = await lockRepository(brokenRepository((call) => broken && call.operation === 'save'));
    const [name = ''] = await lockNames();
    broken = true;
    await vi.advanceTimersByTimeAsync(12 * minuteMs);
    expect(await lockNames()).toEqual([name]);
    broken = false;
    // A try that was under way when the fault passed lets its tick go by: the one after it counts.
    await until(async () => {
      await vi.advanceTimersByTimeAsync(15_000);
      return !(await lockNames()).includes(name);
    });
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test('a lock that could not be removed when it was replaced is removed later', async () => {
    let broken = false;
    let failures = 0;
    const failing = brokenRepository((call) => {
      if (!broken || call.operation !== 'remove') return false;
      failures += 1;
      return true;
    });
    const lock = await lockRepository(failing);
    broken = true;
    await vi.advanceTimersByTimeAsync(5.25 * minuteMs);
    await until(() => failures > 0);
    broken = false;
    await vi.advanceTimersByTimeAsync(6 * minuteMs);
    await sleep(50);
    await lock.release();
    expect(await lockNames()).toEqual([]);
  });

  test('nothing is written any more after a release', async () => {
    const lock = await lockRepository(repository);
    await lock.release();
    await vi.advanceTimersByTimeAsync(60 * minuteMs);
    await sleep(50);
    expect(await lockNames()).toEqual([]);
    expect(lock.signal.aborted).toBe(false);
  });

  function brokenRepository(isBroken: (call: BackendCall) => boolean): Repository {
    const backend = withFaults(place.backend, {
      before: (call) => {
        if (isBroken(call)) throw new HoldfastError('IO_ERROR', 'The disk is gone for the moment.');
      },
    });
    return new Repository(backend, repository.config, repository.key, '');
  }
});
