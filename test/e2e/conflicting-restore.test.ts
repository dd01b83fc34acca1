import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { RestorePage } from './pages/restore.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { papersOf, preparePapers, preparePile } from './papers.ts';

describe('restoring several paths onto a file that is in the way', () => {
  let console: Console;
  let page: Page;
  let snapshots: SnapshotsPage;
  let restore: RestorePage;
  let target: string;
  let inTheWay: string;
  const others = 'somebody has written this in between';

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    snapshots = new SnapshotsPage(page);
    restore = new RestorePage(page);
    target = console.workspace.path('target');
    inTheWay = join(target, papersOf(console.workspace, 'report.txt'));
    mkdirSync(dirname(inTheWay), { recursive: true });
    writeFileSync(inTheWay, others);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const back = (name: string) => join(target, papersOf(console.workspace, name));

  /** The report of four days ago, and two papers of six days ago. */
  const fillBasket = async () => {
    await snapshots.open('papers');
    await snapshots.goToSnapshot(1);
    await snapshots.check('old.txt', 'notes');
    await snapshots.goToSnapshot(2);
    await snapshots.check('report.txt');
    await expect(snapshots.basket.getByRole('listitem')).toHaveCount(3);
    await expect(snapshots.basket).toContainText('from 2 snapshots');
    await snapshots.basket.getByRole('button', { name: /^Restore the 3/ }).click();
  };

  test('the preflight names the file, and with “never” it stays and the restore says that it is partial', async () => {
    await fillBasket();
    await restore.lookAhead(target);
    await expect(restore.conflicts.getByRole('listitem')).toHaveCount(1);
    await expect(restore.conflicts).toContainText(/report\.txt.*kept/);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored, with exceptions');
    await expect(restore.report).toContainText(/1, 0\s*in the way: kept, replaced/);
    await expect(restore.report).toContainText(/2\s*files read back/);
    expect(readFileSync(inTheWay, 'utf8')).toBe(others);
    expect(readFileSync(back('old.txt'), 'utf8')).toBe('of no use any more');
    expect(readFileSync(back('notes/todo.txt'), 'utf8')).toBe('write the report');
    await restore.confirm('Undo…', 'Undo this restore', 'Undo it');
    await expect(restore.headline).toHaveText('Undone');
    expect(existsSync(back('old.txt'))).toBe(false);
    expect(readFileSync(inTheWay, 'utf8')).toBe(others);
  });

  test('with “always” it is replaced, and undoing puts it back', async () => {
    await fillBasket();
    await restore.expectStep('Where');
    await restore.chooseExisting(/replaced$/);
    await restore.lookAhead(target);
    await expect(restore.conflicts).toContainText(/report\.txt.*replaced/);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    await expect(restore.report).toContainText(/0, 1\s*in the way: kept, replaced/);
    expect(readFileSync(inTheWay, 'utf8')).toBe('second draft, which is the good one');
    await restore.button('Undo…').click();
    const dialog = page.getByRole('dialog', { name: 'Undo this restore' });
    await expect(dialog.getByRole('list', { name: 'What undoing does' })).toContainText('report.txt');
    await dialog.getByRole('button', { name: 'Undo it' }).click();
    await expect(restore.headline).toHaveText('Undone');
    expect(readFileSync(inTheWay, 'utf8')).toBe(others);
    expect(existsSync(back('old.txt'))).toBe(false);
  });

  test('closing the run keeps what was restored, lets go of what was kept aside, and ends all undoing', async () => {
    await fillBasket();
    await restore.expectStep('Where');
    await restore.chooseExisting(/replaced$/);
    await restore.lookAhead(target);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    await restore.confirm('Close…', 'Close this run', 'Close the run');
    await expect(page.getByRole('main')).toContainText('This run is closed');
    await expect(restore.button('Undo…')).toHaveCount(0);
    expect(readdirSync(dirname(inTheWay)).toSorted()).toEqual(['notes', 'old.txt', 'report.txt']);
    expect(readFileSync(inTheWay, 'utf8')).toBe('second draft, which is the good one');
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    await expect(page.getByRole('grid', { name: 'Restores' }).getByRole('row').nth(1)).toContainText('closed');
  });
});

describe('a long restore', () => {
  let console: Console;
  let page: Page;
  let restore: RestorePage;
  const pile = 6_000;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePile(pile) });
    page = await console.newPage();
    restore = new RestorePage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const start = async (target: string) => {
    const snapshots = new SnapshotsPage(page);
    await snapshots.open('pile');
    await page.getByRole('button', { name: /^Restore this whole snapshot/ }).click();
    await restore.next.click();
    await restore.expectStep('When');
    await restore.next.click();
    await restore.lookAhead(target);
    await restore.start.click();
    await expect(page.getByRole('main')).toContainText(`Below ${target}.`);
    await expect(restore.runSteps.locator('[aria-current=step]')).toContainText('Write files');
  };
  const restored = (target: string) => readdirSync(join(target, console.workspace.path('pile')));

  test('pauses after the step it is at, and goes on to the end', async () => {
    const target = console.workspace.path('paused');
    await start(target);
    await restore.button('Pause after this step').click();
    await expect(restore.headline).toHaveText(/paused/);
    await expect(restore.runSteps.getByRole('listitem').last().getByLabel('to do')).toBeVisible();
    await restore.button('Go on').click();
    await expect(restore.headline).toHaveText('Restored');
    await expect(restore.report).toContainText(/6,000\s*files read back/);
    expect(restored(target)).toHaveLength(pile);
  });

  test('stops with everything kept, and is undone to the last file', async () => {
    const target = console.workspace.path('stopped');
    await start(target);
    await restore.confirm('Stop, keep everything…', 'Stop, and keep everything', 'Stop');
    await expect(restore.headline).toHaveText(/stopped/);
    await expect(restore.button('Go on')).toBeVisible();
    await restore.confirm('Undo…', 'Undo this restore', 'Undo it');
    await expect(restore.headline).toHaveText('Undone');
    expect(existsSync(target)).toBe(false);
  });
});
