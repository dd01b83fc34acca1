import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../shared/contract/alerts.ts';
import type { RouteDefinition } from '../../../shared/contract/routes.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { makeHookServer, type HookServer } from '../../support/hook-server.ts';
import { makeMailServer, type MailServer } from '../../support/mail-server.ts';
import { run } from '../../support/processes.ts';
import { makeOffice, type Office } from '../../support/office.ts';

const hour = 3_600_000;

function mailTo(server: MailServer, change: Partial<RouteDefinition> = {}): RouteDefinition {
  return {
    name: 'operators',
    enabled: true,
    target: {
      kind: 'mail',
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      user: 'holdfast',
      from: 'holdfast@example.org',
      to: ['ops@example.org', 'night@example.org'],
    },
    atLeast: 'warning',
    remindEveryMs: 24 * hour,
    timeoutMs: 5_000,
    retries: 3,
    ...change,
  };
}

function hook(format: 'json' | 'slack' | 'ntfy', change: Partial<RouteDefinition> = {}): RouteDefinition {
  const target = { kind: 'webhook' as const, format, authentication: 'none' as const, user: null };
  const rest = { atLeast: 'warning' as const, remindEveryMs: null, timeoutMs: 2_000, retries: 3 };
  return { name: format, enabled: true, target, ...rest, ...change };
}

async function openAlerts({ client }: Office): Promise<readonly Alert[]> {
  return (await client.alerts.list({})).alerts;
}

/** The clock is moved, and the engine looks. */
async function moveTo(office: Office, time: string): Promise<void> {
  await office.wakeAt(time);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`it never came to this: ${what}`);
}

/** Runs of the source fail from now on, or do not any more. */
async function moveFolder({ workspace }: Office, to: 'away' | 'back'): Promise<void> {
  const [here, elsewhere] = [workspace.path('papers'), join(workspace.root, 'away')];
  await (to === 'away' ? rename(here, elsewhere) : rename(elsewhere, here));
}

const account = { user: 'holdfast', password: 'a word for mail' };
const refused = (code: ErrorCode) => expect.objectContaining({ code }) as unknown;

test('a source goes overdue: one alert, one reminder, one end, by mail and by webhook', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await using hooks = await makeHookServer();
  await moveTo(office, '13:01');
  await office.client.routes.add({ route: mailTo(mail), secrets: { password: account.password } });
  const day = hook('json', { remindEveryMs: 24 * hour });
  await office.client.routes.add({ route: day, secrets: { url: `${hooks.origin}/hooks/secret-part` } });
  await office.client.schedule.pause({ scope: 'source', subject: 'papers', until: null, reason: 'moving house' });

  await moveTo(office, '16:30');
  await until('the mail has come', () => mail.letters.length > 0 && hooks.asked.length > 0);
  expect(await openAlerts(office)).toMatchObject([{ rule: 'overdue', level: 'error', subject: { name: 'papers' } }]);
  await moveTo(office, '17:30');
  await moveTo(office, '2026-11-26T17:00:00Z');
  await until('the reminder has come', () => mail.letters.length > 1 && hooks.asked.length > 1);
  await moveTo(office, '2026-11-26T18:00:00Z');
  await office.client.schedule.resume({ scope: 'source', subject: 'papers' });
  await moveTo(office, '2026-11-26T18:01:00Z');
  await until('the end was told', () => mail.letters.length > 2 && hooks.asked.length > 2);
  await moveTo(office, '2026-11-26T18:31:00Z');
  expect(await openAlerts(office)).toEqual([]);

  expect(mail.letters.map(({ subject }) => subject.replace(/^\[Holdfast [^\]]*\] /, ''))).toEqual([
    'papers is overdue: its newest good snapshot is too old',
    'Still: papers is overdue: its newest good snapshot is too old',
    'Resolved: papers is overdue: its newest good snapshot is too old',
  ]);
  expect(mail.letters[0]).toMatchObject({ from: 'holdfast@example.org', to: ['ops@example.org', 'night@example.org'] });
  expect(new Set(mail.letters.map(({ id }) => id)).size).toBe(3);
  expect(
    hooks.asked.map(({ body }) => (JSON.parse(body) as { kind: string; alert: { rule: string } }).alert.rule),
  ).toEqual(Array(3).fill('overdue'));
  expect(hooks.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill('POST /hooks/secret-part'));
  const bodies = hooks.asked.map(({ body }) => JSON.parse(body) as { kind: string; alert: { id: string } });
  expect(bodies.map(({ kind }) => kind)).toEqual(['raise', 'remind', 'resolve']);
  expect(new Set(bodies.map(({ alert }) => alert.id)).size).toBe(1);
});

