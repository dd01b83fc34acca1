import { describe, expect, test } from 'vitest';
import { AskedPace } from '../../../../electron/engine/repository/copy/pace.ts';

/** Passes so many bytes in pieces, as a backend does; how long it took, in milliseconds. */
async function passing(pace: AskedPace, bytes: number, piece = 16_384): Promise<number> {
  const before = performance.now();
  for (let left = bytes; left > 0; left -= piece) await pace.up(Math.min(left, piece));
  return performance.now() - before;
}

const never = new AbortController().signal;

describe('a pace that is asked for', () => {
  test('lets no more through than it may', async () => {
    const pace = new AskedPace(() => 1_000_000, never);
    const took = await Promise.all([passing(pace, 200_000), passing(pace, 200_000)]);
    // What passes at once in the beginning is of 50 ms.
    expect(Math.max(...took)).toBeGreaterThanOrEqual(340);
  });

  test('lets everything through while there is none', async () => {
    let asked = 0;
    const pace = new AskedPace(() => {
      asked += 1;
      return null;
    }, never);
    await passing(pace, 10 * 16_384);
    expect(asked).toBe(10);
  });

  test('changes while a large piece waits', async () => {
    let rate: number | null = 1;
    const pace = new AskedPace(() => rate, never);
    const waiting = passing(pace, 100_000_000, 100_000_000);
    rate = null;
    await waiting;
  });

  test('of nothing waits until it is another', async () => {
    let asked = 0;
    const pace = new AskedPace(() => (++asked < 3 ? 0 : null), never);
    await pace.up(1000);
    expect(asked).toBe(3);
  });

  test('lets nobody wait who was told to stop, and nobody behind them', async () => {
    const controller = new AbortController();
    const pace = new AskedPace(() => 1, controller.signal);
    const waiting = [pace.up(1000), pace.up(1000)].map((passed) => passed.catch((error: unknown) => error));
    controller.abort(new Error('stop'));
    for (const end of await Promise.all(waiting)) expect(end).toBeInstanceOf(Error);
  });
});
