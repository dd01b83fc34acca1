import { describe, expect, it } from 'vitest';
import { csvFile } from '../../../shared/model/csv.ts';
import {
  conditionsOfStore,
  outlookOf,
  parseBudgets,
  sayForecast,
  type StoreFacts,
} from '../../../shared/model/storage.ts';

const dayMs = 86_400_000;
const gib = 1024 ** 3;
const start = Date.UTC(2026, 0, 1, 3);
const nowMs = start + 29 * dayMs;

/** Thirty days, of which each brought `perDay` GiB; 158 GiB are used where it is 2. */
const store = (perDay: number, leftGib: number, locks: StoreFacts['locks'] = null): StoreFacts => {
  const samples = Array.from({ length: 30 }, (_, day) => ({
    atMs: start + day * dayMs,
    bytes: (100 + day * perDay) * gib,
  }));
  const used = samples.at(-1)?.bytes ?? 0;
  return { id: 'c1', name: 'nas', samples, fitsBytes: used + leftGib * gib, fitsFrom: 'disk', locks };
};
const rules = (facts: StoreFacts) => conditionsOfStore(facts, nowMs).map(({ rule, level }) => `${rule} ${level}`);

describe('a store that fills up', () => {
  it('is told of a month before, and as an error in the last week', () => {
    expect(rules(store(2, 100))).toEqual([]);
    expect(rules(store(2, 40))).toEqual(['storage-full warning']);
    expect(rules(store(2, 10))).toEqual(['storage-full error']);
    expect(rules(store(2, 0))).toEqual(['storage-full error']);
  });

  it('is not told of while nothing is known, or it does not grow', () => {
    expect(rules({ ...store(2, 10), fitsBytes: null })).toEqual([]);
    expect(rules({ ...store(2, 10), samples: [] })).toEqual([]);
    expect(rules(store(0, 10))).toEqual([]);
  });

  it('names the day, and says the same until it is measured again', () => {
    const [now] = conditionsOfStore(store(2, 40), nowMs);
    const [later] = conditionsOfStore(store(2, 40), nowMs + 11 * 3_600_000);
    expect(now?.title).toBe('nas will be full about 2026-02-19');
    expect(later).toEqual(now);
  });
});

describe('a store whose files are locked', () => {
  const locked = { by: 'store', mode: 'compliance', days: 90 } as const;

  it('is foreseen to be full before anything may be removed, months ahead', () => {
    expect(outlookOf(store(2, 100, locked), nowMs)).toMatchObject({
      isFullUnderLocks: true,
      freeableAtMs: nowMs + 90 * dayMs,
    });
    expect(rules(store(2, 100, locked))).toEqual(['storage-full-locked warning']);
    expect(rules(store(2, 40, locked))).toEqual(['storage-full-locked error']);
    expect(conditionsOfStore(store(2, 100, locked), nowMs)[0]?.detail).toContain('locked in the store (compliance)');
  });

  it('is no such thing where the locks end in time', () => {
    expect(outlookOf(store(2, 200, locked), nowMs).isFullUnderLocks).toBe(false);
  });

  it('never lets go where a server takes nothing back', () => {
    expect(outlookOf(store(2, 200, { by: 'server' }), nowMs)).toMatchObject({
      isFullUnderLocks: true,
      freeableAtMs: 'never',
    });
  });

  it('can be pruned where this console locks only a few of its snapshots', () => {
    const few = { by: 'console', firstEndMs: nowMs + 300 * dayMs, locked: 2, snapshots: 10 } as const;
    expect(outlookOf(store(2, 40, few), nowMs).isFullUnderLocks).toBe(false);
    expect(outlookOf(store(2, 40, { ...few, locked: 9 }), nowMs).isFullUnderLocks).toBe(true);
  });
});

describe('words and budgets', () => {
  it('say a day with its range, or why there is none', () => {
    expect(sayForecast(outlookOf(store(2, 40), nowMs).forecast)).toBe('About 2026-02-19 (2026-02-19 to 2026-02-19).');
    expect(sayForecast(outlookOf({ ...store(2, 40), fitsBytes: null }, nowMs).forecast)).toBe(
      'How much fits there is not known.',
    );
  });

  it('are read by name, and refused where they say nothing', () => {
    expect(parseBudgets('nas 2TiB; off site 500GiB')).toEqual({
      budgets: new Map([
        ['nas', 2 * 1024 ** 4],
        ['off site', 500 * gib],
      ]),
    });
    expect(parseBudgets('nas')).toHaveProperty('problem');
    expect(parseBudgets('nas much')).toHaveProperty('problem');
  });

  it('are no formulas in a spreadsheet', () => {
    expect(
      csvFile(
        ['a', 'b'],
        [
          ['=1+1', 'x,"y"'],
          [1, null],
        ],
      ),
    ).toBe('a,b\r\n\'=1+1,"x,""y"""\r\n1,\r\n');
  });
});
