/** The rules that never bend (DESIGN §4: 1, 2 and 4), whatever is done in whatever order, and wherever it is cut off. */
import { describePeer } from '../support/peers.ts';
import { AnySequence } from '../support/torture/any-sequence.ts';
import { tortureTest } from '../support/torture/rounds.ts';
import { makeWorkspace } from '../support/workspace.ts';

const steps = 10;

describePeer('restic', 'any sequence', () => {
  tortureTest(
    'of protect, forget, prune, hold and crashes keeps what must be kept',
    () => makeWorkspace({ inMemory: true }),
    async (workspace, round) => {
      const sequence = new AnySequence(workspace, round);
      try {
        await sequence.begin();
        for (let step = 0; step < steps; step++) await sequence.step();
        await sequence.end();
      } catch (cause) {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${words}\nafter: ${sequence.history.join('; ')}`, { cause });
      } finally {
        await sequence.close();
      }
    },
  );
});
