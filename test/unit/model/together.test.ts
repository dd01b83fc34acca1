import { describe, expect, test } from 'vitest';
import {
  decodeMoment,
  encodeMoment,
  isApart,
  momentOf,
  togetherWords,
  weakestMoment,
  type CommonHold,
  type MemberMoment,
  type TakenPoint,
} from '../../../shared/model/together.ts';

const at = 1_764_000_000_000;
const hold: CommonHold = { commonAtMs: at, problem: null, limitMs: 60_000 };
const point = (change: Partial<TakenPoint> = {}): TakenPoint => ({
  fromMs: at + 10,
  toMs: at + 4_000,
  isHeld: true,
  isInTime: true,
  madeFromMs: null,
  ...change,
});

describe('a part of a system snapshot', () => {
  test('is of the same moment where it was held still until its point was taken', () => {
    expect(momentOf(point(), hold)).toEqual({ moment: 'same', commonAtMs: at, withinMs: 0, reason: null });
  });

  test('is within the time it took where the others were held and it was not', () => {
    const within = { moment: 'within', commonAtMs: at, withinMs: 4_000, reason: null };
    expect(momentOf(point({ isHeld: false }), hold)).toEqual(within);
  });

  test('is as far away as what a hook made of it before the others were held', () => {
    const made = point({ isHeld: false, madeFromMs: at - 9_000 });
    expect(momentOf(made, hold)).toMatchObject({ moment: 'within', withinMs: 9_000 });
  });

  test('is apart where the others were let go first, and says for how long they may be held', () => {
    expect(momentOf(point({ isInTime: false }), hold)).toMatchObject({
      moment: 'apart',
      withinMs: null,
      reason: expect.stringContaining('1 min') as string,
    });
  });

  test('is apart where it is of before, where the clock was set, and where nothing was ever held', () => {
    expect(momentOf(point({ fromMs: at - 1 }), hold).reason).toContain('before all of them were held');
    expect(momentOf(point({ toMs: at + 9 }), hold).reason).toContain('clock');
    const none = { commonAtMs: null, problem: 'db could not be held.', limitMs: 1 };
    expect(momentOf(point(), none)).toMatchObject({ moment: 'apart', reason: 'db could not be held.' });
  });
});

describe('a system snapshot', () => {
  const same = { moment: 'same', withinMs: 0 } as const;
  const within = (withinMs: number) => ({ moment: 'within', withinMs }) as const;
  const apart = { moment: 'apart', withinMs: null } as const;

  test('is as its weakest part', () => {
    expect(weakestMoment([same, same])).toEqual(same);
    expect(weakestMoment([within(2_000), same, within(5_000)])).toEqual(within(5_000));
    expect(weakestMoment([same, apart, within(1)])).toEqual(apart);
  });

  test('says nothing where of one part nothing is known', () => {
    expect(weakestMoment([same, null])).toBeNull();
    expect(weakestMoment([])).toBeNull();
    expect(togetherWords(2, { moment: null, withinMs: null, skewMs: 60_000 })).toBe('2 sources within 1 min');
  });

  test('of one source is never apart', () => {
    expect(isApart({ moment: 'apart', members: [1] })).toBe(false);
    expect(isApart({ moment: 'apart', members: [1, 2] })).toBe(true);
    expect(togetherWords(1, { ...apart, skewMs: null })).toBe('one source');
  });
});

describe('what a snapshot states of its moment', () => {
  const all: readonly MemberMoment[] = [
    { moment: 'same', commonAtMs: at, withinMs: 0, reason: null },
    { moment: 'within', commonAtMs: at, withinMs: 1_234, reason: null },
    { moment: 'apart', commonAtMs: null, withinMs: null, reason: 'db, which hangs, could\nnot be held: 100%.' },
  ];

  test.each(all)('is read again: $moment', (moment) => {
    expect(decodeMoment(encodeMoment(moment))).toEqual(moment);
  });

  test.each([undefined, '', 'same', 'never - -', 'same -5 0', 'within 1e9 0', `same ${'9'.repeat(40)} 0`, 'apart x y'])(
    'is nothing where it cannot be read: %s',
    (text) => expect(decodeMoment(text)).toBeNull(),
  );
});
