import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers } from './papers.ts';

describe('an incident', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
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
