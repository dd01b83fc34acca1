import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { RouteDefinition } from '../../../shared/contract/routes.ts';
import type { SubscriptionDefinition } from '../../../shared/model/subscriptions.ts';
import { makeHookServer } from '../../support/hook-server.ts';
import { makeMailServer, type MailServer } from '../../support/mail-server.ts';
import { makeOffice, type Office } from '../../support/office.ts';

const account = { user: 'holdfast', password: 'a word for mail' };

function mailBy({ port }: MailServer, change: Partial<RouteDefinition> = {}): RouteDefinition {
  return {
    name: 'mail',
    enabled: true,
    target: {
      kind: 'mail',
      host: '127.0.0.1',
      port,
      security: 'none',
      user: account.user,
      from: 'holdfast@example.org',
      to: ['ops@example.org'],
    },
    atLeast: 'error',
    remindEveryMs: null,
    timeoutMs: 5_000,
    retries: 1,
    ...change,
  };
}

function subscription(name: string, change: Partial<SubscriptionDefinition> = {}): SubscriptionDefinition {
  return {
    name,
    to: { kind: 'mail', address: 'boss@example.org', via: 'mail' },
    reports: ['freshness'],
    of: { kind: 'all' },
    period: 'last-7-days',
    format: 'html',
    when: { kind: 'daily', hour: 14, minute: 30 },
    zone: 'UTC',
    quiet: null,
    suspended: null,
    ...change,
  };
}

async function repositoryOf({ client }: Office): Promise<{ id: string }> {
  const [first] = (await client.repositories.list({})).repositories;
  return { id: first?.id ?? '' };
}

async function subscribe(office: Office, one: SubscriptionDefinition): Promise<void> {
  await office.client.subscriptions.add({ repository: await repositoryOf(office), subscription: one });
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`it never came to this: ${what}`);
}

const bare = (subject: string): string => subject.replace(/^\[Holdfast [^\]]*\] /, '');

/** The decoded bodies of the parts of a letter, by the names of their files. */
function filesIn(raw: string): Record<string, string> {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? '';
  return Object.fromEntries(
    raw.split(`--${boundary}`).flatMap((part) => {
      const name = /filename="?([^";\r\n]+)/.exec(part)?.[1];
      const at = part.indexOf('\r\n\r\n');
      if (name === undefined) return [];
      return [[name, Buffer.from(part.slice(at).replaceAll(/\s/g, ''), 'base64').toString('utf8')]];
    }),
  );
}

test('what is due together for one reader is one letter; what was slept through comes once, late, and never twice', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await office.wakeAt('13:01');
  await office.client.routes.add({ route: mailBy(mail), secrets: { password: account.password } });
  await subscribe(office, subscription('Morning'));
  await subscribe(office, subscription('Runs', { reports: ['backups', 'freshness'], format: 'csv' }));
  await subscribe(office, subscription('Elsewhere', { to: { kind: 'route', route: 'mail' }, reports: ['gaps'] }));
  expect((await office.client.subscriptions.list({})).subscriptions.map(({ nextAt }) => nextAt)).toEqual(
    Array(3).fill('2026-11-25T14:30:00.000Z'),
  );
  await office.wakeAt('14:29');
  const ended = async () => (await office.client.schedule.runs({ source: 'papers' })).runs.map(({ state }) => state);
  await until('both runs have ended', async () => isDeepStrictEqual(await ended(), ['complete', 'complete']));
  await sleep(300);
  expect(mail.letters).toHaveLength(0);

  await office.wakeAt('14:31');
  await until('both letters have come', () => mail.letters.length === 2);
  const [first, second] = mail.letters.toSorted((a, b) => (a.to[0] ?? '').localeCompare(b.to[0] ?? ''));
  expect({ to: first?.to, subject: bare(first?.subject ?? '') }).toEqual({
    to: ['boss@example.org'],
    subject: 'Morning, Runs',
  });
  expect(second?.to).toEqual(['ops@example.org']);
  const files = filesIn(first?.raw ?? '');
  expect(Object.keys(files).toSorted()).toEqual([
    'holdfast-backups-default-2026-11-25-1431-days.csv',
    'holdfast-backups-default-2026-11-25-1431-systems.csv',
    'holdfast-backups-default-2026-11-25-1431-troubles.csv',
    'holdfast-backups-default-2026-11-25-1431.csv',
    'holdfast-freshness-default-2026-11-25-1431.csv',
    'holdfast-freshness-default-2026-11-25-1431.html',
  ]);
  expect(files['holdfast-backups-default-2026-11-25-1431.csv']).toContain('papers,2,0,0,0,');
  // What is told is what the console shows.
  const { document } = await office.client.reports.make({ report: 'freshness', zone: 'UTC' });
  expect(files['holdfast-freshness-default-2026-11-25-1431.html']).toContain(document.lead.slice(0, 40));

  await office.wakeAt('2026-11-28T09:00:00Z');
  await until('the late ones have come', () => mail.letters.length === 4);
  await office.wakeAt('2026-11-28T09:05:00Z');
  await sleep(300);
  expect(mail.letters).toHaveLength(4);
  const { letters } = await office.client.subscriptions.log({ name: 'Morning' });
  expect(letters.map(({ state, late, attempts }) => ({ state, late, attempts }))).toEqual([
    { state: 'sent', late: true, attempts: 1 },
    { state: 'sent', late: false, attempts: 1 },
  ]);
  expect(mail.letters[2]?.raw.replaceAll(/=\r\n/g, '')).toContain('It was to be sent 2026-11-27 14:30');
});

