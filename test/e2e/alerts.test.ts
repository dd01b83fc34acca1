import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { makeHookServer, type HookServer } from '../support/hook-server.ts';
import { makeMailServer, type MailServer } from '../support/mail-server.ts';
import { closeBrowser } from './console.ts';
import { Desk } from './desk.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';

const account = { user: 'holdfast', password: 'a word for mail' };
const overdue = 'papers is overdue: its newest good snapshot is too old';

afterAll(closeBrowser);

const kinds = (hooks: HookServer) => hooks.asked.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);
const subjects = (mail: MailServer) => mail.letters.map(({ subject }) => subject.replace(/^\[Holdfast [^\]]*\] /, ''));

describe('an operator who is told', () => {
  let desk: Desk;
  let mail: MailServer;
  let hooks: HookServer;

  beforeAll(async () => {
    desk = await Desk.open();
    mail = await makeMailServer({ account });
    hooks = await makeHookServer();
    await desk.moveTo('13:01');
  });
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
    await hooks[Symbol.asyncDispose]();
  });

  const field = (name: string) =>
    desk.page.getByRole('main').getByLabel(name, { exact: true }).and(desk.page.locator(':not([type=radio])'));
  const route = (name: string) => desk.page.getByRole('region', { name: `Route ${name}` });

  test('is warned that nobody would be, and led to where that is changed', async () => {
    const { page } = desk;
    await expect(desk.bell).toHaveAccessibleName('Alerts: 0, nothing needs anybody');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Alerts' }).click();
    await expect(page.getByText('Nothing needs anybody.', { exact: true }).first()).toBeVisible();
    await expect(page.getByRole('main')).toContainText('1 source: whether the last run failed');
    await expect(page.getByRole('main')).toContainText('Nobody is told of alerts');
    await page.getByRole('link', { name: 'Add a route in Settings' }).click();
    await expect(page).toHaveURL(/section=notifications/);
    await expect(desk.button('Add a route')).toBeVisible();
  });

  test('adds mail in Settings; a wrong password shows in its test, and the right one works', async () => {
    await desk.button('Add a route').click();
    await desk.button('Add').click();
    await expect(desk.page.getByText('Something is missing or wrong above.')).toBeVisible();
    await field('Name').fill('Operators');
    await field('Protection of the connection').click();
    await desk.page.getByRole('option', { name: /^TLS/ }).click();
    await expect(field('Port')).toHaveValue('465');
    await field('Protection of the connection').click();
    await desk.page.getByRole('option', { name: /^none/ }).click();
    await expect(field('Port')).toHaveValue('25');
    await field('Mail server').fill('127.0.0.1');
    await field('Port').fill(String(mail.port));
    await field('User').fill(account.user);
    await field('Password').fill('a guess');
    await field('Sender').fill('holdfast@example.org');
    await field('Recipients').fill('ops@example.org, night@example.org');
    await desk.button('Add').click();
    await expect(route('Operators')).toContainText(`ops@example.org, night@example.org by 127.0.0.1:${mail.port}`);
    await route('Operators').getByRole('button', { name: 'Test' }).click();
    await expect(route('Operators')).toContainText('The server refused the user or the password');
    await route('Operators').getByRole('button', { name: 'Edit' }).click();
    await expect(field('Password')).toHaveValue('');
    await expect(field('Password')).toHaveAttribute('placeholder', 'kept; type to replace');
    await field('Password').fill(account.password);
    await desk.button('Save').click();
    await expect(desk.button('Save')).toHaveCount(0);
    await route('Operators').getByRole('button', { name: 'Test' }).click();
    await expect(route('Operators')).toContainText('The test was delivered');
    expect(mail.letters.splice(0)).toMatchObject([{ to: ['ops@example.org', 'night@example.org'] }]);
  });

  test('adds a webhook with a token and a secret header, and none of it is shown again', async () => {
    await desk.button('Add a route').click();
    await desk.page.getByText('Webhook', { exact: true }).click();
    await field('Name').fill('Pager');
    await field('Address').fill(`${hooks.origin}/hooks/secret-part`);
    await desk.page.getByText('Token', { exact: true }).click();
    await field('Token').fill('bearer-secret');
    await desk.button('Add a header').click();
    await field('Name of header 1').fill('X-Team');
    await field('Value of header 1').fill('header-secret');
    await desk.button('Add').click();
    await expect(route('Pager')).toContainText(`${hooks.origin} (JSON)`);
    await route('Pager').getByRole('button', { name: 'Test' }).click();
    await expect(route('Pager')).toContainText('The test was delivered');
    expect(hooks.asked.splice(0)).toMatchObject([
      { path: '/hooks/secret-part', headers: { authorization: 'Bearer bearer-secret', 'x-team': 'header-secret' } },
    ]);
    await route('Pager').getByRole('button', { name: 'Edit' }).click();
    await expect(route('Pager')).toContainText('X-Team (kept)');
    await expect(field('Address')).toHaveValue('');
    expect(await desk.page.content()).not.toMatch(/secret-part|bearer-secret|header-secret/);
    await desk.button('Cancel').click();
  });

  test('sees one alert when a source goes overdue, and is told of it once by each way', async () => {
    const { page, office } = desk;
    await office.client.schedule.pause({ scope: 'source', subject: 'papers', until: null, reason: 'moving house' });
    await desk.go('/alerts');
    await desk.moveTo('16:30');
    await expect(desk.bell).toHaveAccessibleName('Alerts: 1 needs somebody: an error');
    await expect(desk.rows).toHaveCount(1);
    await expect(desk.rows).toContainText(overdue);
    await expect(desk.rows).toContainText('error');
    await expect(desk.shown).toContainText('What to do');
    await expect.poll(() => subjects(mail)).toEqual([overdue]);
    await expect.poll(() => kinds(hooks)).toEqual(['raise']);
    await desk.bell.click();
    await page.getByRole('dialog', { name: 'Alerts' }).getByRole('link', { name: overdue }).click();
    await expect(page.getByRole('dialog', { name: 'Alerts' })).toHaveCount(0);
    await desk.shown.getByRole('link', { name: 'papers' }).click();
    await expect(page.getByRole('region', { name: `Alert: ${overdue}` })).toBeVisible();
  });

  test('acknowledges it by key, takes that back, and snoozes it from the page of its source', async () => {
    const { page } = desk;
    await desk.go('/alerts');
    await page.getByRole('grid', { name: 'Open alerts' }).focus();
    await page.keyboard.press('k');
    await expect(desk.bell).toHaveAccessibleName('Alerts: 0, nothing needs anybody');
    await desk.tab(/^Acknowledged 1/).click();
    await expect(desk.shown).toContainText(/acknowledged by \S+ now/);
    await desk.shown.getByRole('button', { name: 'Take back' }).click();
    await expect(desk.bell).toHaveAccessibleName(/^Alerts: 1 needs/);
    await desk.go('/sources/papers');
    const banner = page.getByRole('region', { name: `Alert: ${overdue}` });
    await banner.getByRole('button', { name: /^Snooze/ }).click();
    await page.getByRole('dialog', { name: 'Snooze' }).getByRole('button', { name: 'For 1 h' }).click();
    await expect(banner).toContainText('snoozed until Wed 25 Nov, 17:30');
    await expect(desk.bell).toHaveAccessibleName('Alerts: 0, nothing needs anybody');
    await desk.go('/alerts?show=snoozed');
    await expect(desk.rows).toHaveCount(1);
  });

  test('is reminded once the snooze is over, and told once when the source is good again', async () => {
    await desk.moveTo('17:31');
    await expect(desk.bell).toHaveAccessibleName(/^Alerts: 1 needs/);
    await expect.poll(() => subjects(mail)).toEqual([overdue, `Still: ${overdue}`]);
    await expect.poll(() => kinds(hooks)).toEqual(['raise', 'remind']);
    await desk.moveTo('17:50');
    await desk.go('/sources/papers');
    await desk.button('Protect now').click();
    await desk.office.settled();
    await desk.moveTo('17:52');
    await expect(desk.page.getByRole('region', { name: /^Alert:/ })).toHaveCount(0);
    await expect.poll(() => subjects(mail)).toEqual([overdue, `Still: ${overdue}`, `Resolved: ${overdue}`]);
    await expect.poll(() => kinds(hooks)).toEqual(['raise', 'remind', 'resolve']);
    await desk.moveTo('18:20');
    await desk.go('/alerts?show=resolved');
    const resolved = desk.page.getByRole('grid', { name: 'Resolved alerts' }).getByRole('row').nth(1);
    await expect(resolved).toContainText(overdue);
    await expect(resolved).toContainText('by itself');
    expect([mail.letters.length, hooks.asked.length]).toEqual([3, 3]);
  });

  test('finds all of it among the deliveries, switches a route off, and removes it after typing its name', async () => {
    const { page } = desk;
    await desk.go('/settings?section=notifications');
    await route('Pager').getByRole('button', { name: 'Deliveries' }).click();
    const log = page.getByRole('grid', { name: 'Deliveries by Pager' });
    for (const [index, words] of ['Resolved', 'Reminder', 'Alert', 'Test'].entries())
      await expect(log.getByRole('row').nth(index + 1)).toContainText(words);
    await expect(log).not.toContainText('failed');
    await route('Pager').getByRole('switch').click({ force: true });
    await expect(route('Pager').getByRole('switch')).not.toBeChecked();
    await expect
      .poll(async () => (await desk.office.client.routes.list({})).routes.find(({ name }) => name === 'Pager'))
      .toMatchObject({ enabled: false, hasPassword: true, headerNames: ['X-Team'] });
    await route('Pager').getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove Pager' });
    await expect(dialog.getByRole('button', { name: 'Remove' })).toBeDisabled();
    await dialog.getByRole('textbox').fill('Pager');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(route('Pager')).toHaveCount(0);
  });
});

