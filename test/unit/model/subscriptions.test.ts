import { describe, expect, test } from 'vitest';
import { conditionsOfSubscriptions } from '../../../shared/model/subscription-alerts.ts';
import {
  mergeByRecipient,
  subscriptionDue,
  subscriptionProblem,
  type Recipient,
  type SubscriptionDefinition,
} from '../../../shared/model/subscriptions.ts';

type Timed = Pick<SubscriptionDefinition, 'when' | 'quiet' | 'suspended'>;

const daily: Timed = { when: { kind: 'daily', hour: 7, minute: 0 }, quiet: null, suspended: null };
const at = (text: string): number => Date.parse(`2026-${text}:00Z`);
const since = at('11-01T00:00');

function due(one: Timed, now: string, answered: string | null = null, zone = 'UTC') {
  const { occurrenceMs, isLate, nextMs } = subscriptionDue(
    one,
    { sinceMs: since, answeredMs: answered === null ? null : at(answered) },
    zone,
    at(now),
  );
  const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(5, 16));
  return { due: text(occurrenceMs), isLate, next: text(nextMs) };
}

describe('a subscription', () => {
  test('comes round once, and next on the day after', () => {
    expect(due(daily, '11-05T06:59', '11-04T07:00')).toEqual({ due: null, isLate: false, next: '11-05T07:00' });
    expect(due(daily, '11-05T07:00', '11-04T07:00')).toEqual({
      due: '11-05T07:00',
      isLate: false,
      next: '11-06T07:00',
    });
    expect(due(daily, '11-05T07:00', '11-05T07:00')).toMatchObject({ due: null });
  });

  test('that was missed for days is due once, for the newest time, late', () => {
    expect(due(daily, '11-09T12:00', '11-04T07:00')).toEqual({ due: '11-09T07:00', isLate: true, next: '11-10T07:00' });
  });

  test('is put off by quiet hours, and not late by that', () => {
    const quiet = { ...daily, quiet: { from: '22:00', to: '09:00' } };
    expect(due(quiet, '11-05T07:01', '11-04T07:00')).toEqual({ due: null, isLate: false, next: '11-05T09:00' });
    expect(due(quiet, '11-05T09:01', '11-04T07:00')).toMatchObject({ due: '11-05T07:00', isLate: false });
    expect(due(quiet, '11-05T12:00', '11-04T07:00')).toMatchObject({ isLate: true });
  });

  test('that is suspended is not due, and makes up for nothing afterwards', () => {
    const suspended = { ...daily, suspended: { until: '2026-11-07T12:00:00Z' } };
    expect(due(suspended, '11-06T07:01', '11-04T07:00')).toEqual({ due: null, isLate: false, next: '11-08T07:00' });
    expect(due(suspended, '11-07T12:01', '11-04T07:00')).toMatchObject({ due: null, next: '11-08T07:00' });
    const forGood = { ...daily, suspended: { until: null } };
    expect(due(forGood, '11-06T07:01')).toEqual({ due: null, isLate: false, next: null });
  });

  test('goes by the clocks of its zone, also on the day on which they change', () => {
    expect(due(daily, '11-05T06:00', null, 'Europe/Berlin')).toMatchObject({ due: '11-05T06:00' });
    expect(
      subscriptionDue(
        daily,
        { sinceMs: Date.UTC(2026, 9, 24), answeredMs: null },
        'Europe/Berlin',
        Date.UTC(2026, 9, 25, 6),
      ),
    ).toMatchObject({
      occurrenceMs: Date.UTC(2026, 9, 25, 6),
    });
  });

  test('believes no answer of a clock that was ahead', () => {
    expect(due(daily, '11-05T07:01', '12-24T07:00')).toMatchObject({ due: '11-05T07:00' });
  });

  test('only when asked for is never due', () => {
    expect(due({ ...daily, when: null }, '11-05T07:01')).toEqual({ due: null, isLate: false, next: null });
  });

  test('that could never be sent is refused', () => {
    expect(subscriptionProblem({ when: { kind: 'cron', expression: '0 0 30 2 *' }, quiet: null })).toMatch(/never/);
    expect(subscriptionProblem({ when: null, quiet: { from: '08:00', to: '08:00' } })).toMatch(/no time/);
    expect(subscriptionProblem(daily)).toBeNull();
  });
});

test('one reader gets one letter, however the address is written, and each route its own', () => {
  const mail = (address: string, via = 'mail'): { to: Recipient } => ({ to: { kind: 'mail', address, via } });
  const route: { to: Recipient } = { to: { kind: 'route', route: 'mail' } };
  const merged = mergeByRecipient([
    mail('Boss@Example.org'),
    route,
    mail('boss@example.org'),
    mail('boss@example.org', 'other'),
  ]);
  expect(merged.map(({ length }) => length)).toEqual([2, 1, 1]);
});

test('somebody is told where reports do not arrive, or never will', () => {
  const one = { name: 'Morning', route: 'mail', isActive: true, problem: null };
  expect(conditionsOfSubscriptions([one], new Set(['mail']))).toEqual([]);
  expect(conditionsOfSubscriptions([{ ...one, problem: 'It answered 550.' }], new Set(['mail']))).toMatchObject([
    { rule: 'report-undelivered', subject: 'Morning', detail: 'It answered 550.' },
  ]);
  expect(conditionsOfSubscriptions([one], new Set())).toMatchObject([
    { detail: expect.stringContaining('no route mail') as unknown },
  ]);
  expect(conditionsOfSubscriptions([{ ...one, isActive: false }], new Set())).toEqual([]);
  // Which routes there are cannot be read: that is another alert.
  expect(conditionsOfSubscriptions([one], null)).toEqual([]);
});
