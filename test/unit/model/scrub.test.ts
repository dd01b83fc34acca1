import { describe, expect, test } from 'vitest';
import {
  asleepAndDue,
  coverageOf,
  coveragePercent,
  nextStep,
  scrubDue,
  type ScrubFile,
  type ScrubTerms,
} from '../../../shared/model/scrub.ts';
import type { ArchiveState } from '../../../shared/model/s3-archive.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 29);
const terms: ScrubTerms = { everyDays: 30, budgetBytes: null };

function pack(number: number, daysAgo: number | null, size = 100): ScrubFile {
  const readAtMs = daysAgo === null ? null : nowMs - daysAgo * dayMs;
  return { kind: 'data', name: String(number), size, readAtMs };
}

describe('when a step is due', () => {
  test('an hour after the repository was seen first, then every six hours', () => {
    const fresh = { sinceMs: nowMs, steppedAtMs: null, failed: null };
    expect(scrubDue(fresh, nowMs, 30)).toEqual({ due: false, nextMs: nowMs + hourMs });
    expect(scrubDue(fresh, nowMs + hourMs, 30).due).toBe(true);
    const stepped = { ...fresh, steppedAtMs: nowMs };
    expect(scrubDue(stepped, nowMs + 5 * hourMs, 30).due).toBe(false);
    expect(scrubDue(stepped, nowMs + 6 * hourMs, 30).due).toBe(true);
  });

  test('never where it is switched off', () => {
    expect(scrubDue({ sinceMs: 0, steppedAtMs: null, failed: null }, nowMs, 0).due).toBe(false);
  });

  test('what fails is tried again at growing intervals', () => {
    const state = { sinceMs: 0, steppedAtMs: nowMs - dayMs, failed: { count: 2, atMs: nowMs } };
    expect(scrubDue(state, nowMs + 5 * hourMs, 30).due).toBe(false);
    expect(scrubDue(state, nowMs + 6 * hourMs, 30).due).toBe(true);
  });

  test('a clock that was ahead does not hold it up', () => {
    expect(scrubDue({ sinceMs: 0, steppedAtMs: nowMs + 900 * dayMs, failed: null }, nowMs, 30).due).toBe(true);
  });
});

describe('what comes next', () => {
  test('what was never read, then what was read longest ago', () => {
    const files = [pack(1, 20), pack(2, 29), pack(3, null), pack(4, 1)];
    const step = nextStep(files, { steppedAtMs: nowMs - 20 * dayMs }, nowMs, { ...terms, everyDays: 2 });
    expect(step.map(({ name }) => name)).toEqual(['3', '2', '1']);
  });

  test('every byte has its turn within the time, in steps of about the same size', () => {
    let files: ScrubFile[] = Array.from({ length: 400 }, (_, number) => pack(number, null));
    let steppedAtMs: number | null = null;
    let largest = 0;
    for (let at = nowMs; at <= nowMs + 30 * dayMs; at += 6 * hourMs) {
      const step = new Set(nextStep(files, { steppedAtMs }, at, terms).map(({ name }) => name));
      largest = Math.max(largest, step.size);
      files = files.map((file) => (step.has(file.name) ? { ...file, readAtMs: at } : file));
      steppedAtMs = at;
    }
    expect(files.filter(({ readAtMs }) => readAtMs === null)).toEqual([]);
    expect(largest).toBeLessThanOrEqual(4);
  });

  test('what is asleep is not read, and no more than the budget allows', () => {
    const files = [pack(1, null, 60), pack(2, null, 60), pack(3, null, 30)];
    const late = { steppedAtMs: nowMs - 900 * dayMs };
    const archived = (state: ArchiveState['state']) => ({ storageClass: 'GLACIER', state }) as const;
    const cold = [{ ...pack(1, null, 60), archived: archived('asleep') }, ...files.slice(1)];
    const awake = nextStep(cold, late, nowMs, { ...terms, everyDays: 1 });
    expect(awake.map(({ name }) => name)).toEqual(['2', '3']);
    expect(asleepAndDue(cold, nowMs, 1).map(({ name }) => name)).toEqual(['1']);
    // What was paid for is read while it is there, whatever reading may cost.
    const brought = [...files.slice(1), { ...pack(4, null, 900), archived: archived('awake') }];
    expect(nextStep(brought, late, nowMs, { ...terms, budgetBytes: 0 }).map(({ name }) => name)).toEqual(['4']);
    const cheap = nextStep(files, late, nowMs, { ...terms, everyDays: 1, budgetBytes: 95 });
    expect(cheap.map(({ name }) => name)).toEqual(['1', '3']);
    expect(nextStep(files, late, nowMs, { ...terms, budgetBytes: 0 })).toEqual([]);
  });

  test('a machine that was off for a year does not read all at once', () => {
    const files = Array.from({ length: 300 }, (_, number) => pack(number, null));
    const step = nextStep(files, { steppedAtMs: nowMs - 365 * dayMs }, nowMs, terms);
    expect(step).toHaveLength(20);
  });
});

describe('coverage', () => {
  test('counts what was read within the time', () => {
    const coverage = coverageOf([pack(1, 3, 87), pack(2, 31, 13)], nowMs, 30);
    expect(coverage).toEqual({
      totalBytes: 100,
      readBytes: 87,
      totalFiles: 2,
      readFiles: 1,
      oldestReadAtMs: nowMs - 31 * dayMs,
    });
    expect(coveragePercent(coverage)).toBe(87);
  });

  test('is 100 % only where nothing is left', () => {
    expect(coveragePercent({ totalBytes: 100_000, readBytes: 99_999 })).toBe(99);
    expect(coveragePercent({ totalBytes: 5, readBytes: 5 })).toBe(100);
    expect(coverageOf([pack(1, null)], nowMs, 30).oldestReadAtMs).toBeNull();
  });
});
