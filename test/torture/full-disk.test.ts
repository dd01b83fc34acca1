/** A disk that fills up at any moment of everything that writes to the repository: a clear code, and nothing lost. */
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isRoot } from '../support/bad-input.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describeFailure } from '../support/processes.ts';
import { canMount, mountSmallDisk } from '../support/small-disk.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { expectGoodSnapshot, expectUndamaged, makeVictimUnder, type Victim } from '../support/torture/victim.ts';

const mountable = isRoot && (await canMount());
const mib = 1024 * 1024;

type Cramped = Victim & { readonly place: string };

async function makeCramped(): Promise<Cramped> {
  const disk = await mountSmallDisk('20m');
  const victim = await makeVictimUnder({ repositoryUnder: disk.place });
  return {
    ...victim,
    place: disk.place,
    [Symbol.asyncDispose]: async () => {
      await victim[Symbol.asyncDispose]();
      await disk[Symbol.asyncDispose]();
    },
  };
}

/** Leaves so many bytes free for as long as `body` runs. */
async function withFreeBytes<Result>(place: string, freeBytes: number, body: () => Promise<Result>): Promise<Result> {
  const filler = join(place, 'filler');
  const { bavail, bsize } = statfsSync(place);
  const file = openSync(filler, 'w');
  for (let left = bavail * bsize - freeBytes; left > 0;)
    left -= writeSync(file, zeros, 0, Math.min(left, zeros.length));
  closeSync(file);
  try {
    return await body();
  } finally {
    rmSync(filler);
  }
}

const zeros = Buffer.alloc(mib);

/** Fails for want of space or does its work; either way nothing is lost, and with space it does its work. */
async function expectClear(
  victim: Cramped,
  round: Round,
  neededBytes: number,
  args: readonly string[],
  env = {},
): Promise<void> {
  // Half of the rounds within the first few files.
  const free = round.below(round.number % 2 === 0 ? neededBytes : 64 * 1024);
  const result = await withFreeBytes(victim.place, free, () => victim.holdfast([...args, '--json'], { env }));
  if (result.code !== 0) {
    expect(result.code, describeFailure(result)).toBe(1);
    expect(result.error().code, describeFailure(result)).toBe('NO_SPACE');
  }
  await expectGoodSnapshot(victim);
  if (result.code === 0) return;
  expectDone(await victim.here(args, { env }));
  await expectUndamaged(victim);
}

describe.skipIf(!mountable)('a full disk (needs root, to mount one)', () => {
  let cramped: Cramped;
  beforeAll(async () => {
    cramped = await makeCramped();
  });
  afterAll(() => cramped[Symbol.asyncDispose]());
  /** One for all of them: each round puts its repository back. */
  const shared = () => Promise.resolve({ ...cramped, [Symbol.asyncDispose]: () => Promise.resolve() });

  tortureTest('under protect', shared, async (victim, round) => {
    victim.reset();
    victim.changeSource(round);
    await expectClear(victim, round, 5 * mib, ['protect', victim.source, '--source', 'victim', '--force']);
  });

  tortureTest('under prune', shared, async (victim, round) => {
    victim.reset();
    await expectClear(victim, round, 2 * mib, ['prune', '--max-unused', '0']);
  });

  tortureTest('under key add', shared, async (victim, round) => {
    victim.reset();
    await expectClear(victim, round, 8 * 1024, ['key', 'add'], { HOLDFAST_NEW_PASSWORD: 'one more' });
  });

  tortureTest('under init', shared, async (victim, round) => {
    const repository = join(victim.place, 'another');
    // Folders take no room there; two small files do.
    await expectClear(victim, round, 10 * 1024, ['init', repository]);
    rmSync(repository, { recursive: true });
  });
});
