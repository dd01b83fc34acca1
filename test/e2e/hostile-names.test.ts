import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { endedProtection, goTo } from './pages/console-page.ts';
import { protectPaths } from './prepared.ts';

afterAll(closeBrowser);

const markup = '<img src=x onerror=alert(1)>';
/** Shown as it is, the end would read `exe.txt`. */
const turned = 'invoice\u{202e}txt.exe';
/** The character by its number, or by its bytes where the engine has made a name of a path. */
const spelled = String.raw`invoice(?:\\u\{202e\}|\\xe2\\x80\\xae)txt\.exe`;

test('names that carry markup or turn text around are text, and nothing but text, on every screen', async () => {
  await using opened = await openConsole();
  const { workspace } = opened;
  const folder = await workspace.folder(`${markup}${turned}`);
  await writeFile(join(folder, `${markup}.txt`), 'x');
  await writeFile(join(folder, turned), 'y');
  const gone = workspace.path(`gone ${markup}${turned}`);
  await protectPaths(workspace, [folder, gone]);
  const name = new RegExp(`/${plain(markup)}${spelled} \\+ .*/gone ${plain(markup)}${spelled}`);

  const page = await opened.newPage();
  const misdeeds = watchFor(page, opened.origin());
  await goTo(page, 'Overview');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  await expect(page.getByRole('grid', { name: 'Sources, worst first' })).toContainText(name);
  await goTo(page, 'Sources');
  await expect(page.getByRole('grid', { name: 'Sources', exact: true })).toContainText(name);
  await page.getByRole('grid', { name: 'Sources', exact: true }).getByRole('link', { name: markup }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  await expect(page).toHaveTitle(name);

  await goTo(page, 'Snapshots');
  await page.getByRole('grid', { name: 'Sources with snapshots' }).getByRole('row').nth(1).click();
  const inside = page.getByRole('grid', { name: /^Entries of / });
  await inside.getByText(new RegExp(`^${plain(markup)}${spelled}$`)).dblclick();
  await expect(inside.getByRole('row', { name: `${markup}.txt` })).toBeVisible();
  await expect(inside.getByRole('row', { name: new RegExp(spelled) })).toBeVisible();
  await inside.getByText(`${markup}.txt`).click();

  await goTo(page, 'Activity');
  await expect(endedProtection(page)).toContainText(name);
  await endedProtection(page).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  const log = page.getByRole('grid', { name: 'Log' });
  await expect(log).toContainText(new RegExp(`gone ${plain(markup)}${spelled}`));
  expect(await page.locator('img').count(), 'no name has become an element').toBe(0);
  expect(await page.content()).not.toContain('\u{202e}');
  expect(misdeeds).toEqual([]);
});

/** For a pattern that means the text itself. */
function plain(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** What a name that is taken for markup would do. */
function watchFor(page: Page, origin: string): readonly string[] {
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const { origin: asked, pathname } = new URL(request.url());
    const isOurs = asked === origin && /^\/(?:$|rpc\/|assets\/)/.test(pathname);
    if (!isOurs) seen.push(`request: ${request.url()}`);
  });
  return seen;
}
