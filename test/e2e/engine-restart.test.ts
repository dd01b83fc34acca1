import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { connectionPill, endedProtection, goTo, jobsPill, protectionCard, protectNow } from './pages/console-page.ts';
import { prepareSource, slowFolder, slowly } from './prepared.ts';

afterAll(closeBrowser);

const speed = /[KMG]iB\/s/;

test('a page whose engine is killed says that it shows the past, and takes in the truth once the engine is back', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  await prepareSource(workspace, { name: 'large', path: await slowFolder(workspace), readsAtMost: slowly });
  const page = await opened.newPage();
  await protectNow(page, 'large');
  await goTo(page, 'Activity');
  const card = protectionCard(page, 'large');
  await expect(card).toContainText(speed);
  await expect(jobsPill(page)).toContainText(speed);

  await opened.stop('SIGKILL');
  const banner = page.getByRole('region', { name: 'Connection' });
  await expect(banner).toContainText('The connection with the engine was lost');
  await expect(banner).toContainText(/What is shown is of \d\d:\d\d/);
  await expect(connectionPill(page)).toHaveText('reconnecting');
  await expect(card, 'a speed of before is not one of now').not.toContainText(speed);
  await expect(card).not.toContainText(' left');
  await expect(jobsPill(page)).not.toContainText(speed);
  await expect(page.getByRole('main')).not.toContainText('in all');
  await expect(card.getByRole('button', { name: 'Cancel' })).toBeDisabled();

  await opened.start();
  await expect(connectionPill(page)).toHaveText('live');
  await expect(banner).toBeHidden();
  await expect(card).toBeHidden();
  await expect(jobsPill(page)).toHaveText('idle');
  await expect(endedProtection(page)).toContainText('interrupted');
  await goTo(page, 'Overview');
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('The one source has no good snapshot.');
});

test('a page that is open while its engine is restarted in order sees what has changed in between', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await workspace.folder('papers');
  await prepareSource(workspace, { name: 'papers', path: folder });
  const page = await opened.newPage();
  await goTo(page, 'Sources');
  const sources = page.getByRole('grid', { name: 'Sources', exact: true });
  await expect(sources.getByRole('link', { name: 'papers' })).toBeVisible();
  await opened.stop();
  await expect(page.getByRole('region', { name: 'Connection' })).toBeVisible();
  await workspace.holdfast(['source', 'add', 'folder', '--name', 'photos', '--set', `path=${folder}`]);
  await opened.start();
  await expect(sources.getByRole('link', { name: 'photos' })).toBeVisible();
  await expect(connectionPill(page)).toHaveText('live');
  await expect(page.getByRole('region', { name: 'Connection' })).toBeHidden();

  await opened.stop();
  await expect(page.getByRole('region', { name: 'Connection' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Reports' }).click();
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('This screen could not be loaded');
  await expect(page.getByRole('alert')).toContainText('It opens by itself when the connection is back.');
  await opened.start();
  await expect(heading).toHaveText('Reports');
});
