/** Properties of a route as they are typed: `key=value`, by its kind. */
import type { RouteDefinition, RouteSecrets, RouteTarget } from '../../shared/contract/routes.ts';
import { alertLevels } from '../../shared/model/alerts.ts';
import { parseDuration } from '../../shared/model/units.ts';
import { badUsage } from './failure.ts';

export const routeHelp = `
Properties, each as --set key=value:
  mail      host, port (587), security (starttls, tls or none), user, from, to (several with commas)
  webhook   format (json, slack or ntfy), auth (none, basic or bearer), user
  health    source (without it: all), every (1h; only without a source), failure (yes: tell failures at the address with /fail)
  all       name, level (info, warning or error), remind (24h; never), timeout (15s), retries (20), enabled (yes or no)
Secrets, each as --secret key=env:NAME:
  mail      password
  webhook   url, password (or token), header.<Name>
  health    url`;

export const routeKinds = ['mail', 'webhook', 'health'] as const;
export type RouteKindName = (typeof routeKinds)[number];

const targets: Readonly<Record<RouteKindName, RouteTarget>> = {
  mail: { kind: 'mail', host: '', port: 587, security: 'starttls', user: null, from: '', to: [] },
  webhook: { kind: 'webhook', format: 'json', authentication: 'none', user: null },
  health: { kind: 'healthCheck', source: null, everyMs: 3_600_000, tellsFailure: false },
};

export function newRoute(kind: RouteKindName, name: string): RouteDefinition {
  const rest = { atLeast: 'warning' as const, remindEveryMs: 24 * 3_600_000, timeoutMs: 15_000, retries: 20 };
  return { name, enabled: true, target: targets[kind], ...rest };
}

/** BAD_USAGE for a text that says nothing. */
export function applyRouteProperties(route: RouteDefinition, set: readonly string[]): RouteDefinition {
  return set.reduce((changed, text) => {
    const at = text.indexOf('=');
    if (at < 1) throw badUsage(`Write --set key=value; ${text} is not of that form.`);
    return apply(changed, text.slice(0, at).trim(), text.slice(at + 1).trim());
  }, route);
}

function apply(route: RouteDefinition, key: string, value: string): RouteDefinition {
  switch (key) {
    case 'name':
      return { ...route, name: value };
    case 'level':
      return { ...route, atLeast: oneOf(alertLevels, key, value) };
    case 'remind':
      return { ...route, remindEveryMs: value === 'never' ? null : duration(key, value) };
    case 'timeout':
      return { ...route, timeoutMs: duration(key, value) };
    case 'retries':
      return { ...route, retries: number(key, value) };
    case 'enabled':
      return { ...route, enabled: yes(key, value) };
    default:
      return { ...route, target: applyToTarget(route.target, key, value) };
  }
}

function applyToTarget(target: RouteTarget, key: string, value: string): RouteTarget {
  const user = value === '' ? null : value;
  switch (`${target.kind} ${key}`) {
    case 'mail host':
      return { ...target, host: value } as RouteTarget;
    case 'mail port':
      return { ...target, port: number(key, value) } as RouteTarget;
    case 'mail security':
      return { ...target, security: oneOf(['starttls', 'tls', 'none'], key, value) } as RouteTarget;
    case 'mail from':
      return { ...target, from: value } as RouteTarget;
    case 'mail to':
      return { ...target, to: value.split(',').map((part) => part.trim()) } as RouteTarget;
    case 'mail user':
    case 'webhook user':
      return { ...target, user } as RouteTarget;
    case 'webhook format':
      return { ...target, format: oneOf(['json', 'slack', 'ntfy'], key, value) } as RouteTarget;
    case 'webhook auth':
      return { ...target, authentication: oneOf(['none', 'basic', 'bearer'], key, value) } as RouteTarget;
    case 'healthCheck source':
      return { ...target, source: user } as RouteTarget;
    case 'healthCheck every':
      return { ...target, everyMs: duration(key, value) } as RouteTarget;
    case 'healthCheck failure':
      return { ...target, tellsFailure: yes(key, value) } as RouteTarget;
    default:
      throw badUsage(`A route of this kind has no ${key}; see \`holdfast routes add --help\`.`);
  }
}

export function routeSecrets(values: readonly { readonly key: string; readonly value: string }[]): RouteSecrets {
  const headers: { name: string; value: string }[] = [];
  const secrets: RouteSecrets = {};
  for (const { key, value } of values) {
    if (key === 'url') secrets.url = value;
    else if (key === 'password' || key === 'token') secrets.password = value;
    else if (key.startsWith('header.')) headers.push({ name: key.slice('header.'.length), value });
    else throw badUsage('Secrets of a route are url, password (or token) and header.<Name>.');
  }
  return headers.length === 0 ? secrets : { ...secrets, headers };
}

function duration(key: string, value: string): number {
  const ms = parseDuration(value);
  if (ms === null || ms <= 0) throw badUsage(`${key} is a duration such as 30s, 15m, 24h or 7d.`);
  return ms;
}

function number(key: string, value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw badUsage(`${key} is a number.`);
  return Number(value);
}

function yes(key: string, value: string): boolean {
  if (value !== 'yes' && value !== 'no') throw badUsage(`${key} is yes or no.`);
  return value === 'yes';
}

function oneOf<const Word extends string>(words: readonly Word[], key: string, value: string): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw badUsage(`${key} is one of ${words.join(', ')}.`);
  return found;
}
