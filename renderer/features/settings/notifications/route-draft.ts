/** A route of alerts while somebody puts it together: what it says, what is wrong with it, what will be sent. */
import type { Route, RouteDefinition, RouteSecrets, RouteTarget } from '../../../../shared/contract/routes.ts';
import type { AlertLevel } from '../../../../shared/model/alerts.ts';
import { namePattern } from '../../../../shared/model/configuration.ts';

export type RouteKind = RouteTarget['kind'];
export type Security = Extract<RouteTarget, { kind: 'mail' }>['security'];
export type Format = Extract<RouteTarget, { kind: 'webhook' }>['format'];
export type Authentication = Extract<RouteTarget, { kind: 'webhook' }>['authentication'];

export type HeaderDraft = { readonly name: string; readonly value: string };

/** Everything as it was typed; fields of other kinds are there and not used. */
export type RouteDraft = {
  readonly kind: RouteKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly atLeast: AlertLevel;
  readonly remindEveryMs: number | null;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly host: string;
  readonly port: string;
  readonly security: Security;
  /** Of the mail account, or of basic authentication. */
  readonly user: string;
  readonly from: string;
  /** Separated by commas or lines. */
  readonly to: string;
  readonly format: Format;
  readonly authentication: Authentication;
  /** Empty: all of the console. */
  readonly source: string;
  readonly everyMs: number;
  readonly tellsFailure: boolean;
  /** Empty: what is kept stays. */
  readonly url: string;
  readonly password: string;
  /** Null: those that are kept stay. */
  readonly headers: readonly HeaderDraft[] | null;
};

const hourMs = 3_600_000;
export const ports: Readonly<Record<Security, number>> = { tls: 465, starttls: 587, none: 25 };

export function newRoute(kind: RouteKind): RouteDraft {
  return {
    kind,
    name: '',
    enabled: true,
    atLeast: 'warning',
    remindEveryMs: 24 * hourMs,
    timeoutMs: 30_000,
    retries: 10,
    host: '',
    port: String(ports.starttls),
    security: 'starttls',
    user: '',
    from: '',
    to: '',
    format: 'json',
    authentication: 'none',
    source: '',
    everyMs: hourMs,
    tellsFailure: true,
    url: '',
    password: '',
    headers: null,
  };
}

export function draftOfRoute(route: Route): RouteDraft {
  const { name, enabled, target, atLeast, remindEveryMs, timeoutMs, retries } = route;
  const all = { ...newRoute(target.kind), name, enabled, atLeast, remindEveryMs, timeoutMs, retries };
  switch (target.kind) {
    case 'desktop':
      return all;
    case 'mail': {
      const { host, port, security, user, from, to } = target;
      return { ...all, host, port: String(port), security, user: user ?? '', from, to: to.join('\n') };
    }
    case 'webhook':
      return { ...all, format: target.format, authentication: target.authentication, user: target.user ?? '' };
    case 'healthCheck':
      return { ...all, source: target.source ?? '', everyMs: target.everyMs, tellsFailure: target.tellsFailure };
  }
}

/** The port follows the protection, unless somebody has typed one of their own. */
export function withSecurity(draft: RouteDraft, security: Security): RouteDraft {
  const isUsual = draft.port === '' || Object.values(ports).some((port) => String(port) === draft.port);
  return { ...draft, security, port: isUsual ? String(ports[security]) : draft.port };
}

export function definitionOfRoute(draft: RouteDraft): RouteDefinition {
  const { enabled, atLeast, remindEveryMs, timeoutMs, retries } = draft;
  return { name: draft.name.trim(), enabled, target: targetOf(draft), atLeast, remindEveryMs, timeoutMs, retries };
}

function targetOf(draft: RouteDraft): RouteTarget {
  const { kind, host, port, security, format, authentication, everyMs, tellsFailure } = draft;
  const user = draft.user.trim();
  switch (kind) {
    case 'desktop':
      return { kind };
    case 'mail':
      return {
        kind,
        host: host.trim(),
        port: Number(port),
        security,
        user: user === '' ? null : user,
        from: draft.from.trim(),
        to: [...recipientsOf(draft.to)],
      };
    case 'webhook':
      return { kind, format, authentication, user: authentication === 'basic' ? user : null };
    case 'healthCheck':
      return { kind, source: draft.source === '' ? null : draft.source, everyMs, tellsFailure };
  }
}

/** Only what was typed: the rest stays as it is kept. */
export function secretsOfRoute({ kind, url, password, headers, user, authentication }: RouteDraft): RouteSecrets {
  const wantsPassword = kind === 'mail' ? user.trim() !== '' : kind === 'webhook' && authentication !== 'none';
  const hasAddress = kind === 'webhook' || kind === 'healthCheck';
  const typed = (headers ?? []).filter(({ name }) => name.trim() !== '');
  return {
    ...(hasAddress && url.trim() !== '' ? { url: url.trim() } : {}),
    ...(wantsPassword && password !== '' ? { password } : {}),
    ...(hasAddress && headers !== null
      ? { headers: typed.map(({ name, value }) => ({ name: name.trim(), value })) }
      : {}),
  };
}

