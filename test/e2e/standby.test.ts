import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { papersOf, preparePapers } from './papers.ts';

const patience = { timeout: 120_000 };

afterAll(closeBrowser);

test('an operator keeps a copy ready to be used, sees what it shows, and puts right what somebody has changed', async () => {
  await using console = await openConsole({ prepare: preparePapers });
  const page = await console.newPage();
  const inspector = new Inspector(page);
  const main = page.getByRole('main');
  const button = (name: string | RegExp) => main.getByRole('button', { name });
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Sources' }).click();
  await main.getByRole('link', { name: 'papers' }).first().click();
  await main.getByRole('link', { name: 'Keep a copy ready to be used…' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hot standbys' })).toBeVisible();
  const target = console.workspace.path('ready');
  await main.getByRole('textbox', { name: 'Target' }).fill(papersOf(console.workspace, 'ready'));
  await inspector.look('a new standby');
  await button('Add the standby').click();
  await expect(main).toContainText('is part of the source papers');
  await main.getByRole('textbox', { name: 'Target' }).fill(target);
  await button('Add the standby').click();
  const list = main.getByRole('grid', { name: 'Hot standbys' });
  await expect(list).toContainText('up to date', patience);
  await expect(list).toContainText('not behind');
  const shown = join(target, 'current', 'report.txt');
  expect(await readFile(shown, 'utf8')).toBe('third draft');

  await writeFile(shown, 'scribbled');
  await button('Bring up to date').click();
  await expect(main.getByText(/^\d{4}-\d\d-\d\dT/)).toBeVisible(patience);
  await expect.poll(() => readFile(shown, 'utf8'), patience).toBe('third draft');
  await inspector.look('standbys');
  inspector.expectNothing();
});
