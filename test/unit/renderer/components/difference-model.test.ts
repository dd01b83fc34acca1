import { expect, test } from 'vitest';
import { differenceOf, type ComparedSnapshot } from '../../../../renderer/components/difference-model.ts';

type Life = ComparedSnapshot['after'];
const until = (day: number): Life => ({ keep: true, until: `2026-12-${String(day).padStart(2, '0')}T00:00:00Z` });
const ever: Life = { keep: true, until: null };
const goes: Life = { keep: false, until: '2026-11-01T00:00:00Z' };
const snapshot = (id: string, before: Life | null, after: Life): ComparedSnapshot => ({
  snapshot: id,
  takenAt: '2026-11-01T00:00:00Z',
  periods: [],
  bytes: null,
  before,
  after,
  reasons: [],
});

test('what another profile would change is told apart: what goes, what ends sooner or later, what is rescued', () => {
  const difference = differenceOf([
    snapshot('lost', until(5), goes),
    snapshot('never judged', null, goes),
    snapshot('sooner', ever, until(5)),
    snapshot('later', until(5), until(6)),
    snapshot('same', until(5), until(5)),
    snapshot('rescued', goes, until(5)),
    snapshot('gone', goes, goes),
  ]);
  const ids = (found: readonly ComparedSnapshot[]) => found.map((one) => one.snapshot);
  expect(ids(difference.lost)).toEqual(['lost', 'never judged']);
  expect(ids(difference.sooner)).toEqual(['sooner']);
  expect(ids(difference.later)).toEqual(['later']);
  expect(ids(difference.rescued)).toEqual(['rescued']);
  expect(difference.gone).toBe(1);
});
