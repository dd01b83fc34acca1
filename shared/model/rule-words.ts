/** Rules of periods and how long they keep, as people write and read them. */
import type { KeepFor, KeepUnit, StoredRule } from './profile.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const units: Readonly<Record<string, KeepUnit>> = { h: 'hours', d: 'days', w: 'weeks', m: 'months', y: 'years' };

export const ruleForms =
  '`hourly :15`, `daily 22:00`, `weekly sun 22:00`, `monthly 31 22:00`, `yearly 12-31 22:00`, `cron 0 9 * * 1-5` or `once 2026-05-01T12:00Z`';

/** Null where the text is none of `ruleForms`. */
export function parseRule(text: string): StoredRule | null {
  const [kind = '', ...rest] = text.trim().split(/\s+/);
  const value = rest.join(' ');
  switch (kind.toLowerCase()) {
    case 'hourly': {
      const [minute] = numbers(/^:([0-5]\d)$/, value === '' ? ':00' : value);
      return minute === undefined ? null : { kind: 'hourly', minute };
    }
    case 'daily': {
      const [hour, minute] = timeOf(value);
      return hour === undefined || minute === undefined ? null : { kind: 'daily', hour, minute };
    }
    case 'weekly': {
      const [day = '', time = ''] = rest;
      const weekday = weekdays.indexOf(day.slice(0, 3).toLowerCase() as (typeof weekdays)[number]) + 1;
      const [hour, minute] = timeOf(time);
      return weekday === 0 || hour === undefined || minute === undefined
        ? null
        : { kind: 'weekly', weekday, hour, minute };
    }
    case 'monthly': {
      const [day, hour, minute] = numbers(/^(\d{1,2}) ([01]?\d|2[0-3]):([0-5]\d)$/, value);
      if (day === undefined || hour === undefined || minute === undefined || day < 1 || day > 31) return null;
      return { kind: 'monthly', day, hour, minute };
    }
    case 'yearly': {
      const [month, day, hour, minute] = numbers(/^(\d{1,2})-(\d{1,2}) ([01]?\d|2[0-3]):([0-5]\d)$/, value);
      if (month === undefined || day === undefined || hour === undefined || minute === undefined) return null;
      return month < 1 || month > 12 || day < 1 || day > 31 ? null : { kind: 'yearly', month, day, hour, minute };
    }
    case 'cron':
      return value === '' ? null : { kind: 'cron', expression: value };
    case 'once': {
      const at = Date.parse(value);
      return Number.isNaN(at) ? null : { kind: 'once', at: new Date(at).toISOString() };
    }
    default:
      return null;
  }
}

/** In the form that `parseRule` reads. */
export function ruleWords(rule: StoredRule): string {
  switch (rule.kind) {
    case 'hourly':
      return `hourly :${two(rule.minute)}`;
    case 'daily':
      return `daily ${clock(rule)}`;
    case 'weekly':
      return `weekly ${weekdays[rule.weekday - 1] ?? ''} ${clock(rule)}`;
    case 'monthly':
      return `monthly ${rule.day} ${clock(rule)}`;
    case 'yearly':
      return `yearly ${two(rule.month)}-${two(rule.day)} ${clock(rule)}`;
    case 'cron':
      return `cron ${rule.expression}`;
    case 'once':
      return `once ${rule.at}`;
  }
}

/** What `48h`, `14d`, `8w`, `12m`, `7y` and `forever` mean; `m` is months. Null for anything else. */
export function parseKeep(text: string): KeepFor | null {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'forever') return 'forever';
  const match = /^([1-9]\d{0,3}) ?([hdwmy])$/.exec(trimmed);
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : { count: Number(match[1]), unit };
}

function timeOf(text: string): readonly number[] {
  return numbers(/^([01]?\d|2[0-3]):([0-5]\d)$/, text);
}

function numbers(pattern: RegExp, text: string): readonly number[] {
  return (pattern.exec(text) ?? []).slice(1).map(Number);
}

function clock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${two(hour)}:${two(minute)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
