import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { RestorePage } from './pages/restore.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { papersOf, preparePapers } from './papers.ts';

describe('an old version of a file', () => {
  let console: Console;
  let page: Page;
  let snapshots: SnapshotsPage;
  let restore: RestorePage;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    snapshots = new SnapshotsPage(page);
    restore = new RestorePage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('is found by a part of its name in all snapshots, also where it has been removed since', async () => {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Snapshots' }).click();
    await page.getByRole('textbox', { name: 'Find a file in all snapshots' }).fill('old.t');
    await page.keyboard.press('Enter');
    const found = page.getByRole('grid', { name: 'Found paths' });
    await expect(found.getByRole('row')).toHaveCount(2);
    await expect(found.getByRole('row').nth(1)).toContainText('old.txt');
    await found.getByRole('row').nth(1).click();
    await expect(snapshots.timeline).toHaveAttribute('aria-valuenow', '2');
    await expect(snapshots.entry('old.txt')).toContainText('deleted since');
  });

  test('is found with the palette from any screen', async () => {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Overview' }).click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Find/ }).fill('report.tx');
    const option = page.getByRole('option', { name: /report\.txt/ });
    await expect(option).toBeVisible();
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(snapshots.entry('report.txt')).toBeVisible();
  });

  test('stands among all versions, each with its size, and goes into the basket from there', async () => {
    await snapshots.entry('report.txt').click();
    await expect(snapshots.versions.getByRole('listitem')).toHaveCount(3);
    await expect(snapshots.versions).toContainText('3 versions');
    await expect(snapshots.versions.getByRole('listitem')).toContainText(['11 B', '35 B', '25 B']);
    const good = snapshots.versions.getByRole('listitem').filter({ hasText: '35 B' });
    await good.getByRole('button', { name: /^Add the version/ }).click();
    await expect(snapshots.basket.getByRole('listitem')).toHaveCount(1);
    await expect(snapshots.basket).toContainText('report.txt');
    await expect(snapshots.basket).toContainText('35 B');
  });

  test('survives a reload of the page in the basket', async () => {
    await page.reload();
    await expect(snapshots.basket).toContainText('report.txt');
  });

  test('is brought back step by step into a new folder, with its own bytes, and is verified', async () => {
    const target = console.workspace.path('brought-back');
    await snapshots.basket.getByRole('button', { name: /^Restore this/ }).click();
    await restore.expectStep('Where');
    await expect(restore.folder).toHaveValue(/restored\/papers-\d{4}-\d\d-\d\d$/);
    await restore.lookAhead(target);
    await expect(page.getByRole('list', { name: 'What was looked at' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('35 B');
    expect(existsSync(target)).toBe(false);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    await restore.expectStep('Report');
    await expect(restore.report).toContainText(/1\s*files read back and found as stored/);
    const path = join(target, papersOf(console.workspace, 'report.txt'));
    expect(readFileSync(path, 'utf8')).toBe('second draft, which is the good one');
    expect(readFileSync(papersOf(console.workspace, 'report.txt'), 'utf8')).toBe('third draft');
  });

  test('leaves a report that says the same on the command line and in words of restic', async () => {
    await restore.button('Show commands').click();
    await expect(restore.report).toContainText(/holdfast .*restore [0-9a-f]{8,}:/);
    await expect(restore.report).toContainText(/restic -r \S+ restore [0-9a-f]{8}/);
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    await expect(page.getByRole('grid', { name: 'Restores' }).getByRole('row').nth(1)).toContainText('done');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Snapshots' }).click();
    await expect(page.getByRole('grid', { name: 'Sources with snapshots' })).toBeVisible();
  });
});

describe('a guided restore without the basket', () => {
  test('asks what, when and where, and brings back the folder of that moment', async () => {
    await using console = await openConsole({ prepare: preparePapers });
    const page = await console.newPage();
    const restore = new RestorePage(page);
    const target = console.workspace.path('all-of-it');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    await page.getByRole('button', { name: /^Guided restore/ }).click();
    await restore.expectStep('What');
    await expect(page.getByRole('combobox', { name: 'Source' })).toHaveValue(/papers/);
    await restore.next.click();
    await restore.expectStep('When');
    await page.getByRole('grid', { name: 'Snapshots' }).getByRole('row').last().click();
    await restore.next.click();
    await restore.lookAhead(target);
    await expect(page.getByRole('main')).toContainText(/4\s*files in/);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    const back = (name: string) => readFileSync(join(target, papersOf(console.workspace, name)), 'utf8');
    expect(back('report.txt')).toBe('first draft of the report');
    expect(back('old.txt')).toBe('of no use any more');
    expect(existsSync(join(target, papersOf(console.workspace, 'figures.csv')))).toBe(false);
    await closeBrowser();
  });

  test('proposes no folder while somebody is about to type one', async () => {
    await using console = await openConsole({ prepare: preparePapers });
    const page = await console.newPage();
    const restore = new RestorePage(page);
    const held = Promise.withResolvers<void>();
    await page.route('**/rpc/browse/machineFolders*', async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    await page.getByRole('button', { name: /^Guided restore/ }).click();
    await expect(page.getByRole('combobox', { name: 'Source' })).toHaveValue(/papers/);
    await restore.next.click();
    await page.getByRole('grid', { name: 'Snapshots' }).getByRole('row').last().click();
    await restore.next.click();
    await restore.expectStep('Where');
    await restore.folder.focus();
    const answered = page.waitForResponse(/machineFolders/);
    held.resolve();
    await (await answered).finished();
    // What the answer changes on screen has been changed with the second frame.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const target = console.workspace.path('typed');
    await page.keyboard.insertText(target);
    await expect(restore.folder).toHaveValue(target);
    await restore.folder.clear();
    await page.keyboard.press('Tab');
    await expect(restore.folder).toHaveValue('');
    await expect(restore.next).toBeDisabled();
    await closeBrowser();
  });
});
