/** A profile while it is written: everything as it was typed, and what becomes of it. */
import { DateTime } from 'luxon';
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { profileFaults, type ProfileFault } from '../../../shared/model/profile-check.ts';
import {
  keepUnits,
  manualPeriod,
  type Blackout,
  type KeepFor,
  type KeepUnit,
  type ProfileDefinition,
  type ProfilePeriod,
  type StoredRule,
} from '../../../shared/model/profile.ts';
import { parseDuration } from '../../../shared/model/units.ts';
import { durationText } from './commands.ts';

export type KeepDraft = { readonly count: string; readonly unit: KeepUnit | 'forever' };

export type PeriodDraft = {
  /** Of the page alone; a period keeps it while it is written. */
  readonly key: string;
  /** Null: it is new, and gets one from its name. */
  readonly id: string | null;
  readonly name: string;
  readonly kind: StoredRule['kind'];
  readonly minute: string;
  /** `HH:MM`. */
  readonly time: string;
  readonly weekday: number;
  readonly day: string;
  readonly month: number;
  readonly cron: string;
  /** `YYYY-MM-DD HH:MM`, by the clocks of the profile. */
  readonly once: string;
  readonly keep: KeepDraft;
  readonly minimum: string;
  readonly missed: ProfilePeriod['missed'];
  readonly quiesce: boolean;
  readonly locked: boolean;
};

export type BlackoutDraft = Blackout & { readonly key: string };

export type ProfileDraft = {
  readonly name: string;
  readonly description: string;
  readonly zone: string | null;
  readonly periods: readonly PeriodDraft[];
  readonly manual: KeepDraft;
  /** Empty: as the periods imply. */
  readonly rpo: string;
  readonly repository: string | null;
  readonly blackouts: readonly BlackoutDraft[];
};

/** By the field: `name`, `zone`, `rpo`, `manual`, `periods`, `blackouts`, or `<key>.name|rule|keep|minimum|days|from|to`. */
export type Faults = ReadonlyMap<string, string>;

export type DraftTerms = {
  readonly machineZone: string;
  /** Names of other profiles. */
  readonly taken: ReadonlySet<string>;
  /** Ids of periods that there were: snapshots carry them, so that a new one must not be called so. */
  readonly usedIds: ReadonlySet<string>;
};

export type ReadDraft = {
  /** Null while something cannot be read; with faults of what can be read but would not do. */
  readonly definition: ProfileDefinition | null;
  readonly faults: Faults;
};

export const mostPeriods = 24;
export const mostBlackouts = 20;

/** What is written of a profile, without what the engine adds. */
export function definitionOf(profile: ProfileDefinition): ProfileDefinition {
  const { name, description, zone, periods, manual, rpoMs, repository, blackouts } = profile;
  return { name, description, zone, periods, manual, rpoMs, repository, blackouts };
}

export function draftOf(profile: ProfileDefinition, machineZone: string): ProfileDraft {
  const { name, description, zone, periods, manual, rpoMs, repository, blackouts } = profile;
  return {
    name,
    description,
    zone,
    periods: periods.map((period) => periodDraft(period, zone ?? machineZone)),
    manual: keepDraft(manual.keep),
    rpo: rpoMs === null ? '' : durationText(rpoMs),
    repository,
    blackouts: blackouts.map((blackout, index) => ({ ...blackout, key: `blackout-${index}` })),
  };
}

