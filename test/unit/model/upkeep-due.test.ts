import { describe, expect, it } from 'vitest';
import { upkeepDue, type UpkeepState } from '../../../shared/model/upkeep-due.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const begun: UpkeepState = { sinceMs: 0, prunedAtMs: null, leftOver: false, removed: 1, failed: null };
const dueAt = (state: Partial<UpkeepState>, days: number, every?: number): boolean =>
  upkeepDue({ ...begun, ...state }, days * dayMs, every).due;

describe('space is given back', () => {
  it('a week after the last time, or after the first sight of the repository', () => {
    expect(dueAt({}, 6.9)).toBe(false);
    expect(dueAt({}, 7)).toBe(true);
    expect(dueAt({ prunedAtMs: 10 * dayMs }, 16)).toBe(false);
    expect(dueAt({ prunedAtMs: 10 * dayMs }, 17)).toBe(true);
    expect(dueAt({ prunedAtMs: 10 * dayMs }, 12, 2)).toBe(true);
  });

  it('more seldom where nothing was removed, and never where nobody wants it', () => {
    expect(dueAt({ removed: 0 }, 27)).toBe(false);
    expect(dueAt({ removed: 0 }, 28)).toBe(true);
    expect(dueAt({}, 1000, 0)).toBe(false);
  });

  it('on the next day where something was left over', () => {
    expect(dueAt({ prunedAtMs: 10 * dayMs, leftOver: true, removed: 0 }, 10.9)).toBe(false);
    expect(dueAt({ prunedAtMs: 10 * dayMs, leftOver: true, removed: 0 }, 11)).toBe(true);
  });

  it('again after a failure, ever later', () => {
    const failed = (count: number) => ({ failed: { count, atMs: 8 * dayMs } });
    expect(dueAt(failed(1), 8 + 0.5 / 24)).toBe(false);
    expect(dueAt(failed(1), 8 + 1 / 24)).toBe(true);
    expect(dueAt(failed(2), 8 + 5 / 24)).toBe(false);
    expect(dueAt(failed(9), 9)).toBe(true);
  });

  it('looks again in time', () => {
    expect(upkeepDue(begun, 6.5 * dayMs).nextMs).toBe(7 * dayMs);
    expect(upkeepDue(begun, dayMs).nextMs).toBe(2 * dayMs);
  });
});
