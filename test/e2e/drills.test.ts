/** Drills in the console: one that fails because data is damaged, its alert, the repair, and the next one; and a guided one. */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { RestorePage } from './pages/restore.ts';
import { preparePapers } from './papers.ts';

/** Every byte of every pack but its header: what is in a file, not where it is. */
function damagePacks(repository: string): void {
  const data = join(repository, 'data');
  for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    const path = join(data, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)]));
  }
}

describe('a drill', () => {
  let console: Console;
  let page: Page;
  let restore: RestorePage;
  const go = async (address: string, heading: string | RegExp): Promise<void> => {
    await page.goto(`${console.origin()}/#${address}`);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  };
  const sources = () => page.getByRole('grid', { name: 'Sources' });
  const rehearse = async (state: string): Promise<void> => {
    await go('/recovery/drills', 'Drills');
    await sources().getByRole('button', { name: 'Rehearse now: papers' }).click();
    await expect(page.getByRole('heading', { level: 1, name: /papers/ })).toBeVisible();
    await go('/recovery/drills', 'Drills');
    await expect(sources().getByRole('row').nth(1)).toContainText(state);
  };

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
    restore = new RestorePage(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('was never made, and the overview says so', async () => {
    await expect(page.getByRole('main')).toContainText('Recovery time: unknown, never drilled.');
    await go('/recovery/drills', 'Drills');
    await expect(sources().getByRole('row').nth(1)).toContainText('never drilled');
  });

  test('fails where data is damaged, is an alert, and passes once that is repaired', async () => {
    const { repository } = console.workspace;
    const good = console.workspace.path('good');
    cpSync(repository, good, { recursive: true });
    damagePacks(repository);
    await rehearse('failed');
    await go('/alerts', 'Alerts');
    await expect(page.getByRole('main')).toContainText('papers could not be restored in a drill');
    expectDone(await console.workspace.holdfast(['repair', '--from', good]));
    await rehearse('passed');
    await go('/alerts', 'Alerts');
    await expect(page.getByRole('main')).not.toContainText('papers could not be restored in a drill');
    await go('/', /.*/);
    await expect(page.getByRole('main')).toContainText('at the longest, papers, measured.');
  });

  test('is walked through in the screens of a restore, goes to no place in use, and is taken away', async () => {
    await go('/recovery/drills', 'Drills');
    await page.getByRole('button', { name: 'Guided drill…' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Guided drill' })).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: 'Next' }).click();
    await restore.expectStep('What');
    await restore.next.click();
    await restore.expectStep('When');
    await restore.next.click();
    await restore.expectStep('Where');
    await expect(page.getByRole('main')).toContainText('In a drill there is no choice');
    await restore.next.click();
    await restore.expectStep('Preflight');
    await page.getByRole('button', { name: 'Start the drill' }).click();
    await expect(restore.headline).toHaveText('Restored');
    const folder = join(console.workspace.home, 'holdfast', 'drills');
    expect(readdirSync(folder)).toHaveLength(1);
    await page.getByRole('button', { name: 'Finish the drill' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Drill of papers' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Of that, people');
    await expect(page.getByRole('main')).toContainText('passed');
    expect(readdirSync(folder)).toEqual([]);
  });
});
