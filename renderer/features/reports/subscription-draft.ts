/** A subscription while somebody writes it. */
import type { Subscription } from '../../../shared/contract/reports.ts';
import type { StoredRule } from '../../../shared/model/profile.ts';
import type { ReportName } from '../../../shared/model/reports/document.ts';
import type { ReportFormat } from '../../../shared/model/reports/formats.ts';
import { ruleWords } from '../../../shared/model/rule-words.ts';
import type { SubscriptionDefinition } from '../../../shared/model/subscriptions.ts';
import { scopeArguments, scopeFrom, scopeText } from './report-words.ts';

export type SubscriptionDraft = {
  readonly name: string;
  /** Empty: to whoever the route leads to. */
  readonly address: string;
  readonly route: string;
  readonly reports: readonly ReportName[];
  readonly of: string;
  readonly period: string;
  readonly format: ReportFormat;
  /** `kept`: a rule that this form does not know. */
  readonly often: string;
  readonly time: string;
  readonly weekday: string;
  readonly day: string;
  readonly cron: string;
  readonly zone: string;
  readonly quietFrom: string;
  readonly quietTo: string;
};

const timeOfDay = /^([01]\d|2[0-3]):([0-5]\d)$/;

export function draftFrom(before: Subscription | null): SubscriptionDraft {
  const empty: SubscriptionDraft = {
    name: '',
    address: '',
    route: '',
    reports: ['freshness'],
    of: '',
    period: 'last-7-days',
    format: 'pdf',
    often: 'weekly',
    time: '07:00',
    weekday: '1',
    day: '1',
    cron: '0 7 * * 1-5',
    zone: '',
    quietFrom: '',
    quietTo: '',
  };
  if (before === null) return empty;
  const { name, to, reports, of, period, format, when, zone, quiet } = before;
  return {
    ...empty,
    name,
    address: to.kind === 'mail' ? to.address : '',
    route: to.kind === 'mail' ? to.via : to.route,
    reports,
    of: scopeText(of),
    period,
    format,
    ...fromRule(when),
    zone: zone ?? '',
    quietFrom: quiet?.from ?? '',
    quietTo: quiet?.to ?? '',
  };
}

function fromRule(when: StoredRule | null): Partial<SubscriptionDraft> {
  if (when === null) return { often: 'never' };
  switch (when.kind) {
    case 'daily':
      return { often: 'daily', time: clock(when) };
    case 'weekly':
      return { often: 'weekly', time: clock(when), weekday: String(when.weekday) };
    case 'monthly':
      return { often: 'monthly', time: clock(when), day: String(when.day) };
    case 'cron':
      return { often: 'cron', cron: when.expression };
    case 'hourly':
      return { often: 'cron', cron: `${when.minute} * * * *` };
    case 'yearly':
      return { often: 'cron', cron: `${when.minute} ${when.hour} ${when.day} ${when.month} *` };
    case 'once':
      return { often: 'never' };
  }
}

function clock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** What is missing or wrong, in a sentence; null: nothing. */
export function faultIn(draft: SubscriptionDraft): string | null {
  const { name, route, reports, often, time, day, quietFrom, quietTo } = draft;
  if (name.trim() === '') return 'It has no name yet.';
  if (route === '') return 'By which route it goes is not chosen yet.';
  if (reports.length === 0) return 'No report is chosen yet.';
  if (['daily', 'weekly', 'monthly'].includes(often) && !timeOfDay.test(time))
    return 'A time of day is written as 07:00.';
  if (often === 'monthly' && !(Number(day) >= 1 && Number(day) <= 31)) return 'A day of the month is 1 to 31.';
  if ((quietFrom === '') !== (quietTo === '')) return 'Quiet hours have a beginning and an end.';
  if (quietFrom !== '' && !(timeOfDay.test(quietFrom) && timeOfDay.test(quietTo)))
    return 'Quiet hours are written as 22:00 and 06:00.';
  return null;
}

/** Of a draft without fault. */
export function definitionOf(draft: SubscriptionDraft, before: Subscription | null): SubscriptionDefinition {
  const { name, address, route, reports, of, period, format, zone, quietFrom, quietTo } = draft;
  return {
    name: name.trim(),
    to: address.trim() === '' ? { kind: 'route', route } : { kind: 'mail', address: address.trim(), via: route },
    reports,
    of: scopeFrom(of),
    period,
    format,
    when: ruleFrom(draft),
    zone: zone.trim() === '' ? null : zone.trim(),
    quiet: quietFrom === '' ? null : { from: quietFrom, to: quietTo },
    suspended: before?.suspended ?? null,
  };
}

function ruleFrom({ often, time, weekday, day, cron }: SubscriptionDraft): StoredRule | null {
  const [, hour, minute] = (timeOfDay.exec(time) ?? []).map(Number);
  const at = { hour: hour ?? 0, minute: minute ?? 0 };
  switch (often) {
    case 'daily':
      return { kind: 'daily', ...at };
    case 'weekly':
      return { kind: 'weekly', weekday: Number(weekday), ...at };
    case 'monthly':
      return { kind: 'monthly', day: Number(day), ...at };
    case 'cron':
      return { kind: 'cron', expression: cron };
    default:
      return null;
  }
}

export function commandOf(draft: SubscriptionDraft, before: Subscription | null): string[] {
  const { to, when, zone, quiet, reports, period, format, name } = definitionOf(draft, before);
  return [
    'holdfast',
    'subscription',
    before === null ? 'add' : 'set',
    name === '' ? 'NAME' : name,
    ...reports.flatMap((report) => ['--report', report]),
    ...(to.kind === 'mail'
      ? ['--mail', to.address, '--via', to.via]
      : ['--route', to.route === '' ? 'ROUTE' : to.route]),
    '--when',
    when === null ? 'never' : ruleWords(when),
    ...(zone === null ? [] : ['--zone', zone]),
    '--period',
    period,
    '--format',
    format,
    ...scopeArguments(draft.of),
    ...(quiet === null ? [] : ['--quiet', `${quiet.from}-${quiet.to}`]),
  ];
}
