import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { afterAll, describe, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';

afterAll(closeBrowser);

const password = 'correct horse battery';

describe('the first run', () => {
  test('leads from nothing to a snapshot by keys alone, and a second console recovers from it', async () => {
    await using first = await openConsole();
    const folder = await first.workspace.folder('papers');
    for (let file = 0; file < 200; file += 1) writeFileSync(join(folder, `file ${file}.txt`), 'hello '.repeat(file));
    const repository = join(await first.workspace.folder('disk'), 'repository');

    const page = await first.newPage();
    await page.getByRole('link', { name: /Start protecting/ }).press('Enter');
    await page.getByLabel('Folder of the repository').fill(repository);
    await expect(page.getByText('A new folder is made here')).toBeVisible();
    await page.keyboard.press('Enter');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('The same again').fill(`${password}!`);
    await expect(page.getByText('The two are not the same.')).toBeVisible();
    await page.getByLabel('The same again').fill(password);
    await page.keyboard.press('Enter');
    await page.getByLabel('Path of a folder or file').fill(folder);
    await page.keyboard.press('Enter');
    await expect(page.getByText('200 files')).toBeVisible();
    await page.getByRole('button', { name: 'Next: how often' }).press('Enter');
    await page.getByRole('button', { name: 'Create the repository and protect' }).press('Enter');
    await expect(page.getByText('The first snapshot is there')).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Go to the overview' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'The one source has a good snapshot.' })).toBeVisible();

    await using second = await openConsole();
    await recover(await second.newPage(), repository);
  });
});

async function recover(page: Page, repository: string): Promise<void> {
  await page.getByRole('link', { name: /Recover from/ }).press('Enter');
  await page.getByLabel('Folder of the repository').fill(repository);
  await page.getByLabel('Password of the repository').fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByText('This is not the password of the repository.')).toBeVisible();
  await page.getByLabel('Password of the repository').fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByText('The catalog is filled')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Next: configuration' }).press('Enter');
  await page.getByRole('button', { name: 'Bring back' }).press('Enter');
  await expect(page.getByText('One source, 0 settings and 0 holds came back.')).toBeVisible();
  await page.getByRole('button', { name: 'Go to the overview' }).press('Enter');
  await expect(page.getByRole('link', { name: 'papers' })).toBeVisible();
}
