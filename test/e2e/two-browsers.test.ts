import { afterAll, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import {
  endedProtection,
  goTo,
  jobsPill,
  openSource,
  protectionCard,
  protectNow,
  repositoryCard,
} from './pages/console-page.ts';
import { prepareSource, slowFolder } from './prepared.ts';

afterAll(closeBrowser);

test('what one browser changes, the other shows: a name, a hold, a job and its end', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await slowFolder(workspace);
  await writeFile(join(folder, 'note.txt'), 'note');
  await prepareSource(workspace, { name: 'large', path: folder, protect: true, readsAtMost: '4MiB/s' });
  const [one, other] = [await opened.newPage(), await opened.newPage()];
  await expect(repositoryCard(other)).toContainText('1 snapshot');

  await goTo(one, 'Settings');
  await one.getByRole('button', { name: 'Rename' }).click();
  await one.getByLabel('Name in this console').fill('vault');
  await one.getByLabel('Name in this console').press('Enter');
  await expect(repositoryCard(other, 'vault')).toBeVisible();

  await openSource(other, 'large');
  const snapshots = other.getByRole('grid', { name: 'Snapshots of large' });
  await expect(snapshots.getByRole('row')).toHaveCount(2);
  await goTo(one, 'Snapshots');
  await one.getByRole('grid', { name: 'Sources with snapshots' }).getByText('large').click();
  await one.getByRole('button', { name: 'Hold…' }).click();
  await one.getByRole('dialog').getByLabel('Reason').fill('court case 7');
  await one.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(snapshots.getByText('held')).toBeVisible();

  // All of it is read again.
  await writeFile(join(folder, 'large-0'), Buffer.alloc(24 * 1024 * 1024, 'new'));
  await goTo(other, 'Activity');
  await protectNow(one, 'large');
  await expect(protectionCard(other, 'large')).toBeVisible();
  await expect(jobsPill(other)).toContainText('1 running');
  await protectionCard(other, 'large').getByRole('button', { name: 'Cancel' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
  await expect(endedProtection(other)).toContainText('cancelled');
  await expect(one.getByRole('button', { name: 'Protect now' })).toBeEnabled();
  await expect(jobsPill(one)).toHaveText('idle');
});
