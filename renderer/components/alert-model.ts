/** Alerts as screens see them: who has to do something about which, in what order, and in what words. */
import type { Alert } from '../../shared/contract/alerts.ts';
import { alertLevels, type AlertLevel, type AlertRule } from '../../shared/model/alerts.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { Said } from './tone.ts';

/** Of an open alert: somebody has to look at it, somebody sees to it, or nobody is to be reminded of it for a while. */
export const alertStandings = ['needs', 'acknowledged', 'snoozed'] as const;
export type AlertStanding = (typeof alertStandings)[number];

const levels: Readonly<Record<AlertLevel, Said>> = {
  error: { tone: 'fail', words: 'error' },
  warning: { tone: 'part', words: 'warning' },
  info: { tone: 'none', words: 'information' },
};

export function sayLevel(level: AlertLevel): Said {
  return levels[level];
}

export function alertStandingOf(
  { acknowledged, snoozed }: Pick<Alert, 'acknowledged' | 'snoozed'>,
  nowMs: number,
): AlertStanding {
  if (acknowledged !== null) return 'acknowledged';
  return snoozed !== null && Date.parse(snoozed.until) > nowMs ? 'snoozed' : 'needs';
}

/** Worst first; of one level the oldest first, for it has waited longest. */
export function worstAlertsFirst(alerts: readonly Alert[]): readonly Alert[] {
  const rank = ({ level }: Alert) => -alertLevels.indexOf(level);
  return [...alerts].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.raisedAt, b.raisedAt) ||
      compare(a.title, b.title) ||
      // Two of the same words stay where they are.
      compare(a.id, b.id),
  );
}

/** Faster than by the rules of a language, for thousands. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Those of each standing, worst first. */
export function alertsByStanding(
  alerts: readonly Alert[],
  nowMs: number,
): Readonly<Record<AlertStanding, readonly Alert[]>> {
  const sorted = worstAlertsFirst(alerts);
  const of = (wanted: AlertStanding) => sorted.filter((alert) => alertStandingOf(alert, nowMs) === wanted);
  return { needs: of('needs'), acknowledged: of('acknowledged'), snoozed: of('snoozed') };
}

/** `Nothing needs anybody`, `3 alerts need somebody, the worst is an error`. `alerts` need somebody, worst first. */
export function needsWords(alerts: readonly Alert[]): string {
  if (alerts.length === 0) return 'Nothing needs anybody';
  return `${formatCount(alerts.length)} ${alerts.length === 1 ? 'alert needs' : 'alerts need'} somebody${worstWords(alerts)}`;
}

/** The same as the name of a button on which `count` stands. */
export function bellWords(alerts: readonly Alert[], count: string): string {
  if (alerts.length === 0) return `Alerts: ${count}, nothing needs anybody`;
  return `Alerts: ${count} ${alerts.length === 1 ? 'needs' : 'need'} somebody${worstWords(alerts)}`;
}

function worstWords([worst, ...others]: readonly Alert[]): string {
  if (worst === undefined) return '';
  const words = worst.level === 'error' ? 'an error' : worst.level === 'warning' ? 'a warning' : 'information';
  return others.length === 0 ? `: ${words}` : `, the worst is ${words}`;
}

export function findAlerts(alerts: readonly Alert[], text: string): readonly Alert[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return alerts;
  return alerts.filter(({ title, detail, todo, subject, level, id }) => {
    const haystack = [title, detail, todo, subject.name, sayLevel(level).words, id].join(' ').toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export const snoozeEnds = ['hour', 'tomorrow', 'week'] as const;
export type SnoozeEnd = (typeof snoozeEnds)[number];

/** ISO-8601 UTC; `tomorrow` is 08:00 of the next day where the page is. */
export function snoozeUntil(end: SnoozeEnd, nowMs: number): string {
  const day = new Date(nowMs);
  if (end === 'hour') return new Date(nowMs + 3_600_000).toISOString();
  if (end === 'tomorrow') return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 8).toISOString();
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 7, day.getHours(), day.getMinutes()).toISOString();
}

/** From a field of date and time, in the zone of the page; null where it is none, or is past. */
export function snoozeUntilTyped(text: string, nowMs: number): string | null {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? new Date(text).getTime() : Number.NaN;
  return Number.isFinite(ms) && ms > nowMs ? new Date(ms).toISOString() : null;
}

/**
 * What is told beside a verdict, without what the screen says by itself: the freeze, suspects, repositories, sources it
 * names. What a table of sources does not say comes first, else as they were.
 */
export function besideVerdict(alerts: readonly Alert[], named: ReadonlySet<string>): readonly Alert[] {
  const others = alerts.filter(
    ({ rule, subject }) => !panelRules.has(rule) && !(tableRules.has(rule) && named.has(subject.name)),
  );
  const isInTable = ({ rule }: Alert) => tableRules.has(rule);
  return [...others.filter((alert) => !isInTable(alert)), ...others.filter(isInTable)];
}

const panelRules: ReadonlySet<string> = new Set<AlertRule>([
  'frozen',
  'suspect',
  'repository-unreachable',
  'repository-locked',
]);
const tableRules: ReadonlySet<string> = new Set<AlertRule>(['overdue', 'run-failed', 'run-partial']);
