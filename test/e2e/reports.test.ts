import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { makeMailServer, type MailServer } from '../support/mail-server.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { preparePapers } from './papers.ts';

const patience = { timeout: 60_000 };

describe('an operator who has to report', () => {
  let console: Console;
  let mail: MailServer;
  let page: Page;
  let inspector: Inspector;

  beforeAll(async () => {
    mail = await makeMailServer();
    console = await openConsole({
      prepare: async (workspace) => {
        await preparePapers(workspace);
        const route = {
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          from: 'h@example.org',
          to: 'ops@example.org',
        };
        const settings = Object.entries(route).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
        const added = await workspace.here(['routes', 'add', 'mail', '--name', 'Operators', ...settings]);
        if (added.code !== 0) throw new Error(added.stderr);
      },
    });
    page = await console.newPage();
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true });

  test('reads what the overview says, of any of the reports, and saves it as a file', async () => {
    const main = page.getByRole('main');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Reports' }).click();
    await expect(main.getByRole('article', { name: 'Freshness and coverage' })).toBeVisible(patience);
    await expect(main).toContainText('The one source has a good snapshot.');
    await expect(main.getByRole('grid', { name: 'Sources, worst first' })).toContainText('papers');
    await inspector.look('a report');
    for (const name of [
      'Protection gaps',
      'Sync',
      'Storage and growth',
      'Drills and RTO',
      'Retention proof',
      'Audit',
    ]) {
      await main.getByRole('link', { name, exact: true }).click();
      await expect(main.getByRole('article', { name })).toBeVisible(patience);
    }
    await main.getByRole('link', { name: 'Backup summary' }).click();
    await expect(main.getByRole('grid', { name: 'By source, most trouble first' })).toContainText('papers', patience);
    const csv = await saved(page, 'csv');
    expect(csv).toMatch(/^source,runs,partial/);
    expect(csv).toMatch(/\r\npapers,\d+,0,0,0,/);
    expect((await saved(page, 'pdf')).slice(0, 5)).toBe('%PDF-');
    inspector.expectNothing();
  });

  test('subscribes somebody, tries it, and sees in the log what became of it', async () => {
    const main = page.getByRole('main');
    await main.getByRole('link', { name: 'Subscriptions' }).click();
    await expect(main).toContainText('No subscription yet');
    await button('Add a subscription…').click();
    await button('Add the subscription').click();
    await expect(main.getByRole('alert')).toContainText('It has no name yet.');
    await main.getByLabel('Name', { exact: true }).fill('Monday');
    await main.getByLabel('Mail address').fill('boss@example.org');
    await main.getByLabel('By the route').click();
    await page.getByRole('option', { name: 'Operators' }).click();
    await main.getByLabel('Backup summary').check();
    await inspector.look('a new subscription');
    await button('Add the subscription').click();
    const list = main.getByRole('grid', { name: 'Subscriptions' });
    await expect(list).toContainText('weekly mon 07:00', patience);
    await list.getByText('Monday').dblclick();
    await button('Send a test').click();
    await expect(main).toContainText('It was sent to boss@example.org.', patience);
    expect(mail.letters.map(({ to }) => to)).toEqual([['boss@example.org']]);
    mail.refuse(550);
    await button('Send now').click();
    await expect(main).toContainText('It did not arrive:', patience);
    await expect(main.getByRole('grid', { name: 'Letters' })).toContainText('given up', patience);
    await button('Suspend').click();
    await expect(list).toContainText('suspended', patience);
    await inspector.look('a subscription');
    inspector.expectNothing();
  });
});

/** The first file of the format: as CSV, a report is a file for each of its tables. */
async function saved(page: Page, format: 'csv' | 'pdf'): Promise<string> {
  const download = page.waitForEvent('download', (file) => file.suggestedFilename().endsWith(`.${format}`));
  await page
    .getByRole('main')
    .getByRole('button', { name: `Save as ${format.toUpperCase()}` })
    .click();
  return readFile(await (await download).path(), 'latin1');
}
