/** kill -9 at random moments of everything that writes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { foundPathSchema } from '../../shared/contract/catalog.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { faultsOf } from '../support/random-history.ts';
import { tortureTest } from '../support/torture/rounds.ts';
import {
  expectGoodTree,
  expectSound,
  expectUndamaged,
  killSomewhere,
  makeVictim,
  timeOf,
  type Victim,
} from '../support/torture/victim.ts';
import { openKnown, prune } from '../support/upkeep-repository.ts';

/** A victim with the time that a command on it takes. */
async function timed(args: (victim: Victim) => readonly string[]): Promise<Victim & { readonly durationMs: number }> {
  const victim = await makeVictim();
  const durationMs = await timeOf(victim, args(victim));
  victim.reset();
  return { ...victim, durationMs };
}

/** One with a second source, of many files, to be taken into the catalog; and what is found there then. */
async function withManyFiles(): Promise<Victim & { readonly durationMs: number; readonly found: readonly string[] }> {
  const victim = await makeVictim();
  const source = await victim.folder('many');
  for (let snapshot = 0; snapshot < 3; snapshot++) {
    for (let file = snapshot; file < 3000; file += 1 + snapshot * 7) {
      const folder = join(source, `folder-${file % 50}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `file-${file}`), `${snapshot}`);
    }
    rmSync(join(source, `folder-${snapshot}`), { recursive: true });
    expectDone(await victim.here(['protect', source]));
  }
  const durationMs = await timeOf(victim, rebuild);
  return { ...victim, durationMs, found: await allFound(victim) };
}

const rebuild = ['rebuild-catalog', '--fresh'];

async function allFound(victim: Victim): Promise<readonly string[]> {
  const found = expectDone(await victim.here(['find', '*', '--limit', '100000', '--json']));
  const paths = found.json(z.array(foundPathSchema));
  return paths.map(({ source, path, type, current }) => [source, path, type, current].join(' ')).sort();
}

describePeer('restic', 'killed at any moment', () => {
  const protect = ({ source }: Victim): string[] => ['protect', source, '--source', 'victim'];

  tortureTest(
    'protect',
    () => timed((victim) => [...protect(victim), '--force']),
    async (victim, round) => {
      victim.reset();
      victim.changeSource(round);
      await killSomewhere(victim, [...protect(victim), '--force'], round, victim.durationMs);
      await expectSound(victim);
    },
  );

  tortureTest(
    'prune',
    () => timed(() => ['prune', '--max-unused', '0']),
    async (victim, round) => {
      victim.reset();
      await killSomewhere(victim, ['prune', '--max-unused', '0'], round, victim.durationMs);
      await expectSound(victim);
      const { plan } = await prune(victim.repository);
      expect(plan.used.blobs).toBeGreaterThan(0);
      await expectUndamaged(victim);
      expect((await prune(victim.repository, { dryRun: true })).plan.freedBytes).toBe(0);
    },
  );

  tortureTest(
    'key passwd',
    () => timed(() => ['snapshots']),
    async (victim, round) => {
      victim.reset();
      const env = { HOLDFAST_NEW_PASSWORD: 'the next password' };
      // Deriving the new key twice takes most of it.
      await killSomewhere(victim, ['key', 'passwd'], round, victim.durationMs + 600, { env });
      const old = await openKnown(victim.repository).catch(() => null);
      await expectSound(victim, old === null ? env.HOLDFAST_NEW_PASSWORD : victim.password);
    },
  );

  tortureTest(
    'restore',
    () => timed((victim) => ['restore', victim.good.snapshot, '--to', victim.path('timing')]),
    async (victim, round) => {
      const target = victim.path(`target-${round.number}`);
      const restore = ['restore', victim.good.snapshot, '--to', target];
      await killSomewhere(victim, restore, round, victim.durationMs);
      expectDone(await victim.here([...restore, '--overwrite', 'if-changed']));
      expectGoodTree(victim, join(target, victim.source));
      rmSync(target, { recursive: true });
      await expectSound(victim);
    },
  );

  tortureTest('rebuild-catalog', withManyFiles, async (victim, round) => {
    const file = victim.path('home', 'holdfast', 'catalog.db');
    // The first time on a new machine, or where there was a catalog.
    if (round.below(2) === 0) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    await killSomewhere(victim, rebuild, round, victim.durationMs);
    expectDone(await victim.here(['rebuild-catalog']));
    expect(faultsOf(file)).toEqual([]);
    expect(await allFound(victim)).toEqual(victim.found);
    expect(victim.found.length).toBeGreaterThan(3000);
    await expectSound(victim);
  });
});
