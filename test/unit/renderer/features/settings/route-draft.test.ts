import { describe, expect, test } from 'vitest';
import {
  definitionOfRoute,
  draftOfRoute,
  faultsOf,
  isElsewhere,
  newRoute,
  secretsOfRoute,
  withSecurity,
  type RouteDraft,
} from '../../../../../renderer/features/settings/notifications/route-draft.ts';
import { leadsTo, sayDelivery } from '../../../../../renderer/features/settings/notifications/route-words.ts';
import { routeDefinitionSchema, routeSecretsSchema, type Route } from '../../../../../shared/contract/routes.ts';

const mail: RouteDraft = {
  ...newRoute('mail'),
  name: 'Operators',
  host: 'mail.example.org',
  user: 'holdfast',
  password: 'secret',
  from: 'holdfast@example.org',
  to: 'ops@example.org,\nnight@example.org; ',
};
const webhook: RouteDraft = { ...newRoute('webhook'), name: 'Pager', url: 'https://hooks.example.org/x' };
const none = new Set<string>();

function stored(draft: RouteDraft, change: Partial<Route> = {}): Route {
  return {
    ...definitionOfRoute(draft),
    id: '0123456789abcdef',
    origin: null,
    headerNames: [],
    hasPassword: false,
    createdAt: '',
    createdBy: '',
    updatedAt: '',
    last: null,
    ...change,
  };
}

describe('a route as it is typed', () => {
  test('is what the engine takes', () => {
    for (const draft of [mail, webhook, { ...newRoute('healthCheck'), name: 'c', url: 'https://hc.example.org/1' }]) {
      expect(faultsOf(draft, null, none)).toEqual({});
      expect(routeDefinitionSchema.parse(definitionOfRoute(draft))).toEqual(definitionOfRoute(draft));
      expect(routeSecretsSchema.parse(secretsOfRoute(draft))).toEqual(secretsOfRoute(draft));
    }
    expect(definitionOfRoute(mail).target).toMatchObject({ to: ['ops@example.org', 'night@example.org'], port: 587 });
    expect(leadsTo(stored(mail))).toBe('ops@example.org, night@example.org by mail.example.org:587');
  });

  test('comes back as it was, without its secrets', () => {
    const { password, ...rest } = draftOfRoute(stored(mail, { hasPassword: true }));
    expect(password).toBe('');
    expect(definitionOfRoute({ ...rest, password })).toEqual(definitionOfRoute(mail));
    expect(secretsOfRoute({ ...rest, password })).toEqual({});
  });

  test('names what is missing or wrong', () => {
    expect(Object.keys(faultsOf(newRoute('mail'), null, none))).toEqual(['name', 'host', 'from', 'to']);
    expect(Object.keys(faultsOf(newRoute('webhook'), null, none))).toEqual(['name', 'url']);
    expect(faultsOf({ ...mail, to: 'ops' }, null, none).to).toBe('ops is no mail address.');
    expect(faultsOf({ ...mail, port: '70000' }, null, none)).toHaveProperty('port');
    expect(faultsOf(mail, null, new Set(['Operators'])).name).toBe('Another route is called so.');
    expect(faultsOf({ ...webhook, url: 'ftp://x' }, null, none)).toHaveProperty('url');
    expect(faultsOf({ ...webhook, url: 'https://me:pass@x.org/' }, null, none)).toHaveProperty('url');
    const headers = [{ name: 'X Team', value: 'ü' }];
    expect(faultsOf({ ...webhook, headers }, null, none)).toHaveProperty('headers');
  });

  test('sends no password without TLS to another machine', () => {
    expect(faultsOf({ ...mail, security: 'none' }, null, none)).toHaveProperty('user');
    expect(faultsOf({ ...mail, security: 'none', host: '127.0.0.1' }, null, none)).toEqual({});
  });

  test('has the usual port of its protection, unless one was typed', () => {
    expect(withSecurity(mail, 'tls').port).toBe('465');
    expect(withSecurity(withSecurity(mail, 'tls'), 'none').port).toBe('25');
    expect(withSecurity({ ...mail, port: '2525' }, 'tls').port).toBe('2525');
  });
});

describe('what is kept of a route', () => {
  const before = stored(mail, { hasPassword: true });
  const typed = draftOfRoute(before);

  test('stays where nothing is typed', () => {
    expect(faultsOf(typed, before, none)).toEqual({});
    expect(secretsOfRoute({ ...typed, name: 'Other' })).toEqual({});
    expect(secretsOfRoute({ ...typed, password: 'new' })).toEqual({ password: 'new' });
  });

  test('is asked for again where it would go to another server', () => {
    const moved = { ...typed, host: 'elsewhere.example.org' };
    expect(isElsewhere(moved, before)).toBe(true);
    expect(faultsOf(moved, before, none)).toHaveProperty('password');
    const hook = stored(
      { ...webhook, authentication: 'bearer' },
      { origin: 'https://hooks.example.org', hasPassword: true },
    );
    const draft = draftOfRoute(hook);
    expect(faultsOf({ ...draft, url: 'https://hooks.example.org/y' }, hook, none)).toEqual({});
    expect(faultsOf({ ...draft, url: 'https://other.example.org/y' }, hook, none)).toHaveProperty('password');
  });

  test('goes where it is not wanted any more', () => {
    expect(secretsOfRoute({ ...mail, user: '' })).toEqual({});
    expect(secretsOfRoute({ ...webhook, password: 'left over', headers: [] })).toEqual({
      url: 'https://hooks.example.org/x',
      headers: [],
    });
  });
});

test('a message that was tried and waits is not simply waiting', () => {
  expect(sayDelivery({ state: 'queued', attempts: 0 }).words).toBe('waiting');
  expect(sayDelivery({ state: 'queued', attempts: 2 }).words).toBe('tried again');
});
