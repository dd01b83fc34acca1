import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../../../shared/model/units.ts';
import {
  assignCommand,
  fromWords,
  pauseCommand,
  pauseUntil,
} from '../../../../../renderer/features/sources/schedule-words.ts';

const evening = new Date(2026, 10, 30, 21, 30).getTime();

describe('a pause', () => {
  it('ends in an hour, at eight the next morning, or when somebody ends it', () => {
    expect(pauseUntil('hour', evening)).toBe(new Date(2026, 10, 30, 22, 30).toISOString());
    expect(pauseUntil('tomorrow', evening)).toBe(new Date(2026, 11, 1, 8).toISOString());
    expect(pauseUntil('never', evening)).toBeNull();
  });

  it('is the same on the command line', () => {
    expect(pauseCommand('papers', 'hour', '', evening)).toEqual(['holdfast', 'pause', 'papers', '--for', '1h']);
    expect(pauseCommand('papers', 'tomorrow', 'moving', evening)).toEqual([
      'holdfast',
      'pause',
      'papers',
      '--for',
      '630m',
      '--reason',
      'moving',
    ]);
    expect(pauseCommand('papers', 'never', '', evening)).toEqual(['holdfast', 'pause', 'papers']);
    // What the command line itself makes of it.
    expect(parseDuration('630m')).toBe(630 * 60_000);
    expect(parseDuration('1h')).toBe(60 * 60_000);
  });
});

describe('the profile of a source', () => {
  it('is given and taken away by the command line too', () => {
    expect(assignCommand('papers', 'Standard')).toEqual([
      'holdfast',
      'profile',
      'assign',
      'Standard',
      '--source',
      'papers',
    ]);
    expect(assignCommand('papers', null)).toEqual(['holdfast', 'profile', 'unassign', '--source', 'papers']);
  });

  it('says where it comes from', () => {
    const from = (scope: 'source' | 'tag' | 'tenant') => fromWords({ id: '', name: 'Standard', from: scope });
    expect([from('source'), from('tag'), from('tenant')]).toEqual([
      'given to it',
      'from one of its tags',
      'from what was given to all',
    ]);
  });
});
