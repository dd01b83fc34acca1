import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { papersOf, preparePapers } from './papers.ts';

const patience = { timeout: 120_000 };

afterAll(closeBrowser);

test('an operator makes a clone to work with, lets it stay longer, and removes it with what was changed in it', async () => {
  await using console = await openConsole({ prepare: preparePapers });
  const page = await console.newPage();
  const inspector = new Inspector(page);
  const main = page.getByRole('main');
  const button = (name: string | RegExp) => main.getByRole('button', { name });
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
  await button('Clones').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Clones for development' })).toBeVisible();
  await button('Make a clone…').click();
  await main.getByRole('combobox', { name: 'Source' }).click();
  await page.getByRole('option', { name: 'papers' }).click();
  await main.getByRole('textbox', { name: 'Where' }).fill(papersOf(console.workspace, 'copy'));
  await main.getByText('14 days').click();
  await inspector.look('a new clone');
  await button('Make the clone').click();
  await expect(main).toContainText('is part of the source papers', patience);
  const target = console.workspace.path('copy');
  await main.getByRole('textbox', { name: 'Where' }).fill(target);
  await button('Make the clone').click();
  const list = main.getByRole('grid', { name: 'Clones' });
  await expect(list).toContainText('Ready', patience);
  const copy = `${target}${papersOf(console.workspace, 'report.txt')}`;
  expect(await readFile(copy, 'utf8')).toBe('third draft');
  await button('A week longer').click();

  await writeFile(copy, 'my own draft');
  await button('Remove now').click();
  await expect(list).toContainText('Changed, left', patience);
  await expect(main).toContainText('report.txt: it was changed');
  expect(await readFile(copy, 'utf8')).toBe('my own draft');
  await inspector.look('a clone that was changed');
  await button('Remove with its changes…').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('remove');
  await dialog.getByRole('button', { name: 'Remove it' }).click();
  await expect(main).toContainText('No clone yet', patience);
  expect(existsSync(target)).toBe(false);
  inspector.expectNothing();
});