export function readDraft(draft: ProfileDraft, terms: DraftTerms): ReadDraft {
  const faults = new Map<string, string>();
  const zone = draft.zone ?? terms.machineZone;
  const ids = periodIds(draft.periods, terms.usedIds);
  const periods = draft.periods.map((period, index) => readPeriod(period, ids[index] ?? '', zone, faults));
  const manual = readKeep(draft.manual, 'manual', faults);
  const rpoMs = readRpo(draft.rpo, faults);
  readWords(draft, terms, faults);
  const blackouts = draft.blackouts.map((blackout) => readBlackout(blackout, faults));
  const isWhole = periods.every((period) => period !== null) && blackouts.every((blackout) => blackout !== null);
  if (!isWhole || manual === null || rpoMs === undefined) return { definition: null, faults };
  const definition: ProfileDefinition = {
    name: draft.name.trim(),
    description: draft.description.trim(),
    zone: draft.zone,
    periods: periods.filter((period) => period !== null),
    manual: { keep: manual },
    rpoMs,
    repository: draft.repository,
    blackouts: blackouts.filter((blackout) => blackout !== null),
  };
  for (const fault of profileFaults(definition)) {
    const key = placeOf(fault, draft.periods);
    if (!faults.has(key)) faults.set(key, fault.text);
  }
  return { definition, faults };
}

/** One period, whatever the others are; null while it cannot be read. */
export function readPeriodAlone(period: PeriodDraft, zone: string): ProfilePeriod | null {
  return readPeriod(period, period.id ?? '', zone, new Map());
}

/** Comes every day, as most do. */
export function newPeriod(key: string): PeriodDraft {
  return { ...blank, key, id: null, name: '', kind: 'daily', keep: { count: '14', unit: 'days' } };
}

function readWords({ name, description }: ProfileDraft, { taken }: DraftTerms, faults: Map<string, string>): void {
  if (taken.has(name.trim())) faults.set('name', `A profile called ${name.trim()} is there already.`);
  if (description.trim().length > configurationLimits.reasonLength)
    faults.set('description', `At most ${configurationLimits.reasonLength} letters.`);
}

function placeOf({ at, period }: ProfileFault, periods: readonly PeriodDraft[]): string {
  const key = period === null ? '' : (periods[period]?.key ?? '');
  if (at === 'periodName' || at === 'periodId') return `${key}.name`;
  return at === 'periodRule' ? `${key}.rule` : at;
}

/** Those that are there keep theirs; a new one gets one from its name that no other has, or had. */
function periodIds(periods: readonly PeriodDraft[], usedIds: ReadonlySet<string>): readonly string[] {
  const taken = new Set([...usedIds, ...periods.flatMap(({ id }) => (id === null ? [] : [id])), manualPeriod]);
  return periods.map(({ id, name }) => {
    if (id !== null) return id;
    const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const stem = plain.replace(/^-+|-+$/g, '').slice(0, 32) || 'period';
    let made = stem;
    for (let number = 2; taken.has(made); number += 1) made = `${stem}-${number}`;
    taken.add(made);
    return made;
  });
}

function readPeriod(period: PeriodDraft, id: string, zone: string, faults: Map<string, string>): ProfilePeriod | null {
  const { key, name, missed, quiesce, locked } = period;
  const rule = readRule(period, zone);
  if (typeof rule === 'string') faults.set(`${key}.rule`, rule);
  const keep = readKeep(period.keep, `${key}.keep`, faults);
  const minimum = wholeNumber(period.minimum, 0, 1000);
  if (minimum === null) faults.set(`${key}.minimum`, 'A number from 0 to 1000.');
  if (typeof rule === 'string' || keep === null || minimum === null) return null;
  return { id, name: name.trim(), rule, keep, minimum, missed, quiesce, locked };
}

/** A text says what is wrong with it. */
function readRule(period: PeriodDraft, zone: string): StoredRule | string {
  const { kind, weekday, month } = period;
  if (kind === 'hourly') {
    const minute = wholeNumber(period.minute, 0, 59);
    return minute === null ? 'A minute from 0 to 59.' : { kind, minute };
  }
  if (kind === 'cron') {
    const expression = period.cron.trim();
    return expression === '' ? 'Five fields: minute, hour, day, month, day of week.' : { kind, expression };
  }
  if (kind === 'once') {
    const at = DateTime.fromFormat(period.once.trim(), onceFormat, { zone });
    return at.isValid ? { kind, at: at.toUTC().toISO() } : 'A day and a time such as 2026-05-01 12:00.';
  }
  const at = timeOf(period.time);
  if (at === null) return timeFault;
  if (kind === 'daily') return { kind, ...at };
  if (kind === 'weekly') return { kind, weekday, ...at };
  const day = wholeNumber(period.day, 1, 31);
  if (day === null) return 'A day from 1 to 31.';
  return kind === 'monthly' ? { kind, day, ...at } : { kind, month, day, ...at };
}

