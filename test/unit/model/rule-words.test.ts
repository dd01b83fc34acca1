import { expect, test } from 'vitest';
import { parseKeep, parseRule, ruleWords } from '../../../shared/model/rule-words.ts';

test.each([
  'hourly :15',
  'daily 22:00',
  'weekly sun 07:30',
  'monthly 31 22:00',
  'yearly 12-31 22:00',
  'cron 0 9 * * 1-5',
  'once 2026-05-01T12:00:00.000Z',
])('%s is read as it is written', (text) => {
  const rule = parseRule(text);
  expect(rule).not.toBeNull();
  if (rule !== null) expect(ruleWords(rule)).toBe(text);
});

test.each([
  '',
  'daily',
  'daily 24:00',
  'weekly day 10:00',
  'monthly 0 10:00',
  'yearly 13-01 10:00',
  'cron',
  'once soon',
  'at noon',
])('%s is no rule', (text) => {
  expect(parseRule(text)).toBeNull();
});

test('how long something is kept is read in one way', () => {
  expect(parseKeep('48h')).toEqual({ count: 48, unit: 'hours' });
  expect(parseKeep('12m')).toEqual({ count: 12, unit: 'months' });
  expect(parseKeep('Forever')).toBe('forever');
  for (const text of ['0d', '14', 'd', '1.5d', '99999d']) expect(parseKeep(text)).toBeNull();
});
