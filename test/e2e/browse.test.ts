import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { pileName, preparePapers, preparePile } from './papers.ts';

const pile = 20_000;

describe('browsing snapshots', () => {
  let console: Console;
  let page: Page;
  let snapshots: SnapshotsPage;

  beforeAll(async () => {
    console = await openConsole({
      prepare: async (workspace) => {
        await preparePapers(workspace);
        await preparePile(pile)(workspace);
      },
    });
    page = await console.newPage();
    snapshots = new SnapshotsPage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('the timeline leads from one snapshot to the next, and the folder shows what was in it then', async () => {
    await snapshots.open('papers');
    await expect(snapshots.timeline).toHaveAttribute('aria-valuemax', '3');
    await expect(snapshots.timeline).toHaveAttribute('aria-valuenow', '3');
    await expect(snapshots.entry('figures.csv')).toBeVisible();
    await expect(snapshots.entry('old.txt')).toHaveCount(0);
    await snapshots.goToSnapshot(1);
    await expect(snapshots.entry('old.txt')).toBeVisible();
    await expect(snapshots.entry('figures.csv')).toHaveCount(0);
    await expect(snapshots.entry('report.txt')).toContainText('25 B');
  });

  test('entries of an old snapshot say how they stand against the newest', async () => {
    await expect(snapshots.entry('report.txt')).toContainText(/changed/);
    await expect(snapshots.entry('old.txt')).toContainText(/gone|removed|missing|deleted/);
    await expect(snapshots.entry('notes')).toContainText('same');
  });

  test('the tree opens folders, and the path above the entries leads back up', async () => {
    await snapshots.tree.getByRole('treeitem', { name: 'papers' }).press('ArrowRight');
    await snapshots.tree.getByRole('treeitem', { name: 'notes' }).click();
    await expect(snapshots.entry('todo.txt')).toBeVisible();
    await expect(snapshots.tree.getByRole('treeitem', { name: 'notes' })).toHaveAttribute('aria-selected', 'true');
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('button', { name: 'papers' }).click();
    await expect(snapshots.entry('report.txt')).toBeVisible();
  });

  test('entries are filtered by a part of their name and sorted by their columns', async () => {
    await snapshots.filter.fill('RT');
    await expect(snapshots.names()).toHaveCount(1);
    await expect(snapshots.names()).toContainText('report.txt');
    await snapshots.filter.fill('nothing is called so');
    await expect(page.getByText('No name here holds that text')).toBeVisible();
    await snapshots.filter.fill('.txt');
    const size = snapshots.entries.getByRole('button', { name: 'Size' });
    await size.click();
    await expect(snapshots.names()).toContainText(['plan.txt', 'old.txt', 'report.txt']);
    await size.click();
    await expect(snapshots.entries.getByRole('columnheader', { name: 'Size' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
    await expect(snapshots.names()).toContainText(['report.txt', 'old.txt', 'plan.txt']);
  });

  test('a folder of 20,000 entries opens, and keys lead to its end and back', async () => {
    await snapshots.open('pile');
    await expect(snapshots.entries).toHaveAttribute('aria-rowcount', String(pile + 1));
    await snapshots.entries.focus();
    await page.keyboard.press('End');
    await expect(snapshots.entry(pileName(pile - 1))).toBeInViewport();
    await expect(snapshots.entry(pileName(0))).toHaveCount(0);
    await page.keyboard.press('PageUp');
    await expect(snapshots.entry(pileName(pile - 1))).not.toBeInViewport();
    await page.keyboard.press('Home');
    await expect(snapshots.entry(pileName(0))).toBeInViewport();
    await snapshots.filter.fill('9999');
    await expect(snapshots.names()).toHaveCount(2);
    await expect(snapshots.names()).toContainText([pileName(9_999), pileName(19_999)]);
  });
});
