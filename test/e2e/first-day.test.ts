import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { firstRun, protectAgain, restoreNewest } from './pages/first-day.ts';

afterAll(closeBrowser);

test('a first day goes from the welcome to a verified restore, as it does in the desktop', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const { repository, password } = workspace;
  const folder = await workspace.folder('papers');
  await writeFile(join(folder, 'letter.txt'), 'dear');
  const page = await opened.newPage();
  await firstRun(page, { repository, password, folder, name: 'papers' });
  await writeFile(join(folder, 'letter.txt'), 'dear all');
  await protectAgain(page, 'papers', 2);
  await restoreNewest(page, workspace.path('back'));
  expect(await readFile(join(workspace.path('back'), folder, 'letter.txt'), 'utf8')).toBe('dear all');
});

test('a browser is offered no choices of a desktop that it is not', async () => {
  await using opened = await openConsole();
  const page = await opened.newPage();
  await page.goto(`${opened.origin()}/#/settings?section=desktop`);
  const sections = page.getByRole('navigation', { name: 'Sections of the settings' });
  await expect(sections.getByRole('link')).toHaveText([
    'Repositories',
    'AWS accounts',
    'Notifications',
    'Access',
    'Tenants',
    'Appearance',
    'Engine',
    'About',
  ]);
  await expect(page).toHaveTitle(/^Repositories/);
});
