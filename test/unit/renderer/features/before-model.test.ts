import { describe, expect, test } from 'vitest';
import type { RestorePoint } from '../../../../shared/contract/incidents.ts';
import {
  fieldOf,
  momentOf,
  pointKey,
  pointsCommand,
  pointWords,
  proposedMoment,
} from '../../../../renderer/features/recovery/before-model.ts';

const nowMs = Date.parse('2026-11-28T12:00:00Z');
const incident = { since: '2026-11-28T11:00:00.000Z' };

const point = (change: Partial<RestorePoint> = {}): RestorePoint => ({
  source: 'papers',
  hostname: 'atlas',
  repository: 'r',
  snapshot: 'a'.repeat(64),
  takenAt: '2026-11-27T12:00:00.000Z',
  passedOver: 0,
  since: 0,
  ...change,
});

describe('the moment that is proposed', () => {
  test('is when the oldest suspect snapshot was taken, also where everything was frozen later', () => {
    const suspects = [{ at: '2026-11-28T09:00:00.000Z' }, { at: '2026-11-27T23:30:12.345Z' }];
    expect(proposedMoment(suspects, incident, nowMs)).toEqual({
      atMs: Date.parse('2026-11-27T23:30:12.345Z'),
      why: 'suspect',
    });
  });

  test('is when everything was frozen where nothing is suspect, and now where nothing is frozen', () => {
    expect(proposedMoment([], incident, nowMs)).toEqual({ atMs: Date.parse(incident.since), why: 'incident' });
    expect(proposedMoment([], undefined, nowMs)).toEqual({ atMs: nowMs, why: 'now' });
  });

  test('comes back from its field to the second', () => {
    const atMs = Date.parse('2026-11-27T23:30:12.345Z');
    expect(momentOf(fieldOf(atMs))).toBe(Date.parse('2026-11-27T23:30:12Z'));
    expect(momentOf('')).toBeNull();
  });
});

describe('what is said of a source', () => {
  test('names what was passed over and what would be left out', () => {
    expect(pointWords(point())).toBe('none taken since');
    expect(pointWords(point({ since: 1 }))).toBe('1 taken since is left out');
    expect(pointWords(point({ passedOver: 2, since: 3 }))).toBe(
      '2 newer ones passed over, suspect or not complete; 3 taken since are left out',
    );
  });

  test('says why none leads back', () => {
    const none = { snapshot: null, repository: null, takenAt: null };
    expect(pointWords(point({ ...none, since: 2 }))).toBe('none was taken before; 2 taken since');
    expect(pointWords(point({ ...none, passedOver: 1 }))).toBe(
      '1 from before, suspect or not complete; none taken since',
    );
  });

  test('is of one machine, where two have a source of that name', () => {
    expect(pointKey(point())).not.toBe(pointKey(point({ hostname: 'borea' })));
  });

  test('is asked on the command line with the moment itself', () => {
    expect(pointsCommand(nowMs, ['papers'])).toEqual([
      'holdfast',
      'incident',
      'restore-points',
      'papers',
      '--before',
      '2026-11-28T12:00:00.000Z',
    ]);
    expect(pointsCommand(nowMs, null)).not.toContain('papers');
  });
});
