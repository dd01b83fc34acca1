import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  impactAt,
  noLimits,
  parseImpactRules,
  type ImpactMoment,
  type ImpactRule,
} from '../../../shared/model/impact.ts';

const mib = 1024 * 1024;

function rulesOf(text: string): readonly ImpactRule[] {
  const parsed = parseImpactRules(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.rules;
}

/** Wednesday, 25 November 2026. */
const at = (time: string, day = '2026-11-25', others: Partial<ImpactMoment> = {}): ImpactMoment => ({
  nowMs: Date.parse(`${day}T${time}:00Z`),
  zone: 'UTC',
  onBattery: false,
  isBusy: false,
  ...others,
});

it('limits what a rule names, on its days and between its times', () => {
  const rules = rulesOf('mon-fri 08:00-18:00 cpu 25% read 20MiB/s');
  const limits = { cpuPercent: 25, readBytesPerSecond: 20 * mib, writeBytesPerSecond: null };
  expect(impactAt(rules, at('08:00'))).toEqual(limits);
  expect(impactAt(rules, at('17:59'))).toEqual(limits);
  expect(impactAt(rules, at('18:00'))).toEqual(noLimits);
  expect(impactAt(rules, at('07:59'))).toEqual(noLimits);
  expect(impactAt(rules, at('12:00', '2026-11-28'))).toEqual(noLimits);
});

it('goes by the clocks of the zone', () => {
  const rules = rulesOf('daily 08:00-18:00 cpu 25%');
  expect(impactAt(rules, { ...at('07:30'), zone: 'Europe/Berlin' }).cpuPercent).toBe(25);
  expect(impactAt(rules, { ...at('07:30'), zone: 'America/New_York' }).cpuPercent).toBeNull();
});

it('carries a night over into the day after', () => {
  const rules = rulesOf('fri 22:00-06:00 write 1MB/s');
  expect(impactAt(rules, at('23:00', '2026-11-27')).writeBytesPerSecond).toBe(1_000_000);
  expect(impactAt(rules, at('05:59', '2026-11-28')).writeBytesPerSecond).toBe(1_000_000);
  expect(impactAt(rules, at('05:59', '2026-11-27')).writeBytesPerSecond).toBeNull();
  expect(impactAt(rules, at('23:00', '2026-11-28')).writeBytesPerSecond).toBeNull();
});

it('takes the lowest of all that hold', () => {
  const rules = rulesOf('always cpu 80% read 50MiB/s; battery cpu 25%; busy cpu 10% read 5MiB/s');
  expect(impactAt(rules, at('12:00')).cpuPercent).toBe(80);
  expect(impactAt(rules, at('12:00', '2026-11-25', { onBattery: true })).cpuPercent).toBe(25);
  expect(impactAt(rules, at('12:00', '2026-11-25', { onBattery: true, isBusy: true }))).toEqual({
    cpuPercent: 10,
    readBytesPerSecond: 5 * mib,
    writeBytesPerSecond: null,
  });
});

it('knows days that go round the end of the week', () => {
  const rules = rulesOf('sat-mon cpu 50%; wed,fri cpu 60%');
  const shares = ['23', '24', '25', '26', '27', '28', '29'].map(
    (day) => impactAt(rules, at('12:00', `2026-11-${day}`)).cpuPercent,
  );
  expect(shares).toEqual([50, null, 60, null, 60, 50, 50]);
});

it('says what it does not understand', () => {
  for (const [text, words] of [
    ['mon-fri', '"mon-fri" is no rule'],
    ['mon-fry cpu 20%', '"mon-fry" are no days'],
    ['daily 25:00-26:00 cpu 20%', 'a time that no clock shows'],
    ['always cpu 0%', '1% to 100%'],
    ['always cpu 101%', '1% to 100%'],
    ['always read 10B/s', '1KiB/s at least'],
    ['always read fast', 'is no rule'],
  ] as const) {
    const parsed = parseImpactRules(text);
    expect('problem' in parsed ? parsed.problem : 'understood', text).toContain(words);
  }
  expect(parseImpactRules('')).toEqual({ rules: [] });
});

it('never fails, whatever is typed', () => {
  const word = fc.constantFrom('mon', 'fri', '-', ' ', ';', 'cpu', 'read', '10', '%', 'MiB/s', '08:00', 'busy', 'x');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      const parsed = parseImpactRules(words.join(''));
      if ('rules' in parsed) impactAt(parsed.rules, at('12:00'));
      else expect(parsed.problem.length).toBeGreaterThan(10);
    }),
  );
});
