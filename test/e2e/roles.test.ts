import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { roleTable } from '../../shared/model/roles.ts';
import { expect } from './expect.ts';
import { preparePapers } from './papers.ts';

/** The page of somebody whom the engine takes for one of a lower role; what the engine itself refuses is tested elsewhere. */
async function pageOfRole(console: Console, role: 'read' | 'recover' | 'operate'): Promise<Page> {
  const page = await console.newPage();
  await page.route('**/rpc/console/me', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('"admin"', `"${role}"`) });
  });
  await page.reload();
  await expect(page.getByRole('link', { name: roleTable[role].name, exact: true })).toBeVisible();
  return page;
}

describe('a console of a lower role', () => {
  let console: Console;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('that may only look is offered nothing that would be refused, and told why on screens that are not for it', async () => {
    const page = await pageOfRole(console, 'read');
    await expect(page.getByRole('button', { name: 'Freeze everything…' })).toHaveCount(0);
    await page.goto(`${console.origin()}/#/recovery/restore`);
    await expect(page.getByText('This needs the role recovery operator')).toBeVisible();
    await page.goto(`${console.origin()}/#/sources/new`);
    await expect(page.getByText('This needs the role administrator')).toBeVisible();
    await page.goto(`${console.origin()}/#/activity`);
    await page
      .getByRole('row', { name: /papers/ })
      .first()
      .dblclick();
    await expect(page.getByRole('button', { name: 'Show command' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Run again' })).toHaveCount(0);
  });

  test('that may recover restores, and protects and stops nothing', async () => {
    const page = await pageOfRole(console, 'recover');
    await expect(page.getByRole('button', { name: 'Freeze everything…' })).toHaveCount(0);
    await page.goto(`${console.origin()}/#/recovery/restore`);
    await expect(page.getByRole('heading', { name: 'Guided restore' })).toBeVisible();
    await page.goto(`${console.origin()}/#/sources`);
    await expect(page.getByRole('row', { name: /papers/ }).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Protect now' })).toHaveCount(0);
    await page.goto(`${console.origin()}/#/sources/new`);
    await expect(page.getByText('This needs the role administrator')).toBeVisible();
  });

  test('that may operate restores, and adds no source', async () => {
    const page = await pageOfRole(console, 'operate');
    await expect(page.getByRole('button', { name: 'Freeze everything…' })).toBeVisible();
    await page.goto(`${console.origin()}/#/recovery/restore`);
    await expect(page.getByRole('heading', { name: 'Guided restore' })).toBeVisible();
    await expect(page.getByText('This needs the role')).toHaveCount(0);
    await page.goto(`${console.origin()}/#/sources/new`);
    await expect(page.getByText('This needs the role administrator')).toBeVisible();
  });

  test('makes a link of a lower role, sees who came by it, and puts them out', async () => {
    const mine = await console.newPage();
    await mine.goto(`${console.origin()}/#/settings?section=access`);
    await mine.getByRole('textbox', { name: 'For whom' }).fill('anna');
    await mine.getByRole('radiogroup', { name: 'Role' }).first().getByText('recovery operator').click();
    await mine.getByRole('button', { name: 'New sign-in link' }).click();
    const link = await mine.locator('code').filter({ hasText: '/login#' }).textContent();
    const theirs = await mine.context().browser()?.newContext();
    if (theirs === undefined) throw new Error('there is no browser');
    const page = await theirs.newPage();
    await page.goto(link ?? '');
    await expect(page.getByRole('link', { name: 'recovery operator', exact: true })).toBeVisible();
    await mine.reload();
    const browsers = mine.getByRole('region', { name: 'Signed-in browsers' });
    await expect(browsers.getByRole('row', { name: /browser:anna/ })).toContainText('recovery operator');
    await browsers.getByRole('button', { name: /^Sign out browser:anna/ }).click();
    await expect(browsers.getByRole('row', { name: /browser:anna/ })).toHaveCount(0);
    await page.reload();
    await expect(page.getByText('This browser is not signed in.')).toBeVisible();
    await theirs.close();
  });

  test('finds a call of the API by a word of its failure, with a line for a shell', async () => {
    const page = await console.newPage();
    await page.goto(`${console.origin()}/#/settings?section=access`);
    await page.getByRole('link', { name: 'All calls, with examples' }).click();
    await page.getByRole('textbox', { name: 'Find a call' }).fill('TOKEN_EXISTS');
    await expect(page.getByRole('status').filter({ hasText: '1 of' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Make an API token' })).toBeVisible();
    await expect(page.getByLabel('Shell')).toContainText('/api/v1/tokens');
    await expect(page.getByRole('region', { name: 'Failures' })).toContainText('TOKEN_EXISTS');
  });
});
