import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { RestorePage } from './pages/restore.ts';
import { panel, SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers, registerFolder, withHistory } from './papers.ts';

/** The papers with their history, and beside them photos of which there is no snapshot yet. */
async function preparePapersAndPhotos(workspace: Workspace): Promise<void> {
  await preparePapers(workspace);
  const folder = await workspace.folder('photos');
  await writeFile(join(folder, 'sea.jpg'), 'a picture of the sea');
  await withHistory(workspace, (client) => registerFolder(client, workspace, 'photos', folder));
}

describe('several sources taken together', () => {
  let console: Console;
  let page: Page;
  let restore: RestorePage;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapersAndPhotos });
    page = await console.newPage();
    restore = new RestorePage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const main = () => page.getByRole('main');
  const dialog = () => page.getByRole('dialog', { name: 'Take a system snapshot' });
  const parts = () => page.getByRole('grid', { name: 'Parts' });
  const list = () => page.getByRole('grid', { name: 'System snapshots' });

  test('are a job that shows each part as it ends', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click();
    await main().getByRole('button', { name: 'System snapshots' }).click();
    await expect(main()).toContainText('No system snapshot yet');
    await main().getByRole('button', { name: 'Take a system snapshot…' }).first().click();
    await expect(dialog().getByRole('checkbox', { name: 'papers' })).toBeChecked();
    await expect(dialog().getByRole('checkbox', { name: 'photos' })).toBeChecked();
    await dialog().getByRole('button', { name: 'Hold photos earlier; now 2 of 2' }).click();
    await expect(dialog().getByRole('button', { name: 'Hold photos earlier; now 1 of 2' })).toBeFocused();
    await dialog().getByRole('textbox', { name: 'Description' }).fill('before <b>the update</b>');
    await dialog().getByRole('button', { name: 'Take 2 sources' }).click();
    await expect(page).toHaveURL(/#\/activity\/./);
    await expect(main()).toContainText('System snapshot');
    await expect(parts().getByRole('row', { name: 'papers' })).toContainText('complete');
    await expect(parts().getByRole('row', { name: 'photos' })).toContainText('complete');
    await expect(parts().getByRole('row').nth(1)).toContainText('photos');
    await expect(main()).toContainText(/Taken: 2 sources within [\d.]+ m?s\./);
  });

  test('are one record that says within what time, and never that it was one moment', async () => {
    await page
      .getByRole('main')
      .getByRole('link', { name: /^system snapshot/ })
      .click();
    await expect(page.getByRole('heading', { level: 1, name: 'before <b>the update</b>' })).toBeVisible();
    await expect(main()).toContainText(/2 sources within [\d.]+ m?s/);
    await expect(main()).not.toContainText('point in time');
    await expect(parts().getByRole('row')).toHaveCount(3);
    await main().getByRole('link', { name: 'System snapshots' }).click();
    const row = list().getByRole('row', { name: 'before <b>the update</b>' });
    await expect(row).toContainText('full');
    await expect(row).toContainText(/2 sources within [\d.]+ m?s/);
    await row.click();
    await expect(parts().getByRole('row', { name: 'photos' })).toBeVisible();
  });

  test('are restored together through the guide, while the basket stays as it is', async () => {
    const snapshots = new SnapshotsPage(page);
    await snapshots.open('papers');
    await snapshots.check('report.txt');
    await expect(snapshots.basket.getByRole('listitem')).toHaveCount(1);
    await page.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click();
    await main().getByRole('button', { name: 'System snapshots' }).click();
    await list().getByRole('row', { name: 'before <b>the update</b>' }).click();
    await main().getByRole('button', { name: 'Restore all of it…' }).click();
    const folder = join(console.workspace.root, 'all of it');
    await restore.lookAhead(folder);
    await restore.start.click();
    await expect(restore.report).toBeVisible();
    await expect(restore.headline).toContainText(/done|restored/i);
    const back = (name: string, file: string) => readFile(join(folder, console.workspace.path(name, file)), 'utf8');
    expect(await back('papers', 'report.txt')).toBe('third draft');
    expect(await back('photos', 'sea.jpg')).toBe('a picture of the sea');
    await snapshots.open('papers');
    await expect(snapshots.basket.getByRole('listitem')).toHaveCount(1);
  });

  test('can be restored without one of them, as where that one has expired', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click();
    await main().getByRole('button', { name: 'System snapshots' }).click();
    await list().getByRole('row', { name: 'before <b>the update</b>' }).click();
    await main().getByRole('button', { name: 'Restore all of it…' }).click();
    await restore.expectStep('Where');
    await restore.steps.getByRole('button', { name: 'What' }).click();
    await restore.expectStep('What');
    await main().getByRole('button', { name: 'Leave photos out' }).click();
    await expect(panel(page, 'The plan so far')).toContainText('all of papers');
    await expect(main().getByRole('button', { name: /^Leave/ })).toHaveCount(0);
  });

  test('lead from the page of a snapshot to the record it is part of', async () => {
    await new SnapshotsPage(page).open('papers');
    await main()
      .getByRole('link', { name: /^system snapshot/ })
      .click();
    await expect(page.getByRole('heading', { level: 1, name: 'before <b>the update</b>' })).toBeVisible();
  });

  test('are taken of those that are chosen in Sources, and from the palette', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Sources' }).click();
    const row = page.getByRole('grid', { name: 'Sources' }).getByRole('row', { name: 'photos' });
    await row.getByRole('checkbox').check();
    await main().getByRole('button', { name: 'Take a system snapshot…' }).click();
    await expect(dialog().getByRole('checkbox', { name: 'papers' })).not.toBeChecked();
    await expect(dialog().getByRole('button', { name: 'Take one source' })).toBeEnabled();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('take a system');
    await page.keyboard.press('Enter');
    await expect(dialog().getByRole('button', { name: 'Take 2 sources' })).toBeEnabled();
  });

  test('name what failed, and offer what is there', async () => {
    await page.keyboard.press('Escape');
    await rm(console.workspace.path('photos'), { recursive: true });
    await page.getByRole('navigation').getByRole('link', { name: 'Snapshots' }).click();
    await main().getByRole('button', { name: 'System snapshots' }).click();
    await list().getByRole('row', { name: 'before <b>the update</b>' }).click();
    await main().getByRole('button', { name: 'Take it again…' }).click();
    await dialog().getByRole('button', { name: 'Take 2 sources' }).click();
    await expect(page).toHaveURL(/#\/activity\/./);
    await expect(parts().getByRole('row', { name: 'photos' })).toContainText('failed');
    await main()
      .getByRole('link', { name: /^system snapshot/ })
      .click();
    await expect(main()).toContainText('one source, 1 missing');
    await expect(main()).toContainText('Nothing was stored of photos: There is nothing at');
    await expect(main().getByRole('button', { name: 'Restore the part that is there…' })).toBeEnabled();
  });
});