describe('several alerts', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
    const { office } = desk;
    const { repositories } = await office.client.repositories.list({});
    for (const name of ['mail', 'wiki', 'photos'])
      await office.client.sources.add({
        repository: { id: repositories[0]?.id ?? '' },
        source: {
          kind: 'folder',
          name,
          paths: [office.workspace.path('papers')],
          excludes: [],
          excludeCaches: false,
          excludeLargerThanBytes: null,
          oneFileSystem: false,
          commands: { before: null, after: null },
          tags: [],
          rpoMs: 3_600_000,
        },
      });
    await desk.moveTo('13:01');
    await rename(office.workspace.path('papers'), join(office.workspace.root, 'away'));
    await desk.moveTo('14:02');
    await office.client.schedule.pause({ scope: 'tenant', subject: '', until: null, reason: '' });
    await desk.moveTo('16:30');
    await desk.go('/alerts');
    await expect(desk.rows).toHaveCount(5);
  });
  afterAll(() => desk[Symbol.asyncDispose]());

  test('are looked at by axe, with their panel, their menu and the bell', async () => {
    const { page } = desk;
    const inspector = new Inspector(page);
    await inspector.look('alerts');
    await desk.shown.getByRole('button', { name: 'Snooze…' }).click();
    await expect(page.getByRole('dialog', { name: 'Snooze' })).toBeVisible();
    await inspector.look('snooze');
    await page.getByRole('dialog', { name: 'Snooze' }).getByRole('button', { name: 'Until…' }).click();
    await expect(page.getByRole('dialog', { name: 'Snooze until' })).toBeVisible();
    await inspector.look('snooze until');
    await page.keyboard.press('Escape');
    await desk.bell.click();
    await expect(page.getByRole('dialog', { name: 'Alerts' })).toBeVisible();
    await inspector.look('bell');
    await page.keyboard.press('Escape');
    await desk.go('/sources/papers');
    await expect(page.getByRole('region', { name: /^Alert:/ })).toHaveCount(2);
    await inspector.look('a source with alerts');
    await desk.go('/');
    await expect(page.getByRole('main').getByRole('link', { name: '5 need somebody' })).toBeVisible();
    await inspector.look('overview with alerts');
    await desk.go('/settings?section=notifications');
    await desk.button('Add a route').click();
    for (const kind of ['Webhook', 'Health check']) {
      await page.getByText(kind, { exact: true }).click();
      await desk.button('Add a header').click();
      await desk.button('Add').click();
      await inspector.look(`a new route, ${kind}`);
    }
    inspector.expectNothing();
  });

  test('are found by words, chosen, and snoozed together until a time', async () => {
    const { page } = desk;
    await desk.go('/alerts');
    await page.keyboard.press('/');
    await page.keyboard.type('brought back');
    await expect(desk.rows).toHaveCount(3);
    await page.getByRole('grid', { name: 'Open alerts' }).focus();
    await page.keyboard.press('Control+a');
    const chosen = page.getByRole('group', { name: 'Chosen alerts' });
    await expect(chosen).toContainText('3 chosen');
    await page.keyboard.press('z');
    await page.getByRole('dialog', { name: 'Snooze' }).getByRole('button', { name: 'Until…' }).click();
    await page.getByLabel('Day and time').fill('2026-11-25T10:00');
    await expect(page.getByRole('dialog').getByText('This is past.')).toBeVisible();
    await page.getByLabel('Day and time').fill('2026-11-26T10:00');
    await page.getByRole('dialog').getByRole('button', { name: 'Snooze' }).click();
    await expect(desk.tab(/^Snoozed 3/)).toBeVisible();
    await expect(desk.bell).toHaveAccessibleName('Alerts: 2 need somebody, the worst is an error');
    const { alerts } = await desk.office.client.alerts.list({});
    expect(alerts.filter(({ snoozed }) => snoozed?.until === '2026-11-26T10:00:00.000Z')).toHaveLength(3);
  });

  test('put aside what has happened, and not what simply is so', async () => {
    const { page } = desk;
    await desk.go('/alerts');
    await desk.rows.filter({ hasText: overdue }).click();
    await expect(desk.shown.getByRole('button', { name: 'Put aside' })).toHaveCount(0);
    await desk.rows.filter({ hasText: 'The last run of papers failed' }).click();
    await desk.shown.getByRole('button', { name: 'Put aside' }).click();
    await expect(desk.rows).toHaveCount(1);
    await desk.tab(/^Resolved/).click();
    await expect(page.getByRole('grid', { name: 'Resolved alerts' })).toContainText('The last run of papers failed');
  });

  test('are only looked at by whoever may only read', async () => {
    const { page } = desk;
    await page.route('**/rpc/console/me', async (answered) => {
      const answer = await answered.fetch();
      await answered.fulfill({ response: answer, body: (await answer.text()).replace('"admin"', '"read"') });
    });
    await desk.go('/alerts');
    await page.reload();
    await expect(desk.shown).toContainText('What to do');
    await expect(page.getByRole('link', { name: 'viewer' })).toBeVisible();
    await expect(desk.shown.getByRole('button')).toHaveCount(0);
    await expect(page.getByRole('checkbox')).toHaveCount(0);
    await desk.go('/settings?section=notifications');
    await expect(page.getByText('Changing where alerts are told needs the role admin')).toBeVisible();
    await expect(desk.button('Add a route')).toHaveCount(0);
  });
});

test('a desktop has a route that is switched off and not removed, and without a place for secrets only mail is offered', async () => {
  await using desk = await Desk.open({ keepsSecrets: false, notify: () => undefined });
  const { page } = desk;
  await desk.go('/alerts');
  await expect(page.getByText('Alerts are told on this desktop alone')).toBeVisible();
  await desk.go('/settings?section=notifications');
  const route = page.getByRole('region', { name: 'Route Desktop' });
  await expect(route.getByRole('button', { name: 'Remove…' })).toHaveCount(0);
  await expect(page.getByText('This engine can keep no secrets')).toBeVisible();
  await route.getByRole('switch').click({ force: true });
  await expect(route.getByRole('switch')).not.toBeChecked();
  await desk.button('Add a route').click();
  await expect(page.getByRole('radio', { name: 'Webhook' })).toBeDisabled();
  const inspector = new Inspector(page);
  await inspector.look('a new route');
  inspector.expectNothing();
});
