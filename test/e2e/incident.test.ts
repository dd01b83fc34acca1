import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { RestorePage } from './pages/restore.ts';
import { prepareEncryptedLetters, preparePapers } from './papers.ts';

describe('an incident', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({
      prepare: async (workspace) => {
        await preparePapers(workspace);
        await prepareEncryptedLetters(workspace);
      },
    });
    page = await console.newPage();
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const banner = () => page.getByRole('region', { name: 'Incident' });

  test('freezes everything from the Overview, with a reason that every screen shows', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Freeze everything…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Freeze everything' });
    await expect(dialog.getByRole('button', { name: 'Freeze everything' })).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('files look <b>encrypted</b>');
    await dialog.getByRole('button', { name: 'Freeze everything' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(banner()).toContainText('files look <b>encrypted</b>');
    await expect(page.getByRole('button', { name: 'Freeze everything…' })).toHaveCount(0);
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
    await expect(banner()).toBeVisible();
  });

  test('keeps everybody from removing a snapshot', async () => {
    const snapshots = new SnapshotsPage(page);
    await snapshots.open('papers');
    await snapshots.goToSnapshot(1);
    await page.getByRole('main').getByRole('button', { name: 'Expire…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Expire this snapshot' });
    const word = await dialog
      .getByText(/^Type .* to confirm$/)
      .locator('b')
      .innerText();
    await dialog.getByRole('textbox').fill(word);
    await dialog.getByRole('button', { name: 'Expire it' }).click();
    await expect(dialog.getByRole('alert')).toContainText('FROZEN');
    await page.keyboard.press('Escape');
  });

  const before = () => page.getByRole('dialog', { name: 'Restore as of before an incident' });
  const source = (name: string) => before().getByRole('listitem').filter({ hasText: name });

  test('is gone back behind from the moment of the oldest suspect snapshot, and nothing is changed by choosing', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Restore as of before…' }).last().click();
    await expect(before()).toContainText('When the oldest snapshot was taken that is suspect.');
    await expect(before()).toContainText('nothing is written, changed or removed by it');
    await expect(source('letters')).toContainText('1 taken since is left out');
    await expect(source('letters')).toContainText('2 d ago');
    await expect(source('papers')).toContainText('none taken since');
    await expect(before().getByRole('button', { name: 'Go on with 2 snapshots…' })).toBeEnabled();
    await page.keyboard.press('Escape');
    await expect(before()).toHaveCount(0);
  });

  test('leads to the restore of what was good before another moment, of chosen sources', async () => {
    await banner().getByRole('button', { name: 'Restore as of before…' }).click();
    const at = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString().slice(0, 19);
    const moment = before().getByLabel('Before', { exact: true });
    await moment.fill(at(0));
    await expect(source('letters')).toContainText('1 newer one passed over, suspect or not complete');
    await moment.fill(at(7));
    await expect(source('papers')).toContainText('none leads back');
    await expect(source('papers')).toContainText('none was taken before; 3 taken since');
    await expect(before()).toContainText('One chosen source has no good snapshot from before that moment');
    await moment.fill(at(3));
    await expect(source('papers')).toContainText('1 taken since is left out');
    await source('letters').getByRole('checkbox').uncheck();
    await before().getByRole('button', { name: 'Go on with one snapshot…' }).click();
    const restore = new RestorePage(page);
    const folder = join(console.workspace.root, 'before');
    await restore.lookAhead(folder);
    await restore.start.click();
    await expect(restore.report).toBeVisible();
    const back = await readFile(join(folder, console.workspace.path('papers', 'report.txt')), 'utf8');
    expect(back).toBe('second draft, which is the good one');
  });

  test('ends, and the banner goes in another browser too', async () => {
    const other = await console.newPage();
    await expect(other.getByRole('region', { name: 'Incident' })).toBeVisible();
    await banner().getByRole('button', { name: 'End the incident…' }).click();
    await page
      .getByRole('dialog', { name: 'End the incident' })
      .getByRole('button', { name: 'End the incident' })
      .click();
    await expect(banner()).toHaveCount(0);
    await expect(other.getByRole('region', { name: 'Incident' })).toHaveCount(0);
  });
});
