/** What is wrong with a profile before anybody relies on it, in sentences. */
import { IANAZone } from 'luxon';
import { leaveTime } from './blackouts.ts';
import { namePattern } from './configuration.ts';
import { isCron } from './cron.ts';
import { manualPeriod, type ProfileDefinition, type ProfilePeriod } from './profile.ts';
import { ruleOf } from './period-rule.ts';

/** Empty: nothing. */
export function profileProblems(profile: ProfileDefinition): readonly string[] {
  const { name, zone, periods, blackouts } = profile;
  return [
    ...(namePattern.test(name) ? [] : ['The profile needs a name of letters, digits, spaces and . _ @ + -.']),
    ...(zone === null || IANAZone.isValidZone(zone) ? [] : [`There is no time zone called ${zone}.`]),
    ...(periods.length === 0 ? ['It has no period, so it would never take a snapshot.'] : []),
    ...periods.flatMap(periodProblems),
    ...twins(periods.map(({ id }) => id)).map((id) => `Two periods have the id ${id}.`),
    ...twins(periods.map((period) => period.name)).map((twin) => `Two periods are called ${twin}.`),
    ...(leaveTime(blackouts) ? [] : ['Its blackouts leave no time of the week in which a run could begin.']),
  ];
}

function periodProblems({ id, name, rule }: ProfilePeriod): readonly string[] {
  const called = name.trim() === '' ? id : name;
  const problems: string[] = [];
  if (!namePattern.test(name)) problems.push(`Period ${id} needs a name of letters, digits, spaces and . _ @ + -.`);
  if (id === manualPeriod)
    problems.push(`No period can have the id ${manualPeriod}: snapshots asked for by hand are called so.`);
  if (ruleOf(rule) === null) problems.push(`Period ${called} never comes: ${whyNever(rule)}.`);
  return problems;
}

function whyNever(rule: ProfilePeriod['rule']): string {
  if (rule.kind === 'once') return `${rule.at} is no time`;
  if (rule.kind !== 'cron') return 'its time cannot be understood';
  const { expression } = rule;
  return isCron(expression)
    ? `no year has a day as \`${expression}\` asks for`
    : `\`${expression}\` is no cron expression of five fields`;
}

function twins(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
