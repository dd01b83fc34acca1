/** A copy that is stopped, by whatever, goes on where it was: nothing that has arrived travels again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackendCall } from '../../../electron/engine/repository/backend/faults.ts';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { lockRepository } from '../../../electron/engine/repository/lock.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import {
  copyPair,
  countingCalls,
  expectSound,
  makePair,
  takeScene,
  type Pair,
  type Wrap,
} from '../../support/copies.ts';
import { noise } from '../../support/odd-tree.ts';
import { storedBlobs } from '../../support/stored-twice.ts';
import { openKnown, prune, storedNames } from '../../support/upkeep-repository.ts';

const mib = 1024 * 1024;

let source: Pair;

/** So much that it takes several packs; made once, as nobody writes there. */
beforeAll(async () => {
  source = await makePair();
  const files = Array.from({ length: 80 }, (_, at) => [`file ${at}`, noise(mib, `large ${at}`)] as const);
  takeScene(source.from, 1, Object.fromEntries(files));
});
afterAll(() => source[Symbol.asyncDispose]());

async function largePair(): Promise<Pair> {
  return { ...(await makePair()), from: source.from };
}

type Cut = {
  /** Packs that arrive before. */ readonly afterPacks: number;
  /** What happens when that one is on its way. */ readonly happens: () => void;
};

/** From some pack on, nothing that changes anything comes through. */
function cutOff({ afterPacks, happens }: Cut, stillWorks: (call: BackendCall) => boolean = () => false): Wrap {
  let packs = 0;
  return (backend) =>
    withFaults(backend, {
      before: (call) => {
        if (call.operation === 'save' && call.handle.type === 'data') packs += 1;
        if (packs <= afterPacks || stillWorks(call)) return;
        happens();
      },
    });
}

const unreachable = (): never => {
  throw new HoldfastError('REPOSITORY_UNREACHABLE', 'The line was cut.');
};

/** The next call finishes it, and nothing lies there twice or is left over. */
async function expectFinished(pair: Pair, arrived: number): Promise<void> {
  const before = new Set(storedNames(pair.to.location, 'data'));
  expect(before.size).toBeGreaterThanOrEqual(arrived);
  const { outcomes, figures } = await copyPair(pair, { memory: pair.memory });
  expect(outcomes.map(({ state }) => state)).toEqual(['copied']);
  const { packs, repeated } = await storedBlobs(pair.to.location);
  expect(repeated).toEqual([]);
  expect(figures.sentPacks).toBe(packs.size - before.size);
  await expectSound(pair);
  const pruned = await prune(pair.to.location, { dryRun: true });
  expect(pruned.plan).toMatchObject({ leftovers: { packs: 0 }, dead: { packs: 0 }, duplicates: { blobs: 0 } });
}

describe('a copy that', () => {
  test('is cancelled lists what has arrived', async () => {
    await using pair = await largePair();
    const controller = new AbortController();
    const wrapTo = cutOff({ afterPacks: 2, happens: () => controller.abort() }, (call) => call.operation !== 'save');
    const failure = copyPair(pair, { wrapTo, signal: controller.signal, memory: pair.memory });
    await expect(failure).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(storedNames(pair.to.location, 'index')).toHaveLength(1);
    expect(storedNames(pair.to.location, 'snapshots')).toEqual([]);
    expect(storedNames(pair.to.location, 'locks')).toEqual([]);
    await expectFinished(pair, 2);
  });

  test('is cancelled while it is slowed down lists what has arrived, and lets no more through', async () => {
    await using pair = await largePair();
    const controller = new AbortController();
    let rate: number | null = null;
    const wrapTo: Wrap = (backend) =>
      withFaults(backend, {
        before: (call) => {
          if (call.operation === 'save' && call.handle.type === 'data') rate = 1;
        },
      });
    const copying = copyPair(pair, { wrapTo, signal: controller.signal, throttle: () => rate, memory: pair.memory });
    const failure = copying.catch((error: unknown) => error);
    while (storedNames(pair.to.location, 'data').length === 0) await sleep(20);
    controller.abort();
    expect(await failure).toMatchObject({ code: 'CANCELLED' });
    expect(storedNames(pair.to.location, 'index').length, 'packs and their index').toBe(1);
    await expectFinished(pair, 1);
  });

  test('is cut off, also from writing an index, finds its packs again', async () => {
    await using pair = await largePair();
    await expect(
      copyPair(pair, { wrapTo: cutOff({ afterPacks: 3, happens: unreachable }), memory: pair.memory }),
    ).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(storedNames(pair.to.location, 'index')).toEqual([]);
    expect(storedNames(pair.to.location, 'data').length).toBeGreaterThan(0);
    await expectFinished(pair, 1);
  });

  test('is cut off finds its packs also where nothing is remembered', async () => {
    await using pair = await largePair();
    const wrapTo = cutOff({ afterPacks: 3, happens: unreachable });
    await expect(copyPair(pair, { wrapTo })).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    await expectFinished(pair, 1);
  });

  test('ended well does not look for packs the next time', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, { file: 'one' });
    await copyPair(pair, { memory: pair.memory });
    takeScene(pair.from, 2, { file: 'two' });
    const { wrap, calls } = countingCalls();
    await copyPair(pair, { memory: pair.memory, wrapTo: wrap });
    expect(calls.get('save data')).toBe(2);
    expect(calls.get('list data')).toBe(undefined);
  });

  test('is left with packs that are no packs goes on without them', async () => {
    await using pair = await largePair();
    const strange = pair.to.putRaw('data', noise(5000, 'no pack'));
    expect((await copyPair(pair)).outcomes.map(({ state }) => state)).toEqual(['copied']);
    expect(storedNames(pair.to.location, 'data')).toContain(strange);
    await expectSound(pair);
  });

  test('finds the target locked for upkeep writes nothing', async () => {
    await using pair = await largePair();
    const lock = await lockRepository(await openKnown(pair.to.location), { exclusive: true });
    await expect(copyPair(pair)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    await lock.release();
    expect(storedNames(pair.to.location, 'data')).toEqual([]);
    expect(storedNames(pair.from.location, 'locks')).toEqual([]);
  });

  test('has lost its lock stops before the snapshot', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, { file: 'one' });
    const wrapTo: Wrap = (backend) =>
      withFaults(backend, {
        before: async (call) => {
          if (call.operation !== 'save' || call.handle.type !== 'index') return;
          for (const name of storedNames(pair.to.location, 'locks')) await backend.remove({ type: 'locks', name });
        },
      });
    await expect(copyPair(pair, { wrapTo })).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(storedNames(pair.to.location, 'snapshots')).toEqual([]);
  });
});
