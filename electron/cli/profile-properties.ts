/** Properties of a profile as they are typed: `key=value`, and `<period>.key=value` for one of its periods. */
import type { ProfileDefinition, ProfilePeriod } from '../../shared/model/profile.ts';
import { parseKeep, parseRule, ruleForms } from '../../shared/model/rule-words.ts';
import { parseDuration } from '../../shared/model/units.ts';
import { badUsage } from './failure.ts';

export const profileHelp = `
Properties of a profile, each as --set key=value:
  description            what it is for
  zone                   time zone such as Europe/Berlin; machine: that of the machine
  rpo                    how old the newest good snapshot may be, such as 26h; periods: as they imply
  manual                 how long snapshots asked for by hand are kept, such as 30d
  blackouts              times without runs, such as 'mon-fri 08:00-18:00, sat 10:00-12:00'; none
  <period>.when          hourly :15, daily 22:00, weekly sun 22:00, monthly 31 22:00, yearly 12-31 22:00,
                         cron 0 9 * * 1-5, or once 2026-05-01T12:00Z; a period that is not there is added
  <period>.keep          48h, 14d, 8w, 12m (months), 7y or forever
  <period>.minimum       how many of its newest good snapshots stay, however old
  <period>.missed        catchUp or skip: what becomes of a run that passed while nothing could run
  <period>.quiesce       yes or no: whether the hooks of the source run around it
  <period>.locked        yes or no: nobody removes its snapshots before their time, but after an unlock of seven days
  <period>.name          how it is called`;

/** What the texts make of a profile. BAD_USAGE for a text that says nothing. */
export function applyProperties(
  profile: ProfileDefinition,
  set: readonly string[],
  drop: readonly string[],
): ProfileDefinition {
  const missing = drop.find((id) => !profile.periods.some((period) => period.id === id));
  if (missing !== undefined) throw badUsage(`It has no period ${missing}; see \`holdfast profile show\`.`);
  const left: ProfileDefinition = { ...profile, periods: profile.periods.filter(({ id }) => !drop.includes(id)) };
  return set.reduce((changed, text) => applyProperty(changed, text), left);
}

function applyProperty(profile: ProfileDefinition, text: string): ProfileDefinition {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1) throw badUsage(`Write --set key=value; ${text} is not of that form.`);
  const dot = key.indexOf('.');
  if (dot > 0) return withPeriod(profile, key.slice(0, dot), key.slice(dot + 1), value);
  switch (key) {
    case 'description':
      return { ...profile, description: value };
    case 'zone':
      return { ...profile, zone: value === 'machine' ? null : value };
    case 'rpo':
      return {
        ...profile,
        rpoMs: value === 'periods' ? null : must(parseDuration(value), 'rpo', 'a duration such as 90m, 26h or 1d12h'),
      };
    case 'manual':
      return { ...profile, manual: { keep: must(parseKeep(value), 'manual', keepForms) } };
    case 'blackouts':
      return { ...profile, blackouts: value === 'none' ? [] : value.split(',').map(readBlackout) };
    default:
      throw badUsage(`A profile has no ${key}; see \`holdfast profile add --help\`.`);
  }
}

const keepForms = '48h, 14d, 8w, 12m (months), 7y or forever';

function withPeriod(profile: ProfileDefinition, id: string, key: string, value: string): ProfileDefinition {
  const there = profile.periods.find((period) => period.id === id);
  if (there === undefined && key !== 'when')
    throw badUsage(`It has no period ${id}. A new one begins with --set '${id}.when=daily 22:00'.`);
  const changed = changePeriod(there ?? newPeriod(id), key, value);
  const periods =
    there === undefined
      ? [...profile.periods, changed]
      : profile.periods.map((period) => (period.id === id ? changed : period));
  return { ...profile, periods };
}

function newPeriod(id: string): ProfilePeriod {
  return {
    id,
    name: id.charAt(0).toUpperCase() + id.slice(1),
    rule: { kind: 'daily', hour: 22, minute: 0 },
    keep: { count: 14, unit: 'days' },
    minimum: 1,
    missed: 'catchUp',
    quiesce: true,
    locked: false,
  };
}

function changePeriod(period: ProfilePeriod, key: string, value: string): ProfilePeriod {
  const name = `${period.id}.${key}`;
  switch (key) {
    case 'when':
      return { ...period, rule: must(parseRule(value), name, ruleForms) };
    case 'keep':
      return { ...period, keep: must(parseKeep(value), name, keepForms) };
    case 'minimum':
      return { ...period, minimum: must(/^\d{1,4}$/.test(value) ? Number(value) : null, name, 'a number') };
    case 'missed':
      return {
        ...period,
        missed: must(value === 'catchUp' || value === 'skip' ? value : null, name, 'catchUp or skip'),
      };
    case 'quiesce':
      return { ...period, quiesce: must(yesOrNo(value), name, 'yes or no') };
    case 'locked':
      return { ...period, locked: must(yesOrNo(value), name, 'yes or no') };
    case 'name':
      return { ...period, name: value };
    default:
      throw badUsage(`A period has no ${key}; it has when, keep, minimum, missed, quiesce, locked and name.`);
  }
}

function must<Value>(value: Value | null, key: string, forms: string): Value {
  if (value === null) throw badUsage(`${key} is ${forms}.`);
  return value;
}

function yesOrNo(text: string): boolean | null {
  return text === 'yes' ? true : text === 'no' ? false : null;
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function readBlackout(text: string): ProfileDefinition['blackouts'][number] {
  const match = /^(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$/.exec(text.trim().toLowerCase());
  const [, first = '', last = first, from = '', to = ''] = match ?? [];
  const [begin, end] = [dayNames.indexOf(first) + 1, dayNames.indexOf(last) + 1];
  if (begin === 0 || end === 0)
    throw badUsage(`blackouts are written as 'mon-fri 08:00-18:00'; ${text.trim()} is not of that form.`);
  const length = ((end - begin + 7) % 7) + 1;
  return { weekdays: Array.from({ length }, (_, day) => ((begin - 1 + day) % 7) + 1), from, to };
}

/** As they are typed. */
export function blackoutWords({ weekdays, from, to }: ProfileDefinition['blackouts'][number]): string {
  return `${weekdays.map((day) => dayNames[day - 1] ?? '').join(' ')} ${from}–${to}`;
}
