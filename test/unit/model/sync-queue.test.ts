import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  defaultRetry,
  inSyncOrder,
  longestWaitMs,
  mustYield,
  readyItems,
  syncStates,
  type QueuedItem,
} from '../../../shared/model/sync-queue.ts';

const now = Date.UTC(2026, 5, 1);

const items = fc.uniqueArray(
  fc.record({
    item: fc.stringMatching(/^[0-9a-f]{4}$/),
    priority: fc.integer({ min: 0, max: 9 }),
    state: fc.constantFrom(...syncStates),
    askedAtMs: fc.integer({ min: now - 10_000, max: now }),
    takenAtMs: fc.integer({ min: now - 20_000, max: now }),
    attempts: fc.integer({ min: 0, max: 12 }),
    nextAtMs: fc.option(fc.integer({ min: now - 5_000, max: now + 5_000 }), { nil: null }),
  }),
  { selector: (one) => one.item, maxLength: 20 },
);

function item(name: string, changes: Partial<QueuedItem> = {}): QueuedItem {
  const was = { priority: 5, state: 'queued' as const, askedAtMs: now, takenAtMs: now, attempts: 0, nextAtMs: null };
  return { item: name, ...was, ...changes };
}

describe('the queue of sync', () => {
  it('lets the lower priority go first, and of equals the older one, however they came', () => {
    fc.assert(
      fc.property(items, fc.infiniteStream(fc.nat()), (all, shuffle) => {
        const others = all
          .map((one) => ({ one, at: Number(shuffle.next().value) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        const ordered = inSyncOrder(all);
        expect(inSyncOrder(others)).toEqual(ordered);
        for (const [index, later] of ordered.slice(1).entries()) {
          const earlier = ordered[index] as QueuedItem;
          expect(earlier.priority).toBeLessThanOrEqual(later.priority);
          if (earlier.priority === later.priority) expect(earlier.askedAtMs).toBeLessThanOrEqual(later.askedAtMs);
        }
      }),
    );
  });

  it('sends what is queued, and what has waited for its next try; nothing else', () => {
    fc.assert(
      fc.property(items, (all) => {
        const ready = new Set(readyItems(all, now).map((one) => one.item));
        for (const { item: id, state, nextAtMs } of all)
          expect(ready.has(id)).toBe(state === 'queued' || (state === 'retrying' && (nextAtMs ?? 0) <= now));
      }),
    );
  });

  it('does not wait for days where a clock was set back', () => {
    const waiting = item('a', { state: 'retrying', nextAtMs: now + longestWaitMs });
    expect(readyItems([waiting], now)).toEqual([]);
    expect(readyItems([waiting], now - 24 * 3_600_000)).toEqual([waiting]);
  });

  it('waits longer after each failure, and gives up after as many as were allowed', () => {
    const waits: number[] = [];
    let attempts = 0;
    for (;;) {
      const next = afterFailure(
        { attempts },
        { retries: 4, intervalMs: 60_000, multiplier: 3 },
        { nowMs: now, ofThePlace: false },
      );
      attempts = next.attempts;
      if (next.state === 'failed') break;
      waits.push((next.nextAtMs ?? 0) - now);
    }
    expect(waits).toEqual([60_000, 180_000, 540_000, 1_620_000]);
    expect(attempts).toBe(5);
  });

  it('never gives up on an item because its site did not answer', () => {
    const next = afterFailure({ attempts: 10_000 }, defaultRetry, { nowMs: now, ofThePlace: true });
    expect(next).toEqual({ state: 'retrying', attempts: 10_001, nextAtMs: now + longestWaitMs });
  });

  it('makes room for what goes first by now, and for nothing else', () => {
    const sending = [item('a', { state: 'running' }), item('b', { state: 'running', priority: 7 })];
    const names = ['a', 'b'];
    expect(mustYield(sending, names, now)).toBe(false);
    expect(mustYield([...sending, item('c', { priority: 7 })], names, now)).toBe(false);
    expect(mustYield([...sending, item('c', { priority: 6 })], names, now)).toBe(true);
    expect(mustYield([...sending, item('c', { priority: 0, state: 'paused' })], names, now)).toBe(false);
  });

  it('stops what was paused or taken out while it was being sent', () => {
    expect(mustYield([item('a', { state: 'paused' })], ['a'], now)).toBe(true);
    expect(mustYield([], ['a'], now)).toBe(true);
  });
});
