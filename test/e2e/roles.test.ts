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
});
