/** A disk that fills up at any moment of everything that writes to the repository: a clear code, and nothing lost. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { isRoot } from '../support/bad-input.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describeFailure } from '../support/processes.ts';
import { canMount, mountSmallDisk } from '../support/small-disk.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { expectGoodSnapshot, makeVictimUnder, type Victim } from '../support/torture/victim.ts';

const mountable = isRoot && (await canMount());
const mib = 1024 * 1024;

type Cramped = Victim & { readonly place: string };

async function makeCramped(): Promise<Cramped> {
  const disk = await mountSmallDisk('40m');
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
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
  try {
    return await body();
  } finally {
    rmSync(filler);
  }
}

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
  expectDone(await victim.holdfast(args, { env }));
  await expectGoodSnapshot(victim);
}

describe.skipIf(!mountable)('a full disk (needs root, to mount one)', () => {
  tortureTest('under protect', makeCramped, async (victim, round) => {
    victim.reset();
    victim.changeSource(round);
    await expectClear(victim, round, 5 * mib, ['protect', victim.source, '--source', 'victim', '--force']);
  });

  tortureTest('under prune', makeCramped, async (victim, round) => {
    victim.reset();
    await expectClear(victim, round, 2 * mib, ['prune', '--max-unused', '0']);
  });

  tortureTest('under key add', makeCramped, async (victim, round) => {
    victim.reset();
    await expectClear(victim, round, 8 * 1024, ['key', 'add'], { HOLDFAST_NEW_PASSWORD: 'one more' });
  });

  tortureTest('under init', makeCramped, async (victim, round) => {
    const repository = join(victim.place, 'another');
    // Folders take no room there; two small files do.
    await expectClear(victim, round, 10 * 1024, ['init', repository]);
    rmSync(repository, { recursive: true });
  });
});
