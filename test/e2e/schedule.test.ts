import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';

/** A registered source, and two profiles that nothing has been given. */
async function prepare(workspace: Workspace): Promise<void> {
  const folder = await workspace.folder('papers');
  const run = async (...args: string[]) => void expectDone(await workspace.holdfast(args));
  await run('init', workspace.repository);
  await run('source', 'add', 'folder', '--name', 'papers', '--set', `path=${folder}`);
  await run('profile', 'add', '--preset', 'standard', '--name', 'Nightly');
  await run('profile', 'add', '--preset', 'frequent', '--name', 'Often');
}

describe('the schedule of a source', () => {
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

  const panel = () => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Schedule' }) });
  const button = (name: string) => panel().getByRole('button', { name, exact: true });

  test('says that nothing runs by itself, until a profile is chosen', async () => {
    await expect(panel()).toContainText('none');
    await button('Choose a profile…').click();
    const dialog = page.getByRole('dialog', { name: 'Profile of papers' });
    await dialog.getByRole('combobox', { name: 'Profile' }).click();
    await page.getByRole('option', { name: 'Often' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(panel()).toContainText('Often');
    await expect(panel()).toContainText('1 h 30 min');
    await expect(panel()).toContainText('hourly');
    const status = await console.workspace.holdfast(['status']);
    expect(status.stdout).toMatch(/papers .* in \d+ min/);
  });

  test('is paused with a reason, for how long one says, and goes on when it is told to', async () => {
    await button('Pause…').click();
    const dialog = page.getByRole('dialog', { name: 'Pause papers' });
    await dialog.getByText('Until I end it').click();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('the disk is moved');
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(panel()).toContainText('Until somebody ends it');
    await expect(panel()).toContainText('the disk is moved');
    await expect(button('Pause…')).toHaveCount(0);
    await button('Resume').click();
    await expect(panel()).not.toContainText('the disk is moved');
    await expect(button('Pause…')).toBeVisible();
  });

  test('stands on the Overview: what comes next, and a pause of everything, which ends there too', async () => {
    await page.goto(`${console.origin()}/#/`);
    const next = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Next due' }) });
    await expect(next.getByRole('link', { name: 'papers' })).toBeVisible();
    expectDone(await console.workspace.holdfast(['pause', '--for', '2h', '--reason', 'a move']));
    await expect(next).toContainText('Everything is paused');
    await expect(next).toContainText('a move');
    await next.getByRole('button', { name: 'Resume everything' }).click();
    await expect(next).not.toContainText('Everything is paused');
    await page.goto(`${console.origin()}/#/sources/papers`);
  });

  test('shows a pause of everything as such', async () => {
    expectDone(await console.workspace.holdfast(['pause', '--for', '2h']));
    await expect(panel()).toContainText('Everything is paused');
    await button('Resume everything').click();
    await expect(panel()).not.toContainText('Everything is paused');
  });
});