function readBlackout({ key, weekdays, from, to }: BlackoutDraft, faults: Map<string, string>): Blackout | null {
  const [begin, end] = [timeOf(from), timeOf(to)];
  if (weekdays.length === 0) faults.set(`${key}.days`, 'It needs a day.');
  if (begin === null) faults.set(`${key}.from`, timeFault);
  if (end === null) faults.set(`${key}.to`, timeFault);
  if (weekdays.length === 0 || begin === null || end === null) return null;
  return { weekdays, from: clock(begin), to: clock(end) };
}

const timeFault = 'A time of day such as 22:30.';
const onceFormat = 'yyyy-MM-dd HH:mm';

type TimeOfDay = { readonly hour: number; readonly minute: number };

function timeOf(text: string): TimeOfDay | null {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  return match === null ? null : { hour: Number(match[1]), minute: Number(match[2]) };
}

function clock({ hour, minute }: TimeOfDay): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function readKeep({ count, unit }: KeepDraft, key: string, faults: Map<string, string>): KeepFor | null {
  if (unit === 'forever') return unit;
  const number = wholeNumber(count, 1, 10_000);
  if (number !== null) return { count: number, unit };
  faults.set(key, 'A number from 1 to 10000.');
  return null;
}

/** Undefined where it is no duration. */
function readRpo(text: string, faults: Map<string, string>): number | null | undefined {
  if (text.trim() === '') return null;
  const ms = parseDuration(text.replaceAll(' ', ''));
  if (ms !== null && ms >= 60_000) return ms;
  faults.set('rpo', 'A duration of a minute or more, such as 90m, 26h or 1d12h.');
  return undefined;
}

function wholeNumber(text: string, least: number, most: number): number | null {
  const number = /^\d{1,6}$/.test(text.trim()) ? Number(text) : NaN;
  return number >= least && number <= most ? number : null;
}

const blank: Omit<PeriodDraft, 'key' | 'id' | 'name' | 'kind' | 'keep'> = {
  minute: '0',
  time: '22:00',
  weekday: 7,
  day: '31',
  month: 12,
  cron: '',
  once: '',
  minimum: '1',
  missed: 'catchUp',
  quiesce: true,
  locked: false,
};

function periodDraft({ id, name, rule, keep, minimum, ...rest }: ProfilePeriod, zone: string): PeriodDraft {
  const { missed, quiesce, locked } = rest;
  const own = {
    key: `period-${id}`,
    id,
    name,
    keep: keepDraft(keep),
    minimum: String(minimum),
    missed,
    quiesce,
    locked,
  };
  return { ...blank, ...own, kind: rule.kind, ...ruleDraft(rule, zone) };
}

function ruleDraft(rule: StoredRule, zone: string): Partial<PeriodDraft> {
  if (rule.kind === 'hourly') return { minute: String(rule.minute) };
  if (rule.kind === 'cron') return { cron: rule.expression };
  if (rule.kind === 'once') return { once: DateTime.fromISO(rule.at, { zone }).toFormat(onceFormat) };
  return {
    time: clock(rule),
    ...('weekday' in rule ? { weekday: rule.weekday } : {}),
    ...('day' in rule ? { day: String(rule.day) } : {}),
    ...('month' in rule ? { month: rule.month } : {}),
  };
}

function keepDraft(keep: KeepFor): KeepDraft {
  return keep === 'forever' ? { count: '', unit: keep } : { count: String(keep.count), unit: keep.unit };
}

export const keepChoices: readonly { readonly value: KeepDraft['unit']; readonly label: string }[] = [
  ...keepUnits.map((unit) => ({ value: unit, label: unit })),
  { value: 'forever', label: 'for ever' },
];
