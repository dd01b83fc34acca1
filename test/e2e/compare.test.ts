import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers } from './papers.ts';

describe('two snapshots side by side', () => {
  let console: Console;
  let page: Page;
  let snapshots: SnapshotsPage;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    snapshots = new SnapshotsPage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const changes = () => page.getByRole('grid', { name: 'Changes' });
  const change = (name: string) => changes().getByRole('row').filter({ hasText: name });

  test('show what was added, changed and removed, with sizes before and after', async () => {
    await snapshots.open('papers');
    await snapshots.goToSnapshot(1);
    await page.getByRole('button', { name: /^Compare/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare with another snapshot' });
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await expect(change('figures.csv')).toContainText(/added.*12 B/);
    await expect(change('old.txt')).toContainText(/removed.*18 B/);
    await expect(change('report.txt')).toContainText(/changed.*25 B.*11 B/);
    await expect(change('plan.txt')).toContainText(/changed.*8 B.*18 B/);
    await expect(change('todo.txt')).toHaveCount(0);
    const main = page.getByRole('main');
    await expect(main).toContainText(/1\s*added/);
    await expect(main).toContainText(/1\s*removed/);
  });

  test('can be narrowed to one sort of change', async () => {
    await page
      .getByRole('radiogroup', { name: 'Which changes are shown' })
      .getByText('Removed', { exact: true })
      .click();
    await expect(changes().getByRole('row')).toHaveCount(2);
    await expect(change('old.txt')).toBeVisible();
    await page.getByRole('radiogroup', { name: 'Which changes are shown' }).getByText('All', { exact: true }).click();
    await expect(change('report.txt')).toBeVisible();
  });

  test('give the older version of what is checked to the basket; what was only added has none', async () => {
    const put = page.getByRole('button', { name: 'Put the older version into the basket' });
    await expect(put).toBeDisabled();
    for (const name of ['old.txt', 'report.txt', 'figures.csv']) await change(name).getByRole('checkbox').check();
    await put.click();
    await page.getByRole('button', { name: 'Back to the snapshot' }).click();
    await expect(snapshots.basket.getByRole('listitem')).toHaveCount(2);
    await expect(snapshots.basket).toContainText('old.txt');
    await expect(snapshots.basket).toContainText('report.txt');
    await expect(snapshots.basket).toContainText('43 B');
    await expect(snapshots.entry('report.txt').getByRole('checkbox')).toBeChecked();
  });

  test('are the same the other way round: older is older', async () => {
    await snapshots.goToSnapshot(3);
    await page.getByRole('button', { name: /^Compare/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Compare' }).click();
    await expect(change('old.txt')).toContainText('removed');
    await expect(change('figures.csv')).toHaveCount(0);
  });
});
