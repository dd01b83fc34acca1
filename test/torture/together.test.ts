/** Two engines and a restic on one repository at the same time, one of them pruning; and clocks that jump. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { forgetResultSchema } from '../../shared/contract/upkeep.ts';
import { expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { describeFailure, type Finished } from '../support/processes.ts';
import { tortureTest } from '../support/torture/rounds.ts';
import { expectGoodSnapshot, expectSound, makeVictim } from '../support/torture/victim.ts';

/** Whoever finds the repository locked says so and has changed nothing. */
function expectDoneOrLocked({ code, stdout, stderr, ...rest }: Finished): boolean {
  const finished = { code, stdout, stderr, ...rest };
  if (code !== 0) expect(stdout + stderr, describeFailure(finished)).toMatch(/lock/i);
  return code === 0;
}

describePeer('restic', 'together', () => {
  tortureTest('two engines store and prune, and a restic stores', makeVictim, async (victim, round) => {
    victim.reset();
    const [ours, theirs] = [await victim.folder('ours'), await victim.folder('theirs')];
    for (const folder of [ours, theirs])
      writeFileSync(join(folder, `${round.number}`), noise(900_000, round.seed + folder));
    const home = { HOLDFAST_HOME: victim.path('home', 'second') };
    const [protectedToo, pruned, backedUp] = await Promise.all([
      victim.holdfast(['protect', ours, '--json']),
      victim.holdfast(['prune', '--max-unused', '0', '--json'], { env: home }),
      victim.restic(['backup', theirs]),
    ]);
    expectDoneOrLocked(pruned);
    expectDoneOrLocked(backedUp);
    if (expectDoneOrLocked(protectedToo)) {
      const { snapshot } = protectedToo.json(protectResultSchema);
      expectDone(await victim.here(['restore', snapshot, '--to', victim.path(`ours-${round.number}`)]));
    }
    await expectSound(victim);
  });

  tortureTest('a clock that jumps ahead, and back', makeVictim, async (victim, round) => {
    victim.reset();
    const jump = (days: number) => ({ env: { HOLDFAST_TEST_CLOCK_DAYS: String(days) } });
    const days = (2 + round.below(900)) * (round.number % 2 === 0 ? 1 : -1);
    victim.changeSource(round);
    const protect = ['protect', victim.source, '--source', 'victim', '--json'];
    const { takenAt } = expectDone(await victim.holdfast(protect, jump(days))).json(protectResultSchema);
    expect(Math.abs(Date.parse(takenAt) - Date.now()), 'the clock did jump').toBeGreaterThan(24 * 3_600_000);
    const forget = ['forget', '--keep-last', '1', '--json'];
    const result = await victim.here(forget);
    if (days > 0) expect(result.error().code).toBe('CLOCK_WRONG');
    // Taken in the past, it is the older of the two.
    else expect(expectDone(result).json(forgetResultSchema).removed).toHaveLength(1);
    expectDone(await victim.holdfast(['prune', '--max-unused', '0'], jump(-days)));
    await expectGoodSnapshot(victim);
  });
});
