import { readFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';

/** A source whose hooks came with the configuration of a repository. */
async function prepare(workspace: Workspace): Promise<void> {
  const folder = await workspace.folder('papers');
  writeFileSync(join(folder, 'letter'), 'Dear all');
  const there = { env: { HOLDFAST_HOME: workspace.path('home', 'another') } };
  const notes = workspace.path('notes');
  const before = JSON.stringify(['/bin/sh', '-c', 'echo before >> "$1"', 'freeze', notes]);
  const properties = [`path=${folder}`, `before=${before}`, `after-shell=echo after >> '${notes}'`];
  const set = properties.flatMap((property) => ['--set', property]);
  expectDone(await workspace.holdfast(['init', workspace.repository], there));
  expectDone(await workspace.holdfast(['source', 'add', 'folder', '--name', 'papers', ...set], there));
  expectDone(await workspace.holdfast(['recover']));
}

describe('the hooks of a source', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({ prepare });
    page = await console.newPage();
    await page.goto(`${console.origin()}/#/sources/papers`);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const panel = (name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name }) });
  const protect = async () => page.getByRole('button', { name: 'Protect now', exact: true }).click();

  test('are shown as they would run, and do not run before somebody has approved them here', async () => {
    await expect(panel('Hooks')).toContainText('not approved here');
    await expect(panel('Hooks')).toContainText(
      `/bin/sh -c 'echo before >> "$1"' freeze ${console.workspace.path('notes')}`,
    );
    await protect();
    await expect(panel('Last runs')).toContainText('crash-consistent');
    await expect(panel('Snapshots ·')).toContainText('crash-consistent');
    await expect(readFile(console.workspace.path('notes'), 'utf8')).rejects.toThrow('ENOENT');
  });

  test('run once they are approved, and the snapshot says that it is consistent', async () => {
    await panel('Hooks').getByRole('button', { name: 'I have read them: approve' }).click();
    await expect(panel('Hooks')).toContainText('approved here');
    await expect(panel('Hooks')).not.toContainText('not approved here');
    await protect();
    await expect(panel('Last runs')).toContainText('application-consistent');
    await expect(panel('Snapshots ·')).toContainText('application-consistent');
    expect(await readFile(console.workspace.path('notes'), 'utf8')).toBe('before\nafter\n');
    await panel('Snapshots ·').getByRole('row').nth(1).dblclick();
    await page.waitForURL(/#\/snapshots/);
    await expect(page.getByRole('heading', { name: /application-consistent/ })).toBeVisible();
    await page.goBack();
    await panel('Snapshots ·').getByRole('row').nth(2).dblclick();
    await page.waitForURL(/#\/snapshots/);
    await expect(page.locator('main')).toContainText('Its hooks are not approved on this machine, so none was run.');

    await page.goBack();
  });

  test('are changed with the definition, and what cannot run is refused where it is typed', async () => {
    await page.getByRole('button', { name: 'Edit…' }).click();
    const edit = panel('Change the definition');
    const words = edit.getByRole('textbox', { name: 'Program and its words' });
    await words.fill('freeze | tee log');
    await expect(edit).toContainText('no shell looks at it');
    await expect(edit.getByRole('button', { name: 'Save' })).toBeDisabled();
    await words.fill("/bin/false 'main db'");
    await edit.getByRole('checkbox', { name: /^Capture nothing/ }).check();
    await edit.getByRole('button', { name: 'Show command' }).click();
    await expect(page.getByRole('dialog')).toContainText('hooks-required=yes');
    await page.keyboard.press('Escape');
    await edit.getByRole('button', { name: 'Save' }).click();
    await expect(panel('Hooks')).toContainText("/bin/false 'main db'");
    await expect(panel('Hooks')).toContainText('nothing is captured');
    await protect();
    await expect(panel('Last runs')).toContainText('The hook before the capture ended with exit code 1.');
  });
});
