import { describe, expect, test } from 'vitest';
import {
  alertsByStanding,
  alertStandingOf,
  bellWords,
  besideVerdict,
  findAlerts,
  needsWords,
  snoozeUntil,
  snoozeUntilTyped,
} from '../../../../renderer/components/alert-model.ts';
import type { Alert } from '../../../../shared/contract/alerts.ts';

const nowMs = Date.parse('2026-11-25T16:30:00Z');

function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    id,
    rule: 'overdue',
    subject: { kind: 'source', name: 'papers' },
    level: 'error',
    title: `alert ${id}`,
    detail: 'What is so.',
    todo: 'What to do.',
    raisedAt: '2026-11-25T16:00:00.000Z',
    changedAt: '2026-11-25T16:00:00.000Z',
    acknowledged: null,
    snoozed: null,
    resolved: null,
    resolvable: false,
    ...change,
  };
}

const ids = (alerts: readonly Alert[]) => alerts.map(({ id }) => id);
const acknowledged = { at: '2026-11-25T16:10:00.000Z', by: 'ada' };
const until = (time: string) => ({ until: `2026-11-25T${time}:00.000Z`, by: 'ada' });

describe('an alert', () => {
  test('needs somebody until it is seen to, and again when a snooze is over', () => {
    expect(alertStandingOf(alert('a'), nowMs)).toBe('needs');
    expect(alertStandingOf(alert('a', { snoozed: until('16:31') }), nowMs)).toBe('snoozed');
    expect(alertStandingOf(alert('a', { snoozed: until('16:30') }), nowMs)).toBe('needs');
    expect(alertStandingOf(alert('a', { acknowledged, snoozed: until('16:00') }), nowMs)).toBe('acknowledged');
  });

  test('is found by all words of what it says', () => {
    const all = [alert('a', { title: 'papers is overdue' }), alert('b', { subject: { kind: 'source', name: 'mail' } })];
    expect(ids(findAlerts(all, ' OVERDUE papers '))).toEqual(['a']);
    expect(ids(findAlerts(all, 'mail error'))).toEqual(['b']);
    expect(findAlerts(all, '  ')).toBe(all);
    expect(findAlerts(all, 'overdue mail')).toEqual([]);
  });
});

describe('several alerts', () => {
  test('stand worst first, and of one level the oldest first', () => {
    const all = [
      alert('d', { level: 'info' }),
      alert('c', { level: 'warning', raisedAt: '2026-11-25T15:00:00.000Z' }),
      alert('b'),
      alert('a', { raisedAt: '2026-11-24T15:00:00.000Z' }),
      alert('e', { acknowledged }),
    ];
    const { needs, acknowledged: seen, snoozed } = alertsByStanding(all, nowMs);
    expect([ids(needs), ids(seen), ids(snoozed)]).toEqual([['a', 'b', 'c', 'd'], ['e'], []]);
  });

  test('are counted in words that stand without a colour', () => {
    expect(needsWords([])).toBe('Nothing needs anybody');
    expect(needsWords([alert('a', { level: 'warning' })])).toBe('1 alert needs somebody: a warning');
    const many = Array.from({ length: 1000 }, (_, index) => alert(String(index)));
    expect(needsWords(many)).toBe('1,000 alerts need somebody, the worst is an error');
    expect(bellWords(many, '1,000+')).toBe('Alerts: 1,000+ need somebody, the worst is an error');
    expect(bellWords([], '0')).toBe('Alerts: 0, nothing needs anybody');
  });

  test('leave out beside a verdict what the screen says by itself, and begin with what its table does not say', () => {
    const all = [
      alert('named'),
      alert('unnamed', { subject: { kind: 'source', name: 'mail' } }),
      alert('suspect', { rule: 'suspect' }),
      alert('locked', { rule: 'repository-locked' }),
      alert('frozen', { rule: 'frozen' }),
      alert('review', { rule: 'retention-review', level: 'warning' }),
    ];
    expect(ids(besideVerdict(all, new Set(['papers'])))).toEqual(['review', 'unnamed']);
  });
});

describe('a snooze', () => {
  test('ends in an hour, in the next morning, or in a week', () => {
    expect(snoozeUntil('hour', nowMs)).toBe('2026-11-25T17:30:00.000Z');
    expect(snoozeUntil('tomorrow', nowMs)).toBe('2026-11-26T08:00:00.000Z');
    expect(snoozeUntil('week', nowMs)).toBe('2026-12-02T16:30:00.000Z');
    expect(snoozeUntil('tomorrow', Date.parse('2026-12-31T23:59:00Z'))).toBe('2027-01-01T08:00:00.000Z');
  });

  test('until a time that is past, or none, is none', () => {
    expect(snoozeUntilTyped('2026-11-26T10:00', nowMs)).toBe('2026-11-26T10:00:00.000Z');
    for (const text of ['2026-11-25T16:30', '', 'tomorrow', '2026-13-40T10:00'])
      expect(snoozeUntilTyped(text, nowMs), text).toBeNull();
  });
});
