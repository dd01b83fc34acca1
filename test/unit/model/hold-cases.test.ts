import { describe, expect, it } from 'vitest';
import {
  caseOfSource,
  conditionsOfCases,
  holdsInForce,
  isHolding,
  releaseWaitMs,
  type HoldCase,
} from '../../../shared/model/hold-cases.ts';

const opened = (change: Partial<HoldCase>): HoldCase => ({
  reference: '2026-117',
  requestedBy: 'counsel',
  reason: 'a suit',
  reviewAtMs: null,
  sources: ['papers'],
  author: 'ada',
  openedAtMs: 1000,
  closed: null,
  ...change,
});
const closed = { by: 'ada', reason: 'settled', atMs: 5000, endsAtMs: 5000 + releaseWaitMs };

describe('a case', () => {
  it('holds while it is open, and for seven days after it was closed', () => {
    expect(isHolding(opened({}), 9e12)).toBe(true);
    expect(isHolding(opened({ closed }), closed.endsAtMs - 1)).toBe(true);
    expect(isHolding(opened({ closed }), closed.endsAtMs)).toBe(false);
  });

  it('holds its sources, the oldest case first, and nobody else', () => {
    const later = opened({ reference: 'b', openedAtMs: 2000 });
    expect(caseOfSource([later, opened({})], 'papers', 0)?.reference).toBe('2026-117');
    expect(caseOfSource([later, opened({})], 'photos', 0)).toBeNull();
    expect(caseOfSource([opened({ closed })], 'papers', closed.endsAtMs)).toBeNull();
  });

  it('lets go of single snapshots with its sources, and of no others', () => {
    const holds = [{ case: '2026-117' }, { case: null }, { case: 'unknown' }];
    expect(holdsInForce(holds, [opened({ closed })], closed.endsAtMs - 1)).toEqual(holds);
    expect(holdsInForce(holds, [opened({ closed })], closed.endsAtMs)).toEqual(holds.slice(1));
  });

  it('asks for its review once it is due, and not when it is closed', () => {
    const at = { nowMs: 10_000, zone: 'UTC' };
    expect(conditionsOfCases([opened({ reviewAtMs: 9000 })], at)).toMatchObject([{ rule: 'case-review' }]);
    expect(conditionsOfCases([opened({ reviewAtMs: 11_000 })], at)).toEqual([]);
    expect(conditionsOfCases([opened({ reviewAtMs: 9000, closed })], at)).toEqual([]);
  });
});
