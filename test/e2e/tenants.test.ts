import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { chooseRepositoryToRecover } from './pages/first-run-page.ts';
import { Inspector } from './pages/inspector.ts';
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
    await page.goto(`${console.origin()}/#/sites/server/pair`);
    await expect(page.getByText('The operator of this home pairs it')).toBeVisible();
    await expect(page.getByRole('main').getByRole('textbox')).toHaveCount(0);
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

  test('offers a snapshot, which the tenant copies into its own repository, and retires the tenant for good', async () => {
    const page = await console.newPage();
    const inspector = new Inspector(page);
    const { workspace } = console;
    const acmes = await workspace.folder('acmes');
    const settings = (more: string) => page.goto(`${console.origin()}/#/settings?section=tenants${more}`);
    await settings('&tenant=acme');
    await page.getByPlaceholder('/home/me/documents').fill(acmes);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Save what it may use' }).click();
    await expect(page.getByRole('button', { name: 'Save what it may use' })).toBeDisabled();
    const offers = page.getByRole('form', { name: 'Offer a snapshot' });
    await offers.getByRole('combobox', { name: 'The newest snapshot of' }).click();
    await page.getByRole('option', { name: 'papers' }).click();
    await offers.getByLabel('What it is told about it').fill('as agreed');
    await inspector.look('what a tenant is offered');
    await offers.getByRole('button', { name: 'Offer it' }).click();
    await expect(page.getByRole('row', { name: /papers.*open.*as agreed/ })).toBeVisible();

    await page.getByRole('button', { name: 'Act for this tenant' }).click();
    await expect(page.getByText('You act for Acme Ltd.')).toBeVisible();
    await settings('');
    await expect(page.getByText('Connect a repository of your own first')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Copy papers' })).toHaveCount(0);
    const env = { HOLDFAST_HOME: workspace.path('acmes-home'), HOLDFAST_PASSWORD: 'of acme alone' };
    expectDone(await workspace.here(['init', join(acmes, 'repository')], { env }));
    await page.goto(`${console.origin()}/#/welcome?door=recover`);
    await chooseRepositoryToRecover(page, join(acmes, 'repository'), 'of acme alone');
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByRole('heading', { name: 'The catalog is filled' })).toBeVisible();
    await settings('');
    await page.getByRole('button', { name: 'Copy papers' }).click();
    await expect(page).toHaveURL(/#\/activity\/[0-9a-f]{16}$/);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Copied as');
    await expect(page.getByRole('main')).toContainText('Ended');
    await settings('');
    await expect(page.getByRole('row', { name: /papers.*copied.*as agreed/ })).toBeVisible();
    await page.goto(`${console.origin()}/#/snapshots`);
    await expect(page.getByRole('row', { name: /papers/ }).first()).toBeVisible();
    await page.getByRole('button', { name: 'Back to your own' }).click();

    await settings('&tenant=acme');
    await page.getByRole('button', { name: 'Retire…' }).click();
    const retiring = page.getByRole('dialog', { name: 'Retire Acme Ltd for good' });
    await expect(retiring).toContainText('1 snapshot in 1 repository stay where they are');
    await expect(retiring.getByRole('button', { name: 'Retire it' })).toBeDisabled();
    await retiring.getByRole('textbox').fill('acme');
    await inspector.look('retiring a tenant');
    await retiring.getByRole('button', { name: 'Retire it' }).click();
    const retired = page.getByRole('dialog', { name: 'Acme Ltd is retired' });
    await expect(retired).toContainText(join(acmes, 'repository'));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('row', { name: /Acme Ltd retired/ })).toBeVisible();
    inspector.expectNothing();
  });
});
