import { expect, it } from 'vitest';
import { examinedNote, pointGlance, pointNotes, type PointFacts } from '../../../shared/model/point-words.ts';

const primary = {
  kind: 'primary' as const,
  name: 'here',
  state: 'open' as const,
  damagedFiles: 0,
  readPercent: null,
  readDays: 30,
};
const berlin = { ...primary, kind: 'site' as const, name: 'berlin' };

function point(more: Partial<PointFacts> = {}): PointFacts {
  return {
    status: 'complete',
    consistency: null,
    consistencyProblem: null,
    hold: null,
    suspect: null,
    verified: null,
    places: [primary],
    ...more,
  };
}

it('says in one line what decides, the worst first', () => {
  expect(pointGlance(point())).toBe('complete; never verified; 1 place');
  const verified = { at: '2026-11-20T10:00:00.000Z', how: 'drill' as const };
  const glance = pointGlance(
    point({ verified, suspect: 'Far more changed than usual.', consistency: 'crash', places: [primary, berlin] }),
  );
  expect(glance).toBe('suspect; complete; verified 2026-11-20; crash-consistent; 2 places');
  expect(pointGlance(point({ status: 'partial', hold: { reason: 'audit', author: 'ann' } }))).toBe(
    'partial; held; never verified; 1 place',
  );
});

it('calls damage what it is: bearable while another copy has none, else the worst', () => {
  const hurt = { ...primary, damagedFiles: 2 };
  expect(pointNotes(point({ places: [hurt, berlin] }))[0]).toMatchObject({
    tone: 'part',
    words: 'damage known at here',
  });
  expect(pointNotes(point({ places: [hurt] }))[0]).toMatchObject({ tone: 'miss' });
});

it('says how much was read where nobody has restored, and that no place answers', () => {
  expect(pointGlance(point({ places: [{ ...primary, readPercent: 87 }] }))).toContain('87 % read');
  expect(pointNotes(point({ places: [{ ...primary, state: 'unreachable' }] }))[0]).toMatchObject({
    tone: 'miss',
    words: '1 place, none answers',
    detail: 'here (does not answer)',
  });
  expect(pointNotes(point({ places: [{ ...primary, state: 'unconnected' }] }))).toContainEqual(
    expect.objectContaining({ tone: 'plain', words: '1 place, not connected here' }),
  );
  expect(pointGlance(point({ places: [] }))).toContain('in no known place');
});

it('says which share of a copy is damaged, never 0 % of what is and never 100 % of what is not all', () => {
  const copy = {
    name: 'here',
    neededBytes: 100_000,
    damagedBytes: 0,
    damagedPacks: 0,
    missingPieces: 0,
    unreadableFolders: 0,
    readBytes: 99_999,
    readDays: 30,
    whole: true,
    problem: null,
  };
  expect(examinedNote(copy)).toMatchObject({ tone: 'good', detail: expect.stringContaining('99 % of what') as string });
  expect(examinedNote({ ...copy, whole: false, damagedBytes: 10, damagedPacks: 1 }).detail).toContain(
    '1 % of what it needs lies in 1 damaged stored file.',
  );
  expect(examinedNote({ ...copy, whole: false, missingPieces: 2 }).detail).toContain('2 pieces are missing');
  expect(examinedNote({ ...copy, problem: 'It does not answer.' }).words).toBe('not looked at');
});