export function recipientsOf(text: string): readonly string[] {
  return text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter(Boolean);
}

/**
 * What of the kept secrets is not kept after the change, since it would be handed to another server: it has to be typed
 * again.
 */
export function isElsewhere(draft: RouteDraft, before: Route | null): boolean {
  if (before === null) return false;
  const { target } = before;
  if (target.kind === 'mail')
    return (
      draft.host.trim() !== target.host || Number(draft.port) !== target.port || draft.security !== target.security
    );
  return target.kind === 'webhook' && draft.url.trim() !== '' && originOf(draft.url) !== before.origin;
}

export type Fault = 'name' | 'host' | 'port' | 'user' | 'password' | 'from' | 'to' | 'url' | 'headers';
export type Faults = Readonly<Partial<Record<Fault, string>>>;

/** What keeps it from being saved, by field. `others`: names of other routes. */
export function faultsOf(draft: RouteDraft, before: Route | null, others: ReadonlySet<string>): Faults {
  const own = before?.hasPassword === true && !isElsewhere(draft, before);
  const faults: Partial<Record<Fault, string | null>> = {
    name: nameFault(draft.name.trim(), others),
    ...(draft.kind === 'mail' ? mailFaults(draft, own) : {}),
    ...(draft.kind === 'webhook' || draft.kind === 'healthCheck' ? addressFaults(draft, before) : {}),
    ...(draft.kind === 'webhook' ? signInFaults(draft, own) : {}),
  };
  return Object.fromEntries(Object.entries(faults).filter(([, words]) => typeof words === 'string'));
}

function nameFault(name: string, others: ReadonlySet<string>): string | null {
  if (others.has(name)) return 'Another route is called so.';
  return namePattern.test(name)
    ? null
    : 'A name is of letters, digits, spaces and . _ @ + -, and begins with a letter or digit.';
}

const addressPattern = /^[^\s@,;<>"\p{Cc}]+@[^\s@,;<>"\p{Cc}]+$/u;

function mailFaults(draft: RouteDraft, keepsPassword: boolean): Partial<Record<Fault, string | null>> {
  const to = recipientsOf(draft.to);
  const wrong = to.find((one) => !addressPattern.test(one));
  const user = draft.user.trim();
  return {
    host: /^[A-Za-z0-9.:_-]{1,253}$/.test(draft.host.trim()) ? null : 'A host name or an address, as mail.example.org.',
    port: /^\d+$/.test(draft.port) && Number(draft.port) >= 1 && Number(draft.port) <= 65_535 ? null : '1 to 65535.',
    from: addressPattern.test(draft.from.trim()) ? null : 'An address such as holdfast@example.org.',
    to:
      to.length === 0
        ? 'At least one address.'
        : wrong !== undefined
          ? `${wrong} is no mail address.`
          : to.length > 50
            ? 'Fifty at most: use a list of the mail server for more.'
            : null,
    user:
      user !== '' && draft.security === 'none' && !isLoopback(draft.host) ? 'Not without TLS: it could be read.' : null,
    password: user !== '' && draft.password === '' && !keepsPassword ? 'The password of this account.' : null,
  };
}

function addressFaults({ url, headers }: RouteDraft, before: Route | null): Partial<Record<Fault, string | null>> {
  const text = url.trim();
  const wrongHeader = (headers ?? []).find(
    ({ name, value }) =>
      name.trim() !== '' && (!/^[A-Za-z0-9-]{1,100}$/.test(name.trim()) || !/^[\x20-\x7e]*$/.test(value)),
  );
  return {
    url: text === '' ? (before === null ? 'The address to call.' : null) : urlFault(text),
    headers:
      wrongHeader === undefined ? null : `${wrongHeader.name}: names are of letters, digits and -, values of ASCII.`,
  };
}

function urlFault(text: string): string | null {
  if (originOf(text) === null) return 'An address that begins with https:// or http://.';
  const { username, password } = new URL(text);
  return username === '' && password === '' ? null : 'User and password do not stand in the address.';
}

function signInFaults(
  { authentication, user, password }: RouteDraft,
  keepsPassword: boolean,
): Partial<Record<Fault, string | null>> {
  if (authentication === 'none') return {};
  const missing = password === '' && !keepsPassword;
  return {
    user: authentication === 'basic' && user.trim() === '' ? 'The user of basic authentication.' : null,
    password: missing ? (authentication === 'basic' ? 'Its password.' : 'The token.') : null,
  };
}

function originOf(text: string): string | null {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null;
}

function isLoopback(host: string): boolean {
  return host.trim() === 'localhost' || host.trim() === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host.trim());
}
