/** Which native snapshots expire: only our own, only what no repository tells of, and never the last good one. */
import { expect, test } from 'vitest';
import { expiredNatives } from '../../../electron/engine/aws/native-retention.ts';
import type { NativeSnapshot } from '../../../electron/engine/aws/snapshots.ts';
import { dayMs, native, owner, repository } from '../../support/natives.ts';

const nowMs = 100 * dayMs;
const day = (at: number) => ({ run: `run-${at}`, takenAtMs: at * dayMs });

function expired(
  natives: readonly NativeSnapshot[],
  kept: readonly string[],
  bases: readonly string[] = [],
): readonly string[] {
  const facts = { owner, repository, keptRuns: new Set(kept), imageBases: new Set(bases), nowMs };
  return expiredNatives(natives, facts).map(({ id }) => id);
}

test('what the repository tells nothing of any more goes; what it tells of stays', () => {
  const [old, kept, newest] = [native(day(1)), native(day(2)), native(day(3))];
  expect(expired([old, kept, newest], ['run-2', 'run-3'])).toEqual([old.id]);
});

test('others’, another console’s, tenant’s, source’s and repository’s are never looked at', () => {
  const good = native(day(90));
  const foreign = [
    native(day(1), { lineage: null }),
    native({ ...day(1), console: 'ffffffffffffffff' }),
    native({ ...day(1), tenant: 'other' }),
    native({ ...day(1), source: 'db' }),
    native({ ...day(1), repository: 'cd'.repeat(32) }),
    native({ ...day(1), repository: null }),
  ];
  expect(expired([...foreign, good], ['run-90'])).toEqual([]);
});

test('the last good one of each volume stays, whatever the repository says', () => {
  const [one, two] = [native(day(1)), native(day(2))];
  const other = native(day(1), { volume: 'vol-2' });
  expect(expired([one, two, other], [])).toEqual([one.id]);
  // A newer one that failed, or that nobody tells of, takes the place of none.
  const failed = native(day(50), { state: 'error' });
  expect(expired([one, two, failed], ['run-1'])).toEqual([failed.id]);
});

test('what is pending stays, and so does what is of the last day: a run may still go on with it', () => {
  const good = native(day(90));
  const fresh = native({ run: 'left', takenAtMs: nowMs - dayMs / 2 });
  const pending = native(day(1), { state: 'pending' });
  expect(expired([good, fresh, pending], ['run-90'])).toEqual([]);
});

test('of two that one run has of a volume the later one goes', () => {
  const [first, twin] = [native(day(90)), native({ ...day(90) }, { startedAtMs: 90 * dayMs + 5 })];
  const newer = native(day(95));
  expect(expired([first, twin, newer], ['run-90', 'run-95'])).toEqual([twin.id]);
});

test('a copy with a time of its own goes by that, and the others with what they are of', () => {
  const copyOf = { snapshot: 'snap-0123456789abcdef0', region: 'eu-central-1' };
  const over = native({ ...day(1), copyOf, keepUntilMs: 50 * dayMs });
  const stays = native({ ...day(2), copyOf, keepUntilMs: 200 * dayMs });
  const gone = native({ ...day(3), copyOf });
  const newest = native({ ...day(90), copyOf });
  expect(expired([over, stays, gone, newest], ['run-1', 'run-90'])).toEqual([over.id, gone.id]);
});

test('one that the next image is compared with stays, whatever its age', () => {
  const [base, old, newest] = [native(day(1)), native(day(2)), native(day(3))];
  expect(expired([base, old, newest], ['run-3'], [base.id])).toEqual([old.id]);
});