test('quiet hours put it off, and what came round while it was suspended is not made up for', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await office.wakeAt('13:01');
  await office.client.routes.add({ route: mailBy(mail), secrets: { password: account.password } });
  await subscribe(office, subscription('Quiet', { quiet: { from: '14:00', to: '16:00' } }));
  await subscribe(office, subscription('Away'));
  const repository = await repositoryOf(office);
  await office.client.subscriptions.suspend({ repository, name: 'Away', until: '2026-11-26T12:00:00Z' });
  await office.wakeAt('14:31');
  await sleep(300);
  expect(mail.letters).toHaveLength(0);
  await office.wakeAt('16:01');
  await until('it has come', () => mail.letters.length === 1);
  expect(bare(mail.letters[0]?.subject ?? '')).toBe('Quiet');
  expect((await office.client.subscriptions.log({})).letters[0]).toMatchObject({ late: false });

  await office.wakeAt('2026-11-26T12:01:00Z');
  await sleep(300);
  expect(mail.letters).toHaveLength(1);
  await office.wakeAt('2026-11-26T16:02:00Z');
  await until('both have come, as one', () => mail.letters.length === 2);
  expect(bare(mail.letters[1]?.subject ?? '')).toBe('Away, Quiet');
});

test('a server that refuses is tried again under one id, then it is an alert, which a letter that arrives ends', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await using hooks = await makeHookServer();
  await office.wakeAt('13:01');
  await office.client.routes.add({ route: mailBy(mail), secrets: { password: account.password } });
  await office.client.routes.add({
    route: {
      name: 'pager',
      enabled: true,
      target: { kind: 'webhook', format: 'json', authentication: 'none', user: null },
      atLeast: 'warning',
      remindEveryMs: null,
      timeoutMs: 5_000,
      retries: 0,
    },
    secrets: { url: `${hooks.origin}/x` },
  });
  await subscribe(office, subscription('Morning'));
  mail.refuse(451);
  await office.wakeAt('14:31');
  const newest = async () => (await office.client.subscriptions.log({})).letters[0];
  await until('it was tried', async () => (await newest())?.attempts === 1 && (await newest())?.problem !== null);
  expect(await newest()).toMatchObject({ state: 'queued' });
  await office.wakeAt('15:31');
  await until('it was given up', async () => (await newest())?.state === 'failed');
  const alerts = async () =>
    (await office.client.alerts.list({})).alerts.filter(({ rule }) => rule === 'report-undelivered');
  await until('somebody is told', async () => (await alerts()).length === 1 && hooks.asked.length > 0);
  expect(await alerts()).toMatchObject([{ subject: { kind: 'subscription', name: 'Morning' }, level: 'warning' }]);

  mail.refuse(null);
  expect(await office.client.subscriptions.send({ name: 'Morning' })).toMatchObject({ state: 'sent', kind: 'asked' });
  await until('it is over', async () => (await alerts()).length === 0);
  expect(mail.letters).toHaveLength(1);
  expect(await office.client.subscriptions.send({ name: 'Morning', test: true })).toMatchObject({ kind: 'test' });
  expect(bare(mail.letters[1]?.subject ?? '')).toBe('Test of Morning');

  // Programs get the documents themselves.
  await subscribe(office, subscription('Machine', { to: { kind: 'route', route: 'pager' }, when: null }));
  await office.client.subscriptions.send({ name: 'Machine' });
  const told = hooks.asked.map(({ body }) => JSON.parse(body) as { kind: string; reports?: { report: string }[] });
  expect(told.findLast(({ kind }) => kind === 'reports')?.reports?.map(({ report }) => report)).toEqual(['freshness']);
});

