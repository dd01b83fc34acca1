/** Webhooks: JSON for programs, what Slack and Mattermost take, what ntfy takes; and pings of health checks. */
import type { RouteDefinition, RouteSecrets, RouteTarget } from '../../../../shared/contract/routes.ts';
import type { ConsoleFacts, Message, Told } from '../messages.ts';
import { topicOf } from '../route-check.ts';
import { request, type Outcome } from './http.ts';

export type Webhook = Extract<RouteTarget, { kind: 'webhook' }>;

type Envelope = {
  readonly definition: RouteDefinition;
  readonly target: Webhook;
  readonly secrets: RouteSecrets;
  readonly signal: AbortSignal;
};

/** `id` stays the same when it is sent again: whoever takes it can tell. */
export async function sendJson(envelope: Envelope, id: string, body: object): Promise<Outcome> {
  return post(envelope, envelope.secrets.url ?? '', { ...body, id }, id);
}

export async function sendMessage(envelope: Envelope, id: string, message: Message): Promise<Outcome> {
  const url = envelope.secrets.url ?? '';
  if (envelope.target.format === 'slack') return post(envelope, url, slackBody(message), id);
  const place = topicOf(url);
  if (place === null) return { problem: 'The address names no topic.', mayPass: false, afterMs: null };
  return post(envelope, place.base, ntfyBody(place.topic, message), id);
}

/** What a program gets about one alert; docs/ALERTS.md describes it. */
export function jsonBody({ kind, alert }: Told, { hostname, tenant }: ConsoleFacts): object {
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    version: 1,
    kind,
    alert: {
      id: alert.alert,
      rule: alert.rule,
      subject: { kind: alert.kind, name: alert.subject },
      level: alert.level,
      title: alert.title,
      detail: alert.detail,
      todo: alert.todo,
      raisedAt: time(alert.raisedAtMs),
      resolvedAt: time(alert.resolvedAtMs),
    },
    console: { hostname, tenant },
  };
}

export async function ping(envelope: Omit<Envelope, 'target'>, isWell: boolean): Promise<Outcome> {
  const address = new URL(envelope.secrets.url ?? '');
  if (!isWell) address.pathname = `${address.pathname.replace(/\/$/, '')}/fail`;
  const { timeoutMs } = envelope.definition;
  return request({
    url: address.href,
    method: 'GET',
    headers: { ...userAgent, ...ownHeaders(envelope.secrets) },
    body: null,
    timeoutMs,
    signal: envelope.signal,
  });
}

const userAgent = { 'user-agent': 'Holdfast' };

function post(
  { definition, target, secrets, signal }: Envelope,
  url: string,
  body: object,
  id: string,
): Promise<Outcome> {
  const headers = {
    ...userAgent,
    'content-type': 'application/json',
    'idempotency-key': id,
    ...authorization(target, secrets),
    ...ownHeaders(secrets),
  };
  return request({ url, method: 'POST', headers, body: JSON.stringify(body), timeoutMs: definition.timeoutMs, signal });
}

function authorization({ authentication, user }: Webhook, { password = '' }: RouteSecrets): Record<string, string> {
  if (authentication === 'bearer') return { authorization: `Bearer ${password}` };
  if (authentication !== 'basic') return {};
  return { authorization: `Basic ${Buffer.from(`${user ?? ''}:${password}`).toString('base64')}` };
}

function ownHeaders({ headers = [] }: RouteSecrets): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
}

/** Three characters have a meaning of their own there, so that nothing in a name can address anybody. */
function slackBody({ title, text }: Message): object {
  const escape = (part: string): string =>
    part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { text: `*${escape(title).replaceAll('*', '∗')}*\n${escape(text)}` };
}

const priorities: Readonly<Record<Message['level'], number>> = { ok: 2, info: 2, warning: 3, error: 5 };
const tags: Readonly<Record<Message['level'], string>> = {
  ok: 'white_check_mark',
  info: 'information_source',
  warning: 'warning',
  error: 'rotating_light',
};

function ntfyBody(topic: string, { title, text, level }: Message): object {
  return { topic, title, message: text, priority: priorities[level], tags: [tags[level]] };
}
