import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';

/** A source that was protected twice, of which a third run failed, and one that nobody has run. */
async function prepare(workspace: Workspace): Promise<void> {
  const folder = await workspace.folder('papers');
  const run = async (...args: string[]) => void expectDone(await workspace.holdfast(args));
  await run('init', workspace.repository);
  for (const name of ['papers', 'photos'])
    await run('source', 'add', 'folder', '--name', name, '--set', `path=${await workspace.folder(name)}`);
  for (const text of ['Dear all', 'Dear me']) {
    writeFileSync(join(folder, text), text.repeat(1000));
    await run('protect', 'papers');
  }
  renameSync(folder, workspace.path('elsewhere'));
  await workspace.holdfast(['protect', 'papers']);
  renameSync(workspace.path('elsewhere'), folder);
}

describe('trends', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({ prepare });
    page = await console.newPage();
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const panel = () =>
    page.locator('section').filter({ has: page.getByRole('heading', { name: /^(Trends|All sources)$/ }) });
  const chart = (name: RegExp) => panel().getByRole('img', { name });

  test('of a source are drawn by day, and tell of the day that is pointed at', async () => {
    await page.goto(`${console.origin()}/#/sources/papers`);
    await expect(chart(/^Duration of a run, last 90 days: from .* s to .* s, latest/)).toBeVisible();
    await expect(panel().getByRole('img')).toHaveCount(4);
    // Today is at the right end of what is drawn; the words of its date reach beyond it.
    const { width = 0, height = 0 } = (await chart(/^New data, /).boundingBox()) ?? {};
    await chart(/^New data, /).hover({ position: { x: width - 24, y: height / 2 } });
    await expect(panel()).toContainText(
      /: 3 runs, 1 failed · median .* · .* new \([\d,]+ bytes\) · 2 of 3 files new or changed/,
    );
  });

  test('are there as a table too', async () => {
    await panel().getByText('Table', { exact: true }).click();
    const row = panel().getByRole('grid', { name: 'Runs by day' }).getByRole('row').nth(1);
    await expect(row).toContainText('1 failed');
    await expect(row).toContainText('67 %');
    await panel().getByText('Charts', { exact: true }).click();
  });

  test('are said in figures: mean, what 95 of 100 runs stay within, and the most', async () => {
    await panel().getByText('Figures', { exact: true }).click();
    const figures = panel().getByRole('grid', { name: 'What its runs came to' });
    await expect(figures.getByRole('columnheader', { name: '95 of 100 within' })).toBeVisible();
    await expect(figures.getByRole('row', { name: 'Duration of a run' })).toContainText(/\d m?s/);
    await expect(figures.getByRole('row', { name: 'Share that was new' })).toContainText(/\d %/);
    await panel().getByText('Charts', { exact: true }).click();
  });

  test('of other lengths of time are a click away', async () => {
    await panel().getByText('400 days', { exact: true }).click();
    await expect(chart(/^Files new or changed, last 400 days: from 67 %/)).toBeVisible();
  });

  test('of all sources stand in Activity, and of none that ran there is nothing to draw', async () => {
    await page.goto(`${console.origin()}/#/activity`);
    await page.getByRole('link', { name: /^Trends/ }).click();
    await expect(chart(/^New data, last 90 days/)).toBeVisible();
    await page.goto(`${console.origin()}/#/sources/photos`);
    await expect(panel()).toContainText('No run in the last 90 days');
  });

  test('break no policy, and axe finds nothing', async () => {
    const inspector = new Inspector(page);
    await inspector.visit('/activity/trends', 'Trends');
    await expect(chart(/^New data, /)).toBeVisible();
    await inspector.look('trends');
    await panel().getByText('Table', { exact: true }).click();
    await expect(panel().getByRole('grid')).toBeVisible();
    await inspector.look('trends as a table');
    inspector.expectNothing();
  });
});
