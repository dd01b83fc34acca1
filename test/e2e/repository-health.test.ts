import { statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { expectCleanForHoldfast } from '../support/expect-clean.ts';
import { filesOf } from '../support/repair-scene.ts';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { goTo } from './pages/console-page.ts';
import { prepareSource } from './prepared.ts';

afterAll(closeBrowser);

test('damage that a scrub finds is shown beside the repository, and repaired from the source', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await workspace.folder('papers');
  await writeFile(join(folder, 'will.txt'), 'last');
  await prepareSource(workspace, { name: 'papers', path: folder, protect: true });
  const page = await opened.newPage();
  await goTo(page, 'Settings');
  const main = page.getByRole('main');
  const health = main.getByRole('button', { name: 'Health', exact: true });
  const ended = (summary: string) => main.getByText(summary).first();
  await health.click();
  await expect(main).toContainText('nothing yet; every byte is read within 30 days');
  await main.getByRole('button', { name: 'Read all now' }).click();
  await main.getByRole('link', { name: 'Follow it in Activity' }).click();
  await expect(ended('100 % of all was read in the last 30 days')).toBeVisible();

  const [pack = ''] = filesOf(workspace.repository, 'data').toSorted(
    (a, b) => sizeOf(workspace.repository, a) - sizeOf(workspace.repository, b),
  );
  await rm(join(workspace.repository, pack));
  await page.goBack();
  await health.click();
  await main.getByRole('button', { name: 'Read all now' }).click();
  await main.getByRole('link', { name: 'Follow it in Activity' }).click();
  await expect(ended('1 damaged files found')).toBeVisible();
  await page.goBack();
  await health.click();
  await expect(main).toContainText('Damaged, and not repaired yet');
  await main.getByRole('button', { name: 'Repair', exact: true }).click();
  await main.getByRole('link', { name: 'Follow it in Activity' }).click();
  await expect(ended('1 files repaired')).toBeVisible();
  await page.goBack();
  await health.click();
  await expect(main).toContainText('none known');
  await expect(main.getByRole('region', { name: 'Repairs' })).toContainText('1 of 1 damaged files rebuilt');
  await main.getByRole('button', { name: 'Look what a prune would free' }).click();
  const frees = main.getByRole('region', { name: 'What a prune would free' });
  const { stdout } = await workspace.holdfast(['prune', '--dry-run']);
  const [, said = 'the command says nothing'] = /^\s*needed\s+(.+)$/m.exec(stdout) ?? [];
  await expect(frees).toContainText(said);
  await expect(frees).toContainText('There is nothing to remove.');
  await expectCleanForHoldfast(workspace);
});

function sizeOf(repository: string, file: string): number {
  return statSync(join(repository, file)).size;
}
