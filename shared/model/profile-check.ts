/** What is wrong with a profile before anybody relies on it, in sentences, each with the part of it that it is about. */
import { IANAZone } from 'luxon';
import { leaveTime } from './blackouts.ts';
import { namePattern } from './configuration.ts';
import { isCron } from './cron.ts';
import { manualPeriod, type ProfileDefinition, type ProfilePeriod } from './profile.ts';
import { ruleOf } from './period-rule.ts';

export type ProfileFault = {
  readonly at: 'name' | 'zone' | 'periods' | 'blackouts' | 'periodId' | 'periodName' | 'periodRule';
  /** Which of the periods, from 0 on; null: none of them alone. */
  readonly period: number | null;
  readonly text: string;
};

/** Empty: nothing. */
export function profileProblems(profile: ProfileDefinition): readonly string[] {
  return profileFaults(profile).map(({ text }) => text);
}

export function profileFaults({ name, zone, periods, blackouts }: ProfileDefinition): readonly ProfileFault[] {
  const whole = (at: ProfileFault['at'], text: string): ProfileFault => ({ at, period: null, text });
  return [
    ...(namePattern.test(name)
      ? []
      : [whole('name', 'The profile needs a name of letters, digits, spaces and . _ @ + -.')]),
    ...(zone === null || IANAZone.isValidZone(zone) ? [] : [whole('zone', `There is no time zone called ${zone}.`)]),
    ...(periods.length === 0 ? [whole('periods', 'It has no period, so it would never take a snapshot.')] : []),
    ...periods.flatMap(periodFaults),
    ...twins(periods.map(({ id }) => id)).map(({ value, index }) => ({
      at: 'periodId' as const,
      period: index,
      text: `Two periods have the id ${value}.`,
    })),
    ...twins(periods.map((period) => period.name)).map(({ value, index }) => ({
      at: 'periodName' as const,
      period: index,
      text: `Two periods are called ${value}.`,
    })),
    ...(leaveTime(blackouts)
      ? []
      : [whole('blackouts', 'Its blackouts leave no time of the week in which a run could begin.')]),
  ];
}

function periodFaults({ id, name, rule }: ProfilePeriod, period: number): readonly ProfileFault[] {
  const called = name.trim() === '' ? id : name;
  const faults: ProfileFault[] = [];
  if (!namePattern.test(name)) {
    const text = `Period ${id} needs a name of letters, digits, spaces and . _ @ + -.`;
    faults.push({ at: 'periodName', period, text });
  }
  if (id === manualPeriod) {
    const text = `No period can have the id ${manualPeriod}: snapshots asked for by hand are called so.`;
    faults.push({ at: 'periodId', period, text });
  }
  if (ruleOf(rule) === null)
    faults.push({ at: 'periodRule', period, text: `Period ${called} never comes: ${whyNever(rule)}.` });
  return faults;
}

function whyNever(rule: ProfilePeriod['rule']): string {
  if (rule.kind === 'once') return `${rule.at} is no time`;
  if (rule.kind !== 'cron') return 'its time cannot be understood';
  const { expression } = rule;
  return isCron(expression)
    ? `no year has a day as \`${expression}\` asks for`
    : `\`${expression}\` is no cron expression of five fields`;
}

/** Each value that comes again, once, with the second place where it stands. */
function twins(values: readonly string[]): readonly { readonly value: string; readonly index: number }[] {
  return [...new Set(values)].flatMap((value) => {
    const index = values.indexOf(value, values.indexOf(value) + 1);
    return index < 0 ? [] : [{ value, index }];
  });
}
