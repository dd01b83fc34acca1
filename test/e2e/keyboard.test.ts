import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Keys } from './pages/keys.ts';
import { RestorePage } from './pages/restore.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { papersOf, preparePapers } from './papers.ts';

describe('with the keyboard alone', () => {
  let console: Console;
  let page: Page;
  let keys: Keys;
  let snapshots: SnapshotsPage;
  let restore: RestorePage;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    keys = new Keys(page);
    snapshots = new SnapshotsPage(page);
    restore = new RestorePage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

  test('the first stop leads past the bar and the rail into the screen', async () => {
    await keys.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the screen' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await keys.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });

  test('g and a letter lead to every area, and the screen has the focus then', async () => {
    for (const [letter, name] of [
      ['s', 'Sources'],
      ['r', 'Recovery'],
      ['a', 'Activity'],
      ['l', 'Alerts'],
      ['e', 'Settings'],
      ['n', 'Snapshots'],
    ] as const) {
      await keys.press('g', letter);
      await expect(heading(name)).toBeVisible();
      await expect(page.getByRole('main')).toBeFocused();
    }
  });

  test('no screen keeps the focus, forwards or backwards', async () => {
    for (const letter of ['o', 's', 'n', 'r', 'a', 'l', 'e']) {
      await keys.press('g', letter);
      await expect(page.getByRole('main')).toBeFocused();
      expect(await keys.stopsOfTab()).toBeGreaterThan(3);
      expect(await keys.stopsOfTab('Shift+Tab')).toBeGreaterThan(3);
    }
  });

  test('the palette opens from anywhere, finds by words, and gives the focus back when it is left', async () => {
    await keys.press('g', 'r');
    const button = page.getByRole('button', { name: /^Guided restore/ });
    await keys.tabTo(button);
    await keys.press('Control+k');
    await expect(page.getByRole('combobox', { name: /^Find/ })).toBeFocused();
    await keys.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(button).toBeFocused();
    await keys.press('Control+k');
    await page.keyboard.type('snapshots');
    await expect(page.getByRole('option', { name: /^Snapshots/ })).toHaveAttribute('aria-selected', 'true');
    await keys.press('Enter');
    await expect(heading('Snapshots')).toBeVisible();
  });

  test('? explains the keys', async () => {
    await keys.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await keys.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('a file of an old snapshot is put into the basket', async () => {
    await keys.tabTo(page.getByRole('grid', { name: 'Sources with snapshots' }));
    await keys.press('Enter');
    await expect(heading('papers')).toBeVisible();
    await keys.tabTo(snapshots.timeline);
    await keys.press('Home');
    await expect(snapshots.timeline).toHaveAttribute('aria-valuenow', '1');
    await expect(snapshots.timeline).toBeFocused();
    const folder = snapshots.tree.getByRole('treeitem', { selected: true });
    await keys.tabTo(folder);
    await keys.press('ArrowRight', 'ArrowDown');
    await expect(folder).toHaveAttribute('aria-expanded', 'true');
    await keys.press('ArrowLeft');
    await keys.tabTo(snapshots.entries);
    await expect(snapshots.entry('report.txt')).toBeVisible();
    await keys.press('End', 'Space');
    await expect(snapshots.entry('report.txt').getByRole('checkbox')).toBeChecked();
    await expect(snapshots.versions.getByRole('listitem')).toHaveCount(3);
    await expect(snapshots.basket).toContainText('report.txt');
  });

  test('a dialog takes the focus, keeps it while it is open, and gives it back', async () => {
    const hold = page.getByRole('main').getByRole('button', { name: 'Hold…' });
    await keys.tabTo(hold, 'Shift+Tab');
    await keys.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Hold this snapshot' });
    await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeFocused();
    for (let stop = 0; stop < 6; stop += 1) {
      await keys.press('Tab');
      await expect(dialog.locator(':focus')).toHaveCount(1);
    }
    await keys.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(hold).toBeFocused();
  });

  test('and is restored into a new folder, verified', async () => {
    const target = console.workspace.path('by-keys');
    await keys.tabTo(snapshots.basket.getByRole('button', { name: /^Restore this/ }));
    await keys.press('Enter');
    await restore.expectStep('Where');
    await keys.tabTo(restore.folder);
    await keys.press('Control+a');
    await page.keyboard.type(target);
    await keys.press('Enter');
    await restore.expectStep('Preflight');
    await expect(restore.start).toBeEnabled();
    await keys.tabTo(restore.start);
    await keys.press('Enter');
    await expect(restore.headline).toHaveText('Restored');
    await expect(restore.report).toContainText(/1\s*files read back and found as stored/);
    const path = join(target, papersOf(console.workspace, 'report.txt'));
    expect(readFileSync(path, 'utf8')).toBe('first draft of the report');
  });

  test('the run is closed in its dialog', async () => {
    await keys.tabTo(restore.button('Close…'));
    await keys.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Close this run' });
    await keys.tabTo(dialog.getByRole('button', { name: 'Close the run' }));
    await keys.press('Enter');
    await expect(page.getByRole('main')).toContainText('This run is closed');
  });

  test('the calls of the API are one stop, and arrows lead through them', async () => {
    await page.goto(`${console.origin()}/#/settings/api`);
    const calls = page.getByRole('navigation', { name: 'Calls' });
    const buttons = calls.locator('section').getByRole('button');
    await expect(buttons.first()).toBeVisible();
    expect(await buttons.count()).toBeGreaterThan(200);
    await keys.tabTo(calls.getByRole('textbox', { name: 'Find a call' }));
    await keys.press('Tab');
    await expect(buttons.first()).toBeFocused();
    await keys.press('ArrowDown', 'ArrowDown', 'ArrowUp');
    await expect(buttons.nth(1)).toBeFocused();
    await keys.press('Enter');
    await expect(buttons.nth(1)).toHaveAttribute('aria-current', 'true');
    await keys.press('End');
    await expect(buttons.last()).toBeFocused();
    await keys.press('Tab');
    expect(await calls.locator(':focus').count()).toBe(0);
  });
});
