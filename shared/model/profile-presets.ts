/** Profiles to begin from. Times are such that runs of one profile meet in the night and become one snapshot. */
import type { KeepFor, ProfileDefinition, ProfilePeriod, StoredRule } from './profile.ts';

export const presetIds = ['standard', 'frequent', 'seven-year', 'six-year', 'archive'] as const;
export type PresetId = (typeof presetIds)[number];

const night = { hour: 22, minute: 0 };
const hourly: StoredRule = { kind: 'hourly', minute: 0 };
const daily: StoredRule = { kind: 'daily', ...night };
const weekly: StoredRule = { kind: 'weekly', weekday: 7, ...night };
const monthly: StoredRule = { kind: 'monthly', day: 31, ...night };
const yearly: StoredRule = { kind: 'yearly', month: 12, day: 31, ...night };

export const presets: Readonly<Record<PresetId, ProfileDefinition>> = {
  standard: profile('Standard', 'Every night, with two weeks, two months and a year to go back to.', [
    period('Daily', daily, { count: 14, unit: 'days' }),
    period('Weekly', weekly, { count: 8, unit: 'weeks' }),
    period('Monthly', monthly, { count: 12, unit: 'months' }),
  ]),
  frequent: profile('Frequent', 'Every hour, for what changes all day.', [
    // An hour that has passed is soon followed by the next.
    { ...period('Hourly', hourly, { count: 48, unit: 'hours' }), missed: 'skip' },
    period('Daily', daily, { count: 14, unit: 'days' }),
    period('Weekly', weekly, { count: 8, unit: 'weeks' }),
    period('Monthly', monthly, { count: 12, unit: 'months' }),
  ]),
  'seven-year': profile(
    'Seven years',
    'A locked snapshot each year that stays for seven: a start for rules such as the Sarbanes-Oxley Act.',
    [
      period('Daily', daily, { count: 7, unit: 'days' }),
      period('Weekly', weekly, { count: 5, unit: 'weeks' }),
      period('Monthly', monthly, { count: 12, unit: 'months' }),
      { ...period('Yearly', yearly, { count: 7, unit: 'years' }), locked: true },
    ],
  ),
  'six-year': profile('Six years', 'A locked snapshot each year that stays for six: a start for rules such as HIPAA.', [
    period('Daily', daily, { count: 7, unit: 'days' }),
    period('Weekly', weekly, { count: 5, unit: 'weeks' }),
    period('Monthly', monthly, { count: 12, unit: 'months' }),
    { ...period('Yearly', yearly, { count: 6, unit: 'years' }), locked: true },
  ]),
  archive: profile('Archive', 'What hardly changes and must never go.', [
    period('Monthly', monthly, { count: 12, unit: 'months' }),
    period('Yearly', yearly, 'forever'),
  ]),
};

function profile(name: string, description: string, periods: readonly ProfilePeriod[]): ProfileDefinition {
  return {
    name,
    description,
    zone: null,
    periods,
    manual: { keep: { count: 30, unit: 'days' } },
    rpoMs: null,
    repository: null,
    blackouts: [],
  };
}

function period(name: string, rule: StoredRule, keep: KeepFor): ProfilePeriod {
  return {
    id: name.toLowerCase(),
    name,
    rule,
    keep,
    minimum: 1,
    missed: 'catchUp',
    quiesce: true,
    locked: false,
  };
}
