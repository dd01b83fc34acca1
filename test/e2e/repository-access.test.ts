import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { expectCleanForHoldfast } from '../support/expect-clean.ts';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { connectionPill, endedProtection, goTo, protectNow, repositoryCard } from './pages/console-page.ts';
import { prepareSource } from './prepared.ts';

afterAll(closeBrowser);

test('a repository whose password nobody keeps is locked after a restart, and opens with the right one alone', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await workspace.folder('papers');
  await writeFile(join(folder, 'will.txt'), 'last');
  await prepareSource(workspace, { name: 'papers', path: folder, protect: true });
  const page = await opened.newPage();
  const card = repositoryCard(page);
  await expect(card).toContainText('open');
  await opened.restart();
  await expect(connectionPill(page)).toHaveText('live');
  await expect(card).toContainText('locked');
  await expect(card, 'what is known of it stays').toContainText('1 snapshot');

  const password = card.getByLabel('Password', { exact: true });
  await password.fill('not this one');
  await card.getByRole('button', { name: 'Unlock' }).click();
  await expect(card.getByText('This is not its password.')).toBeVisible();
  await expect(card).toContainText('locked');
  await password.fill(workspace.password);
  await password.press('Enter');
  await expect(card).toContainText('open');
  await expect(password).toBeHidden();
  await protectNow(page, 'papers');
  await expect(page.getByText('Snapshots · 2')).toBeVisible();
});

test('a repository that goes away is unreachable, keeps what is known of it, and is open again once it is back', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await workspace.folder('papers');
  await writeFile(join(folder, 'will.txt'), 'last');
  await prepareSource(workspace, { name: 'papers', path: folder, protect: true });
  const page = await opened.newPage();
  const card = repositoryCard(page);
  await expect(card).toContainText('1 snapshot');
  const away = workspace.path('unplugged');
  await rename(workspace.repository, away);
  await protectNow(page, 'papers');
  await goTo(page, 'Activity');
  await expect(endedProtection(page)).toContainText('failed');
  await goTo(page, 'Overview');
  await expect(card).toContainText('unreachable');
  await expect(card.getByRole('alert')).toContainText(`There is no repository at ${workspace.repository} now.`);
  await expect(card).toContainText('1 snapshot');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('papers failed in its last run.');
  expect(existsSync(workspace.repository), 'nothing is begun anew where it lay').toBe(false);

  await rename(away, workspace.repository);
  await expect(card).toContainText('open');
  await expect(card.getByRole('alert')).toBeHidden();
  await protectNow(page, 'papers');
  await expect(page.getByText('Snapshots · 2')).toBeVisible();
  await goTo(page, 'Overview');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one source has a good snapshot.');
  await expectCleanForHoldfast(workspace);
});