test('a letter that waited when the engine ended is sent by the next one, once; what was removed is not', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await office.wakeAt('13:01');
  await office.client.routes.add({ route: mailBy(mail, { retries: 9 }), secrets: { password: account.password } });
  await subscribe(office, subscription('Kept'));
  await subscribe(office, subscription('Gone', { to: { kind: 'route', route: 'mail' } }));
  mail.refuse(421);
  await office.wakeAt('14:31');
  const waiting = async () =>
    (await office.client.subscriptions.log({})).letters.filter(({ attempts }) => attempts > 0);
  await until('both were tried', async () => (await waiting()).filter(({ problem }) => problem !== null).length === 2);
  await office.client.subscriptions.remove({ repository: await repositoryOf(office), name: 'Gone' });
  await office.engine.close();
  mail.refuse(null);
  office.nowMs += 2 * 3_600_000;
  await office.start();
  office.engine.resumed();
  await until('it has come', () => mail.letters.length > 0);
  await sleep(300);
  expect(mail.letters.map(({ to }) => to)).toEqual([['boss@example.org']]);
  const id = (await office.client.subscriptions.log({ name: 'Kept' })).letters[0]?.id ?? '';
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  expect(mail.letters[0]?.id).toBe(`<${name}@example.org>`);
});

test('what could not be sent is refused when it is entered, and what is sound goes with the configuration', async () => {
  await using office = await makeOffice();
  await using mail = await makeMailServer({ account });
  await office.wakeAt('13:01');
  await office.client.routes.add({ route: mailBy(mail), secrets: { password: account.password } });
  const entered = (change: Partial<SubscriptionDefinition>) => subscribe(office, subscription('Odd', change));
  await expect(entered({ to: { kind: 'route', route: 'nobody' } })).rejects.toMatchObject({ code: 'ROUTE_UNKNOWN' });
  for (const change of [
    { when: { kind: 'cron' as const, expression: '0 0 30 2 *' } },
    { period: 'some time' },
    { zone: 'Mars/Olympus' },
    { quiet: { from: '09:00', to: '09:00' } },
  ])
    await expect(entered(change)).rejects.toMatchObject({ code: 'SUBSCRIPTION_INVALID' });
  await entered({ of: { kind: 'tags', tags: ['finance'] } });
  await expect(entered({})).rejects.toMatchObject({ code: 'SUBSCRIPTION_EXISTS' });
  const kept = (await office.client.subscriptions.list({})).subscriptions[0];

  // The catalog is lost: what was saved in the repository comes back.
  await office.engine.close();
  const home = join(office.workspace.home, 'holdfast');
  for (const name of ['catalog.db', 'catalog.db-wal', 'catalog.db-shm']) await rm(join(home, name), { force: true });
  await office.start();
  await office.client.sources.find({ name: 'papers', repository: await repositoryOf(office) });
  const { subscriptions } = await office.client.subscriptions.list({});
  expect(subscriptions).toMatchObject([
    { name: 'Odd', of: { kind: 'tags', tags: ['finance'] }, addedAt: kept?.addedAt },
  ]);
});
