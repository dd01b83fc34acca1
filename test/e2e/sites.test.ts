import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { preparePapers } from './papers.ts';

const patience = { timeout: 60_000 };

describe('an operator who wants copies elsewhere', () => {
  let console: Console;
  let page: Page;
  let inspector: Inspector;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
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
    await main().getByLabel('Repository', { exact: true }).fill(console.workspace.path('berlin'));
    await main().getByLabel('Its password', { exact: true }).fill('another password altogether');
    await main().getByLabel('Place', { exact: true }).fill('Berlin, cellar');
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

  test('paints a week, and it counts at once', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/sites/Berlin`);
    await expect(page.getByRole('heading', { level: 1, name: 'Berlin' })).toBeVisible();
    await main().getByText('off', { exact: true }).click();
    for (const day of ['Mon', 'Tue']) await main().getByRole('rowheader', { name: day }).getByRole('button').click();
    await button('Save the week').click();
    await expect(button('Save the week')).toBeDisabled();
    await expect(main().getByRole('gridcell', { name: 'Mon 8:00, nothing is sent' })).toBeVisible();
    await expect(main().getByRole('gridcell', { name: 'Wed 8:00, as fast as it goes' })).toBeVisible();
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
});
