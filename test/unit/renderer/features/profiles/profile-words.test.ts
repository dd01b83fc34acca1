import { describe, expect, it } from 'vitest';
import { freeName } from '../../../../../renderer/features/profiles/free-name.ts';
import {
  blackoutSentence,
  fromSentence,
  keepSentence,
  periodNames,
  ruleSentence,
} from '../../../../../renderer/features/profiles/profile-words.ts';
import { presets } from '../../../../../shared/model/profile-presets.ts';
import type { StoredRule } from '../../../../../shared/model/profile.ts';

describe('a profile in words', () => {
  it.each<[StoredRule, string]>([
    [{ kind: 'hourly', minute: 5 }, 'every hour at :05'],
    [{ kind: 'daily', hour: 7, minute: 5 }, 'every day at 07:05'],
    [{ kind: 'weekly', weekday: 7, hour: 22, minute: 0 }, 'every Sunday at 22:00'],
    [{ kind: 'monthly', day: 2, hour: 22, minute: 0 }, 'every month on the 2nd, at 22:00'],
    [{ kind: 'monthly', day: 31, hour: 22, minute: 0 }, 'every month on the 31st or its last day, at 22:00'],
    [{ kind: 'yearly', month: 12, day: 13, hour: 22, minute: 0 }, 'every year on 13 December, at 22:00'],
    [{ kind: 'cron', expression: '0 9 * * 1-5' }, 'at 0 9 * * 1-5 (cron)'],
    [{ kind: 'once', at: '2027-05-01T10:00:00.000Z' }, 'once, on Sat 1 May 2027, 12:00'],
  ])('%o', (rule, words) => {
    expect(ruleSentence(rule, 'Europe/Berlin')).toBe(words);
  });

  it('says how long, and what stays in any case', () => {
    const days = { count: 14, unit: 'days' } as const;
    expect(keepSentence({ keep: days, minimum: 1, locked: false })).toBe('kept for 14 days');
    expect(keepSentence({ keep: days, minimum: 3, locked: true })).toBe(
      'kept for 14 days, the newest 3 in any case, locked',
    );
    expect(keepSentence({ keep: days, minimum: 0, locked: false })).toBe('kept for 14 days, none in any case');
    expect(keepSentence({ keep: 'forever', minimum: 5, locked: false })).toBe('kept for ever');
  });

  it('puts days together that follow each other', () => {
    expect(blackoutSentence({ weekdays: [1, 2, 3, 5, 7], from: '08:00', to: '18:00' })).toBe(
      'Mon–Wed, Fri, Sun 08:00–18:00',
    );
  });

  it('calls periods by their names, and what is none any more by its id', () => {
    expect(periodNames(['daily', 'manual', 'gone'], presets.standard)).toEqual(['Daily', 'by hand', 'gone']);
  });

  it('says where it comes from', () => {
    expect(fromSentence({ scope: 'tag', subject: 'office' })).toBe('from tag office');
    expect(fromSentence(null)).toBe('');
  });
});

it('a copy has a name of its own', () => {
  expect(freeName('Standard copy', new Set(['Standard']))).toBe('Standard copy');
  expect(freeName('Standard', new Set(['Standard', 'Standard 2']))).toBe('Standard 3');
});
