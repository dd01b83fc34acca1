import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { preparePapers } from './papers.ts';

describe('the operator of a home', () => {
  let console: Console;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('makes a tenant, acts for it on every screen, sees nothing of its own there, and goes back', async () => {
    const page = await console.newPage();
    await page.goto(`${console.origin()}/#/settings?section=tenants`);
    await page.getByLabel('Name', { exact: true }).fill('acme');
    await page.getByLabel('Title').fill('Acme Ltd');
    await page.getByRole('button', { name: 'Add tenant' }).click();
    await expect(page.getByRole('row', { name: /Acme Ltd active Nothing is protected yet/ })).toBeVisible();
    await page.getByRole('button', { name: 'Act for Acme Ltd' }).click();
    await expect(page.getByText('You act for Acme Ltd.')).toBeVisible();
    await page.goto(`${console.origin()}/#/sources`);
    await expect(page.getByText('You act for Acme Ltd.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Sources', exact: true })).toBeVisible();
    await expect(page.getByRole('row', { name: /papers/ })).toHaveCount(0);
    // What is the operator's of the machine is not offered, and is not asked for and refused either.
    const places = page.getByRole('navigation', { name: 'About other places' });
    await page.goto(`${console.origin()}/#/sites`);
    await expect(places.getByRole('link', { name: 'Other consoles' })).toBeVisible();
    await expect(places.getByRole('link', { name: 'Pushed here' })).toHaveCount(0);
    await page.goto(`${console.origin()}/#/sites/server/users`);
    await expect(page.getByText('Who pushes here is shown to the operator of this home.')).toBeVisible();
    await page.goto(`${console.origin()}/#/settings?section=engine`);
    await expect(page.getByText('Runs on')).toBeVisible();
    await expect(page.getByText('Log folder')).toHaveCount(0);
    await page.getByRole('button', { name: 'Back to your own' }).click();
    await page.goto(`${console.origin()}/#/sources`);
    await expect(page.getByRole('row', { name: /papers/ }).first()).toBeVisible();
    await expect(page.getByText('You act for Acme Ltd.')).toHaveCount(0);
    await page.goto(`${console.origin()}/#/sites`);
    await expect(places.getByRole('link', { name: 'Pushed here' })).toBeVisible();
  });
});
