import { readFile } from 'node:fs/promises';
import { describe, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { preparePapers } from './papers.ts';

describe('the recovery kit', () => {
  test('is saved to print and as text; it says where the repository lies, and no password', async () => {
    await using console = await openConsole({ prepare: preparePapers });
    const page = await console.newPage();
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    for (const [button, ending] of [
      ['Save to print', 'html'],
      ['Save as text', 'txt'],
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
});
