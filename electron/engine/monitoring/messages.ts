/** What is told about alerts, in words: one by one, and several at once where people read it. Pure. */
import { DateTime } from 'luxon';
import type { DeliveryKind } from '../catalog/deliveries.ts';
import type { AlertRow } from '../catalog/alerts.ts';
import { alertLevels, type AlertLevel } from '../../../shared/model/alerts.ts';

/** One message about one alert. */
export type Told = {
  readonly delivery: string;
  readonly kind: Extract<DeliveryKind, 'raise' | 'remind' | 'resolve'>;
  readonly alert: AlertRow;
};

export type ConsoleFacts = {
  readonly hostname: string;
  readonly tenant: string;
  /** IANA name. */
  readonly zone: string;
};

export type Message = {
  /** One line, without characters that control anything. */
  readonly title: string;
  readonly text: string;
  /** The worst of what it is about; `ok` where all of it is over. */
  readonly level: AlertLevel | 'ok';
};

/** As many alerts as one message spells out. */
const mostSpelt = 20;

export function messageOf(told: readonly Told[], console: ConsoleFacts): Message {
  const [first] = told;
  const sorted = told.toSorted((a, b) => rank(b) - rank(a));
  const title = told.length === 1 && first !== undefined ? titleOf(first) : summaryOf(told);
  const spelt = sorted.slice(0, mostSpelt).map((one) => spell(one, console.zone, told.length > 1));
  const rest = told.length - spelt.length;
  const more = rest > 0 ? [`… and ${rest} more; see the console.`] : [];
  const where = `Holdfast on ${console.hostname}${console.tenant === 'default' ? '' : `, tenant ${console.tenant}`}`;
  return {
    title: oneLine(title),
    text: [
      ...spelt,
      ...more,
      `-- \n${where}. Alerts are acknowledged and snoozed in the console, or with \`holdfast alerts\`.`,
    ].join('\n\n'),
    level: levelOf(told),
  };
}

export function testMessage(route: string, { hostname }: ConsoleFacts): Message {
  return {
    title: `Test of ${oneLine(route)}`,
    text: `Holdfast on ${hostname} can tell alerts this way. Nothing has happened.`,
    level: 'info',
  };
}

/** Control and direction characters of names and messages would change what is shown around them. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function titleOf({ kind, alert }: Told): string {
  if (kind === 'resolve') return `Resolved: ${alert.title}`;
  return kind === 'remind' ? `Still: ${alert.title}` : alert.title;
}

/** `3 alerts: 2 new, 1 resolved`. */
function summaryOf(told: readonly Told[]): string {
  const count = (wanted: Told['kind']): number => told.filter(({ kind }) => kind === wanted).length;
  const parts = [
    [count('raise'), 'new'],
    [count('remind'), 'still open'],
    [count('resolve'), 'resolved'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${told.length} alerts: ${words.join(', ')}`;
}

/** Of one alone the title says already what it is. */
function spell(told: Told, zone: string, isTitled: boolean): string {
  const { kind, alert } = told;
  const raised = `Raised ${timeText(alert.raisedAtMs, zone)}`;
  const lines =
    kind === 'resolve'
      ? [`${raised}, resolved ${timeText(alert.resolvedAtMs ?? alert.changedAtMs, zone)}${byWords(alert)}.`]
      : [alert.detail, `What to do: ${alert.todo}`, `${raised}. Alert ${alert.alert.slice(0, 8)}.`];
  return [...(isTitled ? [titleOf(told)] : []), ...lines].map(oneLine).join('\n');
}

function byWords({ resolvedBy }: AlertRow): string {
  return resolvedBy === null ? '' : ` by ${resolvedBy}`;
}

function levelOf(told: readonly Told[]): Message['level'] {
  const open = told.filter(({ kind }) => kind !== 'resolve').map(({ alert }) => alert.level);
  return open.toSorted((a, b) => alertLevels.indexOf(b) - alertLevels.indexOf(a))[0] ?? 'ok';
}

function rank({ kind, alert }: Told): number {
  return kind === 'resolve' ? -1 : alertLevels.indexOf(alert.level);
}

function timeText(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone, locale: 'en-GB' }).toFormat("d LLL yyyy, HH:mm ('UTC'ZZ)");
}
