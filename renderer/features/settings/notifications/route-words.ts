/** Routes of alerts and what became of their messages, in words. */
import type { Delivery, Route, RouteTarget } from '../../../../shared/contract/routes.ts';
import type { AlertLevel } from '../../../../shared/model/alerts.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import type { Said } from '../../../components/tone.ts';

const kinds: Readonly<Record<RouteTarget['kind'], string>> = {
  desktop: 'desktop',
  mail: 'mail',
  webhook: 'webhook',
  healthCheck: 'health check',
};

export function kindWords(kind: RouteTarget['kind']): string {
  return kinds[kind];
}

export const levelChoices: readonly { readonly value: AlertLevel; readonly label: string }[] = [
  { value: 'error', label: 'Errors alone' },
  { value: 'warning', label: 'Errors and warnings' },
  { value: 'info', label: 'Everything' },
];

export function levelWords(level: AlertLevel): string {
  return levelChoices.find(({ value }) => value === level)?.label ?? level;
}

const hourMs = 3_600_000;

export const reminderChoices: readonly (number | null)[] = [
  hourMs,
  4 * hourMs,
  12 * hourMs,
  24 * hourMs,
  168 * hourMs,
  null,
];

export function reminderWords(everyMs: number | null): string {
  return everyMs === null ? 'none' : `every ${formatDuration(everyMs)}`;
}

export const intervalChoices: readonly number[] = [60_000, 5 * 60_000, 15 * 60_000, hourMs, 6 * hourMs, 24 * hourMs];

/** Where it leads, without what is secret. */
export function leadsTo({ target, origin }: Pick<Route, 'target' | 'origin'>): string {
  switch (target.kind) {
    case 'desktop':
      return 'notifications of this desktop';
    case 'mail':
      return `${target.to.join(', ')} by ${target.host}:${target.port}`;
    case 'webhook':
      return `${origin ?? 'an address that is not known'} (${formatWords[target.format]})`;
    case 'healthCheck':
      return origin ?? 'an address that is not known';
  }
}

export const formatWords = { json: 'JSON', slack: 'Slack or Mattermost', ntfy: 'ntfy' } as const;

export const securityWords = {
  tls: 'TLS from the first byte',
  starttls: 'STARTTLS, or nothing goes',
  none: 'none: readable by everybody on the way',
} as const;

const states: Readonly<Record<Delivery['state'], Said>> = {
  queued: { tone: 'none', words: 'waiting' },
  sent: { tone: 'good', words: 'delivered' },
  failed: { tone: 'fail', words: 'failed' },
  dropped: { tone: 'none', words: 'not sent' },
};

/** One that was tried and waits is not simply waiting. */
export function sayDelivery({ state, attempts }: Pick<Delivery, 'state' | 'attempts'>): Said {
  return state === 'queued' && attempts > 0 ? { tone: 'part', words: 'tried again' } : states[state];
}

const messages: Readonly<Record<Delivery['kind'], string>> = {
  raise: 'Alert',
  remind: 'Reminder',
  resolve: 'Resolved',
  test: 'Test',
  ping: 'Ping',
};

export function messageWords(kind: Delivery['kind']): string {
  return messages[kind];
}
