import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { makeMailServer, type MailServer } from '../support/mail-server.ts';
import { closeBrowser } from './console.ts';
import { Desk } from './desk.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';

const account = { user: 'holdfast', password: 'a word for mail' };
const patience = { timeout: 60_000 };

afterAll(closeBrowser);

describe('an operator who has to report', () => {
  let desk: Desk;
  let mail: MailServer;
  let inspector: Inspector;

  beforeAll(async () => {
    desk = await Desk.open();
    mail = await makeMailServer({ account });
    inspector = new Inspector(desk.page);
    await desk.moveTo('13:01');
    await desk.office.client.routes.add({
      route: {
        name: 'Operators',
        enabled: true,
        target: {
          kind: 'mail',
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          user: account.user,
          from: 'holdfast@example.org',
          to: ['ops@example.org'],
        },
        atLeast: 'error',
        remindEveryMs: null,
        timeoutMs: 5_000,
        retries: 0,
      },
      secrets: { password: account.password },
    });
  });
  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
  });

  test('reads what the overview says, of any of the reports, and saves it as a file', async () => {
    const { page } = desk;
    const main = page.getByRole('main');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Reports' }).click();
    await expect(main.getByRole('article', { name: 'Freshness and coverage' })).toBeVisible(patience);
    const { document } = await desk.office.client.reports.make({ report: 'freshness', zone: 'UTC' });
    await expect(main).toContainText(document.lead);
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
    const csv = await saved(page, 'Save as CSV');
    expect(csv).toMatch(/^source,runs,partial/);
    expect(csv).toMatch(/\r\npapers,1,0,0,0,/);
    expect((await saved(page, 'Save as PDF')).slice(0, 8)).toBe('%PDF-1.4');
    inspector.expectNothing();
  });

  test('subscribes somebody, tries it, and sees in the log what became of it', async () => {
    const { page } = desk;
    const main = page.getByRole('main');
    await main.getByRole('link', { name: 'Subscriptions' }).click();
    await expect(main).toContainText('No subscription yet');
    await desk.button('Add a subscription…').click();
    await desk.button('Add the subscription').click();
    await expect(main.getByRole('alert')).toContainText('It has no name yet.');
    await main.getByLabel('Name', { exact: true }).fill('Monday');
    await main.getByLabel('Mail address').fill('boss@example.org');
    await main.getByLabel('By the route').click();
    await page.getByRole('option', { name: 'Operators' }).click();
    await main.getByLabel('Backup summary').check();
    await inspector.look('a new subscription');
    await desk.button('Add the subscription').click();
    const list = main.getByRole('grid', { name: 'Subscriptions' });
    await expect(list).toContainText('weekly mon 07:00', patience);
    await list.getByText('Monday').dblclick();
    await desk.button('Send a test').click();
    await expect(main).toContainText('It was sent to boss@example.org.', patience);
    expect(mail.letters.map(({ to }) => to)).toEqual([['boss@example.org']]);
    mail.refuse(550);
    await desk.button('Send now').click();
    await expect(main).toContainText('It did not arrive:', patience);
    await expect(main.getByRole('grid', { name: 'Letters' })).toContainText('given up', patience);
    await desk.button('Suspend').click();
    await expect(list).toContainText('suspended', patience);
    await inspector.look('a subscription');
    inspector.expectNothing();
  });
});

async function saved(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('main').getByRole('button', { name: button }).click();
  return readFile(await (await download).path(), 'latin1');
}
