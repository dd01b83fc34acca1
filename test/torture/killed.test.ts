/** kill -9 at random moments of everything that writes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeTree, diffTrees } from '../support/describe-tree.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { tortureTest } from '../support/torture/rounds.ts';
import {
  expectGoodSnapshot,
  expectSound,
  killSomewhere,
  makeVictim,
  timeOf,
  type Victim,
} from '../support/torture/victim.ts';
import { prune } from '../support/upkeep-repository.ts';

/** A victim with the time that a command on it takes. */
async function timed(args: (victim: Victim) => readonly string[]): Promise<Victim & { readonly durationMs: number }> {
  const victim = await makeVictim();
  const durationMs = await timeOf(victim, args(victim));
  victim.reset();
  return { ...victim, durationMs };
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
      await expectGoodSnapshot(victim);
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
      const old = await victim.holdfast(['snapshots']);
      const opens = old.code === 0 ? victim.password : env.HOLDFAST_NEW_PASSWORD;
      await expectSound(victim, opens);
    },
  );

  tortureTest(
    'restore',
    () => timed((victim) => ['restore', victim.good.snapshot, '--to', victim.path('timing')]),
    async (victim, round) => {
      const target = victim.path(`target-${round.number}`);
      const restore = ['restore', victim.good.snapshot, '--to', target];
      await killSomewhere(victim, restore, round, victim.durationMs);
      expectDone(await victim.holdfast([...restore, '--overwrite', 'if-changed']));
      expect(diffTrees(victim.good.tree, describeTree(join(target, victim.source)), {})).toEqual([]);
      rmSync(target, { recursive: true });
      await expectSound(victim);
    },
  );
});
