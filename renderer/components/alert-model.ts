/** Alerts as screens see them: who has to do something about which, in what order, and in what words. */
import type { Alert } from '../../shared/contract/alerts.ts';
import { alertLevels, type AlertLevel } from '../../shared/model/alerts.ts';
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
    (a, b) => rank(a) - rank(b) || a.raisedAt.localeCompare(b.raisedAt) || a.id.localeCompare(b.id),
  );
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
  const [worst] = alerts;
  if (worst === undefined) return 'Nothing needs anybody';
  const article = worst.level === 'error' ? 'an error' : worst.level === 'warning' ? 'a warning' : 'an information';
  if (alerts.length === 1) return `1 alert needs somebody: ${article}`;
  return `${formatCount(alerts.length)} alerts need somebody, the worst is ${article}`;
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

/** What is told beside a verdict, without what the screen says by itself: the freeze, suspects, sources it names. */
export function besideVerdict(alerts: readonly Alert[], named: ReadonlySet<string>): readonly Alert[] {
  const own: ReadonlySet<string> = new Set(['frozen', 'suspect', 'repository-unreachable', 'repository-locked']);
  const said: ReadonlySet<string> = new Set(['overdue', 'run-failed', 'run-partial']);
  return alerts.filter(({ rule, subject }) => !own.has(rule) && !(said.has(rule) && named.has(subject.name)));
}
