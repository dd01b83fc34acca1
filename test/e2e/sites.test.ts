import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { preparePapers } from './papers.ts';

const patience = { timeout: 60_000 };

describe('an operator who wants copies elsewhere', () => {
  let console: Console;
  /** Another Holdfast, which serves its home as a site. */
  let other: Console;
  let page: Page;
  let inspector: Inspector;

  beforeAll(async () => {
    other = await openConsole({
      args: ['--site', '--port', '0'],
      env: { HOLDFAST_PASSPHRASE: 'a fine passphrase' },
    });
    console = await openConsole({ prepare: preparePapers, env: { HOLDFAST_PASSPHRASE: 'a fine passphrase' } });
    page = await console.newPage();
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const main = () => page.getByRole('main');
  const button = (name: string | RegExp) => main().getByRole('button', { name });
  const table = (name: string) => main().getByRole('grid', { name, exact: true });

  test('learns that there is none yet, and adds one', async () => {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Sites' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Sites' })).toBeVisible();
    await expect(main()).toContainText('No site yet');
    await inspector.look('sites, empty');
    await button('Add a site…').click();
    await main().getByLabel('Name', { exact: true }).fill('Berlin');
    await main().getByLabel('Folder of the repository', { exact: true }).fill(console.workspace.path('berlin'));
    await main().getByLabel('Password of its repository', { exact: true }).fill('another password altogether');
    await main().getByLabel('Building or city').fill('Berlin, cellar');
    await inspector.look('a new site');
    await button('Add the site').click();
    await expect(table('Sites')).toContainText('Berlin, cellar', patience);
    await expect(main()).toContainText('Not enough copies to outlast one disaster: papers.');
  });

  test('says what goes there, and sees it arrive', async () => {
    await button('Add a rule…').click();
    await inspector.look('a new rule');
    await button('Add the rule').click();
    await expect(table('Rules of sync')).toContainText('everything');
    await expect(table('Sites')).toContainText('up to date', patience);
    await expect(table('Copies of each source')).toContainText('3 copies, 2 places, 1 away');
    await expect(main()).toContainText('Every source has three copies in two places, one of them away.');
    await inspector.look('sites');
  });

  test('paints a week, and writes another to the minute, and both count at once', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/sites/Berlin`);
    await expect(page.getByRole('heading', { level: 1, name: 'Berlin' })).toBeVisible();
    await main().getByText('off', { exact: true }).click();
    for (const day of ['Mon', 'Tue']) await main().getByRole('rowheader', { name: day }).getByRole('button').click();
    const written = main().getByLabel('The same, written');
    await expect(written).toHaveValue('mon-tue off');
    await main().getByRole('gridcell', { name: 'Wed 8:00, as fast as it goes' }).press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Space');
    await expect(written).toHaveValue('mon-tue off; wed 10:00-11:00 off');
    await written.fill('mon,tue off; wed 08:15-17:45 off; otherwise 2MiB/s');
    await expect(main().getByRole('gridcell', { name: 'Wed 8:00, changes within the hour' })).toBeVisible();
    await button('Save the week').click();
    await expect(button('Save the week')).toBeDisabled();
    await page.reload();
    await expect(main().getByRole('gridcell', { name: 'Mon 8:00, nothing is sent' })).toBeVisible();
    await expect(main().getByRole('gridcell', { name: 'Thu 8:00, 2.0 MiB/s' })).toBeVisible();
    await expect(written).toHaveValue(/wed 08:15-17:45 off; otherwise 2MiB\/s$/);
  });

  test('sees what it holds, and fetches one back', async () => {
    const held = table('Snapshots at the site');
    await expect(held.getByRole('row').nth(1)).toContainText('papers');
    await held.getByRole('row').nth(1).getByRole('checkbox').click();
    await button('Fetch 1 back, for 3 days').click();
    await expect(button('Fetch 1 back, for 3 days')).toHaveCount(0, patience);
    await expect(table('What was sent').getByRole('row').nth(1)).toContainText('done');
    await button('Pause').click();
    await expect(button('Resume')).toBeVisible();
    await inspector.look('a site');
    inspector.expectNothing();
  });

  test('is invited by another console, pairs with it, and sends there', async () => {
    const there = await other.newPage();
    const site = there.getByRole('main');
    await there.goto(`${new URL(there.url()).origin}/#/sites/server/users`);
    await site.getByRole('button', { name: 'Invite another console…' }).click();
    await site.getByLabel('Name here').fill('branch');
    await site.getByLabel('Quota').fill('1G');
    await inspector.look('a site');
    await site.getByRole('button', { name: 'Make the code' }).click();
    const code = (await site.getByLabel('Code', { exact: true }).textContent()) ?? '';
    await site.getByRole('button', { name: 'I have it' }).click();
    await expect(site.getByRole('grid', { name: 'Invitations' })).toContainText('branch');

    await inspector.visit('/sites', 'Sites');
    await button('Pair with a site…').click();
    await main()
      .getByLabel('Code', { exact: true })
      .fill(`${code.slice(0, -2)}xx`);
    await button('Read the code').click();
    await expect(page.getByRole('alert')).toContainText('SITE_CODE_INVALID');
    await main().getByLabel('Code', { exact: true }).fill(code);
    await button('Read the code').click();
    await expect(main()).toContainText('127.0.0.1');
    await inspector.look('a code that was read');
    await button(/^Pair with 127/).click();
    await main().getByLabel('Name of the site').fill('Hamburg', patience);
    await page.reload();
    await main().getByLabel('Name of the site').fill('Hamburg');
    await main().getByLabel('Place', { exact: true }).fill('Hamburg');
    await main().getByLabel('Password of the repository').fill('a password of the copies');
    await main().getByLabel('The same again').fill('a password of the copies');
    await inspector.look('the repository at a site that was paired with');
    await button('Make or connect it').click();
    await button('Add the rule').click(patience);
    await expect(main()).toContainText('Hamburg gets copies from now on', patience);
    await expect(main()).toContainText('It is up to date.', patience);
    await inspector.look('copies under way');

    await there.reload();
    await expect(site.getByRole('grid', { name: 'Who pushes here' })).toContainText('add, remove nothing');
    await expect(site.getByRole('grid', { name: 'Who pushes here' })).toContainText(/of 1\.0 GiB, 0 %/);
    const foreign = new Inspector(there);
    await foreign.look('who pushes here');
    foreign.expectNothing();
    inspector.expectNothing();
  });

  test('sees in Overview and beside the source where its copies are', async () => {
    await inspector.visit('/', /./);
    await expect(table('Sources, worst first')).toContainText('2 of 2');
    await inspector.visit('/sources/papers', 'papers');
    await expect(main()).toContainText('Hamburg: up to date');
  });

  test('watches the other console', async () => {
    const made = await other.workspace.holdfast(['token', 'create', 'watcher', '--role', 'admin', '--json']);
    const { secret } = made.json(z.object({ secret: z.string() }));
    await inspector.visit('/sites/peers/all', 'Other consoles');
    await inspector.look('no other console yet');
    await button('Watch another console…').click();
    await main().getByLabel('Name', { exact: true }).fill('Hamburg office');
    await main().getByLabel('Address', { exact: true }).fill(other.origin());
    await main().getByLabel('Token', { exact: true }).fill(secret);
    await button('Ask it, and watch it').click();
    await expect(table('Other consoles')).toContainText('answers', patience);
    await inspector.look('other consoles');
    await table('Other consoles').getByRole('row').nth(1).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Hamburg office' })).toBeVisible();
    await expect(button('Open it in a new window')).toBeVisible();
    await inspector.look('another console');
    inspector.expectNothing();
  });

  test('moves protection to the site, sees it in the frame, and moves it back', async () => {
    await inspector.visit('/sites', 'Sites');
    await button('Move protection…').click();
    await inspector.look('where to move');
    await button('Look ahead to Berlin').click();
    // While both repositories are asked, that is a status too.
    await expect(main().getByRole('status').filter({ hasText: 'Nothing is lost' })).toBeVisible(patience);
    await inspector.look('what a move costs');
    await button('Move to Berlin').isDisabled();
    await main().getByLabel('Type Berlin to confirm').fill('Berlin');
    await button('Move to Berlin').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Failover to Berlin' })).toBeVisible(patience);
    await expect(main().getByRole('list', { name: 'What to do next' })).toBeVisible(patience);
    await expect(main()).toContainText('Protect into Berlin, and restore from there');
    await inspector.look('a move that is done');

    await inspector.visit('/sites', 'Sites');
    await expect(main()).toContainText('since it was moved');
    await inspector.look('sites after a move');
    await button('Look ahead to the way back…').click();
    const back = button(/^Move back to/);
    const name = ((await back.textContent(patience)) ?? '').replace('Move back to ', '').trim();
    await main().getByLabel(`Type ${name} to confirm`).fill(name);
    await back.click();
    await expect(main().getByRole('list', { name: 'What to do next' })).toBeVisible(patience);
    await inspector.visit('/sites', 'Sites');
    await expect(main()).not.toContainText('since it was moved');
    await inspector.visit('/recovery', 'Recovery');
    await expect(table('Restores')).toContainText('Failover to Berlin');
    inspector.expectNothing();
  });
});