test('a run that fails raises an alert with its reason, and the next good one ends it', async () => {
  await using office = await makeOffice();
  await moveTo(office, '13:01');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await until('it is raised', async () => (await openAlerts(office)).length > 0);
  const [alert] = await openAlerts(office);
  expect(alert).toMatchObject({ rule: 'run-failed', level: 'error', resolvable: true });
  expect(alert?.detail).toContain('papers');
  await moveFolder(office, 'back');
  await moveTo(office, '15:01');
  await until('it has ended', async () => (await openAlerts(office)).length === 0);
  const { alerts } = await office.client.alerts.list({ resolved: true });
  expect(alerts).toMatchObject([{ id: alert?.id, resolved: { by: null } }]);
});

test('an alert that somebody sees to is not reminded of, and one that was put aside does not come back', async () => {
  await using office = await makeOffice();
  await using hooks = await makeHookServer();
  const route = hook('json', { remindEveryMs: hour / 6 });
  await office.client.routes.add({ route, secrets: { url: `${hooks.origin}/x` } });
  await moveTo(office, '13:01');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await until('it is told', () => hooks.asked.length === 1);
  const [alert] = await openAlerts(office);
  const id = alert?.id ?? '';
  expect(await office.client.alerts.acknowledge({ id })).toMatchObject({ acknowledged: { by: 'test' } });
  await office.client.schedule.pause({ scope: 'tenant', subject: '', until: null, reason: '' });
  await moveTo(office, '14:25');
  await sleep(300);
  expect(hooks.asked).toHaveLength(1);
  expect(await office.client.alerts.resolve({ id: id.slice(0, 8) })).toMatchObject({ resolved: { by: 'test' } });
  await until('the end is told', () => hooks.asked.length === 2);
  await moveTo(office, '14:28');
  expect(await openAlerts(office)).toEqual([]);
  await expect(office.client.alerts.snooze({ id, until: '2026-11-25T10:00:00Z' })).rejects.toEqual(
    refused('BAD_USAGE'),
  );
  await expect(office.client.alerts.reopen({ id })).rejects.toEqual(refused('ALERT_UNKNOWN'));
  await expect(office.client.alerts.acknowledge({ id: '0000' })).rejects.toEqual(refused('ALERT_UNKNOWN'));
});

describe('what cannot be delivered', () => {
  test('is tried again, given up in the end, and an alert on the other routes', async () => {
    await using office = await makeOffice();
    await using mail = await makeMailServer({ account });
    await using hooks = await makeHookServer();
    mail.refuse(451);
    await office.client.routes.add({ route: mailTo(mail, { retries: 1 }), secrets: { password: account.password } });
    await office.client.routes.add({ route: hook('json'), secrets: { url: `${hooks.origin}/x` } });
    await moveTo(office, '13:01');
    await moveFolder(office, 'away');
    await moveTo(office, '14:01');
    await until('it was tried', async () =>
      (await deliveries(office, 'operators')).some(({ problem }) => problem !== null),
    );
    await moveTo(office, '14:10');
    await until('it was given up', async () =>
      (await deliveries(office, 'operators')).some(({ state }) => state === 'failed'),
    );
    await moveTo(office, '14:12');
    await until('it is told otherwise', () => hooks.asked.some(({ body }) => body.includes('route-failing')));
    expect((await deliveries(office, 'operators')).map(({ attempts, problem }) => [attempts, problem])).toEqual([
      [2, 'The server refused the sender or a recipient. It answered 451.'],
    ]);
    mail.refuse(null);
    expect(await office.client.routes.test({ id: 'operators' })).toMatchObject({ state: 'sent', kind: 'test' });
    await until('it has ended', async () => !(await openAlerts(office)).some(({ rule }) => rule === 'route-failing'));
  });

  test('is given up at once where the other side refuses it for good', async () => {
    await using office = await makeOffice();
    await using hooks = await makeHookServer();
    await office.client.routes.add({ route: hook('json', { retries: 9 }), secrets: { url: `${hooks.origin}/gone` } });
    hooks.answer(404);
    expect(await office.client.routes.test({ id: 'json' })).toMatchObject({
      state: 'failed',
      problem: 'It answered 404 Not Found.',
    });
    hooks.answer(302, { location: 'http://127.0.0.1:1/elsewhere' });
    const moved = await office.client.routes.test({ id: 'json' });
    expect(moved.problem).toContain('Redirects are not followed');
    expect(hooks.asked).toHaveLength(2);
  });

  test('says so where nobody answers in time', async () => {
    await using office = await makeOffice();
    await using hooks = await makeHookServer();
    hooks.answer('silent');
    await office.client.routes.add({
      route: hook('json', { timeoutMs: 1_000 }),
      secrets: { url: `${hooks.origin}/x` },
    });
    expect(await office.client.routes.test({ id: 'json' })).toMatchObject({
      state: 'failed',
      problem: 'No answer within 1 s.',
    });
  });

  test('by a password that is wrong names neither the password nor the address', async () => {
    await using office = await makeOffice();
    await using mail = await makeMailServer({ account });
    await office.client.routes.add({ route: mailTo(mail), secrets: { password: 'guess' } });
    const { problem } = await office.client.routes.test({ id: 'operators' });
    expect(problem).toBe('The server refused the user or the password. It answered 535.');
  });
});

