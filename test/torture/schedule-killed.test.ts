/** kill -9 of an engine that runs by itself what is due: nothing is lost or doubled, and something good always stays. */
import { expect } from 'vitest';
import { amount, roundCount, tortureTest } from '../support/torture/rounds.ts';
import { ScheduledOffice, type Moment } from '../support/torture/scheduled-office.ts';

const moments: readonly Moment[] = ['anything', 'anything', 'expiry', 'prune'];
/** With so many rounds each kind of work has been met. */
const manyRounds = 50;

tortureTest(
  'an engine that runs, expires and prunes what is due',
  () => ScheduledOffice.open(),
  async (office, round) => {
    await office.nextDay(round);
    for (let kills = 1 + round.below(amount(2, 3)); kills > 0; kills--) await office.kill(round.pick(moments), round);
    await office.settle();
    await office.expectEachRunOnce();
    await office.expectExpired();
    await office.expectKept();
    await office.expectSound();
    if (round.number + 1 < roundCount() || roundCount() < manyRounds) return;
    expect([...office.interrupted.values()]).toEqual(expect.arrayContaining(['protect', 'expire', 'prune']));
  },
);
