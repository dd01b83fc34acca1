import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NetworkThrottle, paceSliceBytes } from '../../../electron/engine/platform/network-throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Passes slice after slice in one direction; counts the bytes. */
function flow(throttle: NetworkThrottle, direction: 'up' | 'down', slice = paceSliceBytes) {
  const state = { bytes: 0, ended: false };
  void (async () => {
    while (!state.ended) {
      await throttle[direction](slice);
      state.bytes += slice;
    }
  })();
  return state;
}

describe.each(['up', 'down'] as const)('%s', (direction) => {
  const rates = (rate: number | null) => ({
    upBytesPerSecond: direction === 'up' ? rate : null,
    downBytesPerSecond: direction === 'down' ? rate : null,
  });

  test.each([50_000, 1_000_000, 20_000_000])('%d bytes a second are kept to within 5 %%', async (rate) => {
    const passing = flow(new NetworkThrottle(rates(rate)), direction);
    await vi.advanceTimersByTimeAsync(10_000);
    passing.ended = true;
    expect(passing.bytes / 10).toBeGreaterThan(rate * 0.95);
    expect(passing.bytes / 10).toBeLessThan(rate * 1.05);
  });

  test('all who share it have the rate together', async () => {
    const throttle = new NetworkThrottle(rates(1_000_000));
    const all = [1, 2, 3, 4].map(() => flow(throttle, direction));
    await vi.advanceTimersByTimeAsync(5_000);
    for (const one of all) one.ended = true;
    const bytes = all.map((one) => one.bytes);
    const sum = bytes.reduce((total, one) => total + one, 0);
    expect(sum / 5).toBeGreaterThan(950_000);
    expect(sum / 5).toBeLessThan(1_050_000);
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThanOrEqual(paceSliceBytes);
  });

  test.each([
    ['faster', 10_000, 1_000_000],
    ['slower', 1_000_000, 100_000],
  ])('a change to %s counts within a second, also for who is waiting', async (_how, before, after) => {
    const throttle = new NetworkThrottle(rates(before));
    const passing = flow(throttle, direction);
    await vi.advanceTimersByTimeAsync(3_100);
    throttle.set(rates(after));
    const atChange = passing.bytes;
    await vi.advanceTimersByTimeAsync(1_000);
    passing.ended = true;
    expect(passing.bytes - atChange).toBeGreaterThan(after * 0.8);
    expect(passing.bytes - atChange).toBeLessThan(after * 1.2);
  });

  test('who waits passes at once when there is no limit any more', async () => {
    const throttle = new NetworkThrottle(rates(1));
    await throttle[direction](1_000_000);
    const waiting = throttle[direction](1);
    throttle.set(rates(null));
    await waiting;
  });

  test('what was not used is not made up for', async () => {
    const throttle = new NetworkThrottle(rates(1_000_000));
    await throttle[direction](1);
    await vi.advanceTimersByTimeAsync(60_000);
    const passing = flow(throttle, direction);
    await vi.advanceTimersByTimeAsync(1_000);
    passing.ended = true;
    expect(passing.bytes).toBeLessThan(1_100_000);
  });
});

test('the two directions do not wait for each other', async () => {
  const throttle = new NetworkThrottle({ upBytesPerSecond: 1 });
  await throttle.up(1_000_000);
  await throttle.down(1_000_000);
  await throttle.down(1_000_000);
});