test('several alerts at once are one message for people, and one each for programs', async () => {
  await using office = await makeOffice();
  await using hooks = await makeHookServer();
  await moveTo(office, '13:01');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await office.client.schedule.pause({ scope: 'tenant', subject: '', until: null, reason: '' });
  await moveTo(office, '16:30');
  await until('both are open', async () => (await openAlerts(office)).length === 2);
  for (const format of ['json', 'slack', 'ntfy'] as const)
    await office.client.routes.add({ route: hook(format), secrets: { url: `${hooks.origin}/${format}` } });
  await until('all is told', () => hooks.asked.length === 4);
  expect(told(hooks, '/json')).toHaveLength(2);
  const [slack] = told(hooks, '/slack').map(({ body }) => JSON.parse(body) as { text: string });
  expect(slack?.text).toContain('*2 alerts: 2 new*');
  expect(slack?.text).toContain('papers is overdue');
  expect(slack?.text).toContain('The last run of papers failed');
  const [ntfy] = told(hooks, '/').map(({ body }) => JSON.parse(body) as unknown);
  expect(ntfy).toMatchObject({ topic: 'ntfy', title: '2 alerts: 2 new', priority: 5, tags: ['rotating_light'] });
});

const told = (hooks: HookServer, path: string) => hooks.asked.filter((one) => one.path === path);

async function deliveries({ client }: Office, route: string) {
  return (await client.routes.deliveries({ route })).deliveries;
}

