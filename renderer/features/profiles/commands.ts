/** The command lines that do with profiles what the screen does. */
import type {
  AssignmentScope,
  Blackout,
  KeepFor,
  ProfileDefinition,
  ProfilePeriod,
} from '../../../shared/model/profile.ts';
import { ruleWords } from '../../../shared/model/rule-words.ts';
import { dayRuns } from './profile-words.ts';

export type Subject = { readonly scope: AssignmentScope; readonly subject: string };

/** The repository of a profile is chosen on this screen alone. */
export function addCommand(profile: ProfileDefinition): readonly string[] {
  const from: ProfileDefinition = { ...emptyProfile, name: profile.name };
  return ['holdfast', 'profile', 'add', '--name', profile.name, ...changes(from, profile)];
}

/** Null where nothing differs. */
export function editCommand(before: ProfileDefinition, after: ProfileDefinition): readonly string[] | null {
  const rename = before.name === after.name ? [] : ['--rename', after.name];
  const gone = before.periods.filter(({ id }) => !after.periods.some((period) => period.id === id));
  const words = [...rename, ...gone.flatMap(({ id }) => ['--drop', id]), ...changes(before, after)];
  return words.length === 0 ? null : ['holdfast', 'profile', 'edit', before.name, ...words];
}

/** With null, what is less particular counts again. */
export function assignCommand({ scope, subject }: Subject, profile: string | null): readonly string[] {
  const whom = scope === 'tenant' ? ['--all'] : [`--${scope}`, subject];
  return ['holdfast', 'profile', ...(profile === null ? ['unassign'] : ['assign', profile]), ...whom];
}

export function removeCommand(name: string): readonly string[] {
  return ['holdfast', 'profile', 'remove', name];
}

/** What the command line begins with. */
const emptyProfile: ProfileDefinition = {
  name: '',
  description: '',
  zone: null,
  periods: [],
  manual: { keep: { count: 30, unit: 'days' } },
  rpoMs: null,
  repository: null,
  blackouts: [],
};

function changes(before: ProfileDefinition, after: ProfileDefinition): readonly string[] {
  const had = propertiesOf(before);
  const periods = after.periods.flatMap((period) => {
    const there = before.periods.find(({ id }) => id === period.id);
    return periodChanges(there ?? null, period);
  });
  const whole = [...propertiesOf(after)].filter(([key, value]) => had.get(key) !== value);
  return [...whole, ...periods].flatMap(([key, value]) => ['--set', `${key}=${value}`]);
}

function propertiesOf({ description, zone, rpoMs, manual, blackouts }: ProfileDefinition): ReadonlyMap<string, string> {
  return new Map([
    ['description', description],
    ['zone', zone ?? 'machine'],
    ['rpo', rpoMs === null ? 'periods' : durationText(rpoMs)],
    ['manual', keepText(manual.keep)],
    ['blackouts', blackouts.length === 0 ? 'none' : blackouts.flatMap(blackoutTexts).join(', ')],
  ]);
}

/** Of a new one all that differs from what the command line gives it, `when` first. */
function periodChanges(before: ProfilePeriod | null, after: ProfilePeriod): readonly (readonly [string, string])[] {
  const { id } = after;
  const had = periodProperties(before ?? { ...newPeriod, id, name: id.charAt(0).toUpperCase() + id.slice(1) });
  return [...periodProperties(after)]
    .filter(([key, value]) => had.get(key) !== value || (before === null && key === 'when'))
    .map(([key, value]) => [`${id}.${key}`, value] as const);
}

const newPeriod: Omit<ProfilePeriod, 'id' | 'name'> = {
  rule: { kind: 'daily', hour: 22, minute: 0 },
  keep: { count: 14, unit: 'days' },
  minimum: 1,
  missed: 'catchUp',
  quiesce: true,
  locked: false,
};

function periodProperties({ name, rule, keep, minimum, missed, quiesce, locked }: ProfilePeriod) {
  return new Map([
    ['when', ruleWords(rule)],
    ['keep', keepText(keep)],
    ['minimum', String(minimum)],
    ['missed', missed],
    ['quiesce', quiesce ? 'yes' : 'no'],
    ['locked', locked ? 'yes' : 'no'],
    ['name', name],
  ]);
}

/** `14d`, `forever`: the first letter of a unit is what `parseKeep` reads. */
function keepText(keep: KeepFor): string {
  return keep === 'forever' ? keep : `${keep.count}${keep.unit.charAt(0)}`;
}

const dayTexts = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function blackoutTexts({ weekdays, from, to }: Blackout): readonly string[] {
  const text = (day: number) => dayTexts[day - 1] ?? '';
  return dayRuns(weekdays).map(
    ([first, last]) => `${first === last ? text(first) : `${text(first)}-${text(last)}`} ${from}-${to}`,
  );
}

/** As `parseDuration` reads it; what is less than a minute is left away. */
export function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const text = `${days === 0 ? '' : `${days}d`}${hours === 0 ? '' : `${hours}h`}${rest === 0 ? '' : `${rest}m`}`;
  return text === '' ? '0m' : text;
}
