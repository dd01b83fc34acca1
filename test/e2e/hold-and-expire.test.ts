import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers, preparePile } from './papers.ts';

describe('a snapshot', () => {
  let console: Console;
  let page: Page;
  let snapshots: SnapshotsPage;

  beforeAll(async () => {
    console = await openConsole({
      prepare: async (workspace) => {
        await preparePapers(workspace);
        await preparePile(3)(workspace);
      },
    });
    page = await console.newPage();
    snapshots = new SnapshotsPage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
  const dialog = () => page.getByRole('dialog', { name: 'Expire this snapshot' });

  /** Types the word that the dialog asks for. */
  const expire = async () => {
    await button('Expire…').click();
    const word = await dialog()
      .getByText(/^Type .* to confirm$/)
      .locator('b')
      .innerText();
    await expect(dialog().getByRole('button', { name: 'Expire it' })).toBeDisabled();
    await dialog().getByRole('textbox').fill(word);
    await dialog().getByRole('button', { name: 'Expire it' }).click();
  };

  test('is held with a reason, which is shown where the snapshot is', async () => {
    await snapshots.open('papers');
    await snapshots.goToSnapshot(1);
    await button('Hold…').click();
    const hold = page.getByRole('dialog', { name: 'Hold this snapshot' });
    await expect(hold.getByRole('button', { name: 'Hold', exact: true })).toBeDisabled();
    await hold.getByRole('textbox', { name: 'Reason' }).fill('the audit wants it');
    await hold.getByRole('button', { name: 'Hold', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 2, name: /held/ })).toBeVisible();
    await expect(snapshots.timeline).toHaveAttribute('aria-valuetext', /held/);
  });

  test('that is held is not expired, and the refusal says why', async () => {
    await expire();
    await expect(dialog().getByRole('alert')).toContainText('SNAPSHOT_HELD');
    await expect(dialog().getByRole('alert')).toContainText('Somebody holds the snapshot');
    await page.keyboard.press('Escape');
    await expect(snapshots.timeline).toHaveAttribute('aria-valuemax', '3');
  });

  test('that is released is expired like any other', async () => {
    await button('Release…').click();
    const release = page.getByRole('dialog', { name: 'Release this snapshot' });
    await expect(release).toContainText('the audit wants it');
    await release.getByRole('button', { name: 'Release', exact: true }).click();
    await expect(button('Hold…')).toBeVisible();
    await expire();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(snapshots.timeline).toHaveAttribute('aria-valuemax', '2');
  });

  test('that is the last good one of its source is not expired, and the refusal says so', async () => {
    await snapshots.open('pile');
    await expire();
    await expect(dialog().getByRole('alert')).toContainText('LAST_GOOD_SNAPSHOT');
    await expect(dialog().getByRole('alert')).toContainText('would have no good snapshot');
    await page.keyboard.press('Escape');
    await expect(snapshots.timeline).toHaveAttribute('aria-valuemax', '1');
  });
});