test('a health check is asked for after each good run, and told of one that failed', async () => {
  await using office = await makeOffice();
  await using hooks = await makeHookServer();
  const target = { kind: 'healthCheck' as const, source: 'papers', everyMs: 60_000, tellsFailure: true };
  await office.client.routes.add({
    route: hook('json', { name: 'check', target }),
    secrets: { url: `${hooks.origin}/ping/1` },
  });
  await moveTo(office, '13:01');
  await until('it was asked for', () => hooks.asked.length === 1);
  await moveTo(office, '13:20');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await until('the failure was told', () => hooks.asked.length === 2);
  expect(hooks.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /ping/1', 'GET /ping/1/fail']);
});

test('a desktop is told by a route of its own, which is changed and not removed', async () => {
  const shown: string[] = [];
  await using office = await makeOffice({ notify: ({ title, level }) => shown.push(`${level}: ${title}`) });
  const { routes } = await office.client.routes.list({});
  expect(routes.map(({ target }) => target.kind)).toEqual(['desktop']);
  const id = routes[0]?.id ?? '';
  await moveTo(office, '13:01');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await until('it is shown', () => shown.length > 0);
  await moveTo(office, '14:03');
  await moveFolder(office, 'back');
  // Before its newest good snapshot is two hours old, which would be another alert.
  await moveTo(office, '15:00');
  await until('its end is shown', () => shown.length > 1);
  expect(shown).toEqual(['error: The last run of papers failed', 'ok: Resolved: The last run of papers failed']);
  await expect(office.client.routes.remove({ id })).rejects.toEqual(refused('ROUTE_INVALID'));
  await office.client.routes.update({ id, route: { ...hook('json'), name: 'Desktop', target: { kind: 'desktop' } } });
  expect((await office.client.routes.list({})).routes).toMatchObject([{ id, remindEveryMs: null }]);
});

describe('a route', () => {
  test('keeps what is secret to itself', async () => {
    await using office = await makeOffice();
    await using hooks = await makeHookServer();
    const target = { kind: 'webhook' as const, format: 'json' as const, authentication: 'bearer' as const, user: null };
    const secrets = {
      url: `${hooks.origin}/hooks/very-secret`,
      password: 'bearer-secret',
      headers: [{ name: 'X-Team', value: 'header-secret' }],
    };
    const added = await office.client.routes.add({ route: hook('json', { target }), secrets });
    expect(added).toMatchObject({ origin: hooks.origin, headerNames: ['X-Team'], hasPassword: true });
    expect(JSON.stringify([added, await office.client.routes.list({})])).not.toContain('secret');
    await office.client.routes.test({ id: added.id });
    expect(hooks.asked[0]?.headers).toMatchObject({ authorization: 'Bearer bearer-secret', 'x-team': 'header-secret' });
    const home = join(office.workspace.home, 'holdfast');
    const { code, stdout } = await run('grep', ['-rlE', 'very-secret|bearer-secret|header-secret', home]);
    expect([code, stdout]).toEqual([1, '']);
  });

  test('hands a password to no other host, and keeps it for its own', async () => {
    await using office = await makeOffice();
    await using mail = await makeMailServer({ account });
    await using other = await makeMailServer();
    const { id } = await office.client.routes.add({ route: mailTo(mail), secrets: { password: account.password } });
    await office.client.routes.update({ id, route: mailTo(mail, { name: 'renamed' }) });
    expect(await office.client.routes.test({ id })).toMatchObject({ state: 'sent' });
    await expect(office.client.routes.update({ id, route: mailTo(other) })).rejects.toEqual(refused('ROUTE_INVALID'));
  });

  test('that could not work or would give away its password is refused', async () => {
    await using office = await makeOffice();
    await using mail = await makeMailServer();
    const { routes } = office.client;
    const target = mailTo(mail).target;
    if (target.kind !== 'mail') throw new Error('a mail route is of mail');
    const inTheClear = mailTo(mail, { target: { ...target, host: 'mail.example.org' } });
    await expect(routes.add({ route: inTheClear, secrets: { password: 'x' } })).rejects.toEqual(
      refused('ROUTE_INVALID'),
    );
    await expect(routes.add({ route: mailTo(mail) })).rejects.toEqual(refused('ROUTE_INVALID'));
    await expect(routes.add({ route: hook('json') })).rejects.toEqual(refused('ROUTE_INVALID'));
    await expect(routes.add({ route: hook('ntfy'), secrets: { url: 'https://ntfy.sh/' } })).rejects.toEqual(
      refused('ROUTE_INVALID'),
    );
    await routes.add({ route: mailTo(mail), secrets: { password: 'x' } });
    await expect(routes.add({ route: mailTo(mail), secrets: { password: 'x' } })).rejects.toEqual(
      refused('ROUTE_EXISTS'),
    );
    await expect(routes.test({ id: 'nobody' })).rejects.toEqual(refused('ROUTE_UNKNOWN'));
    await routes.remove({ id: 'operators' });
    expect((await routes.list({})).routes).toEqual([]);
  });
});

test('what was not told when the engine ended is told by the next one, once', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  mail.refuse(451);
  await office.client.routes.add({ route: mailTo(mail, { retries: 20 }), secrets: { password: account.password } });
  await moveTo(office, '13:01');
  await moveFolder(office, 'away');
  await moveTo(office, '14:01');
  await until('it was tried', async () =>
    (await deliveries(office, 'operators')).some(({ problem }) => problem !== null),
  );
  await office.engine.close();
  mail.refuse(null);
  office.nowMs += 20 * 60_000;
  await office.start();
  await until('it has come', () => mail.letters.length > 0);
  await moveTo(office, '14:40');
  expect(mail.letters.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('The last run of papers failed'),
  ]);
});
