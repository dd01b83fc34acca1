import { describe, expect, test } from 'vitest';
import { messageOf, type Told } from '../../../electron/engine/monitoring/messages.ts';

const console = { hostname: 'backup1', tenant: 'default', zone: 'Europe/Berlin' };
const raisedAtMs = Date.parse('2026-11-25T16:30:00Z');

function told(kind: Told['kind'], change: Partial<Told['alert']> = {}): Told {
  const nobody = { acknowledgedAtMs: null, acknowledgedBy: null, snoozedUntilMs: null, snoozedBy: null };
  const alert: Told['alert'] = {
    alert: '0f3a5c7e9b1d2468',
    rule: 'overdue',
    kind: 'source',
    subject: 'payroll',
    level: 'error',
    title: 'payroll is overdue',
    detail: 'Its newest good snapshot is too old.',
    todo: 'Protect it.',
    occasion: '',
    raisedAtMs,
    changedAtMs: raisedAtMs,
    ...nobody,
    resolvedAtMs: kind === 'resolve' ? raisedAtMs + 3_600_000 : null,
    resolvedBy: null,
    ...change,
  };
  return { delivery: `${kind} ${alert.subject}`, kind, alert };
}

describe('a message', () => {
  test('about one alert says what it is, what to do, and since when, by the clock of its console', () => {
    const { title, text, level } = messageOf([told('raise')], console);
    expect([title, level]).toEqual(['payroll is overdue', 'error']);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Its newest good snapshot is too old.',
      'What to do: Protect it.',
      'Raised 25 Nov 2026, 17:30 (UTC+01:00). Alert 0f3a5c7e.',
    ]);
    expect(text).toContain('Holdfast on backup1.');
  });

  test('says that it is still so, and that it is over', () => {
    expect(messageOf([told('remind')], console).title).toBe('Still: payroll is overdue');
    const { title, text, level } = messageOf([told('resolve', { resolvedBy: 'cli:ada' })], console);
    expect([title, level]).toEqual(['Resolved: payroll is overdue', 'ok']);
    expect(text).toContain('resolved 25 Nov 2026, 18:30 (UTC+01:00) by cli:ada.');
  });

  test('about several counts them, tells the worst first, and spells out no more than twenty', () => {
    const warning = told('raise', { level: 'warning', title: 'photos could not be read completely' });
    const { title, text, level } = messageOf([told('resolve'), warning, told('raise')], console);
    expect([title, level]).toEqual(['3 alerts: 2 new, 1 resolved', 'error']);
    const order = ['payroll is overdue', 'photos could not', 'Resolved: payroll'].map((part) => text.indexOf(part));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(messageOf(Array(25).fill(told('raise')), console).text).toContain('… and 5 more; see the console.');
  });

  test('keeps what is in a name or an error on its own line', () => {
    const hostile = { title: 'a\r\nBcc: everybody@example.org', detail: 'b\u2028c\u202egnp.exe', todo: 'd\u0007' };
    const { title, text } = messageOf([told('raise', hostile)], console);
    expect(title).toBe('a Bcc: everybody@example.org');
    expect(text).toMatch(/^b c gnp\.exe\nWhat to do: d\n/);
  });

  test('names the tenant that it is about, where there are several', () => {
    expect(messageOf([told('raise')], { ...console, tenant: 'acme' }).text).toContain(
      'Holdfast on backup1, tenant acme.',
    );
  });
});
