import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { createRepository } from '../support/restic-repository.ts';
import { addWideOrganisation, wideName } from '../support/wide-organisation.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { GitPages } from './pages/git.ts';
import { Inspector } from './pages/inspector.ts';

const count = 10_000;
const table = 'Git repositories';

describe('an organisation of ten thousand repositories', () => {
  let opened: Console;
  let page: Page;
  let git: GitPages;
  let inspector: Inspector;

  beforeAll(async () => {
    opened = await openConsole({
      prepare: async ({ repository, password }) => {
        const written = createRepository(repository, { password });
        addWideOrganisation(written, { repositories: count, missingEach: 1000, failedEach: 2500 });
        await Promise.resolve();
      },
    });
    page = await opened.newPage();
    git = new GitPages(page);
    inspector = new Inspector(page);
    await git.go('/snapshots/git?source=wide');
    await expect(git.rows(table).first()).toBeVisible();
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('draws the rows in sight alone, those in trouble first', async () => {
    const grid = page.getByRole('grid', { name: table });
    await expect(grid).toHaveAttribute('aria-rowcount', String(count + 1));
    expect(await git.rows(table).count()).toBeLessThan(100);
    await expect(git.rows(table).first()).toContainText('missing');
    await inspector.look('ten thousand repositories');
    inspector.expectNothing();
  });

  test('is gone through by keys, to the last one, which is fetched then', async () => {
    await page.getByRole('grid', { name: table }).focus();
    await page.keyboard.press('End');
    await expect(git.row(table, `wide/${wideName(count - 2)}`)).toContainText('whole');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    const active = await page.getByRole('grid', { name: table }).getAttribute('aria-activedescendant');
    const row = page.locator(`[id="${active ?? ''}"]`);
    await expect(row).toBeInViewport();
    await expect(row).toContainText('wide/service-099');
    await page.keyboard.press('Home');
    await expect(git.row(table, `wide/${wideName(999)}`)).toBeInViewport();
  });

  test('is searched by name, and sorted by size, over all of it', async () => {
    await page.getByRole('textbox', { name: 'Filter repositories' }).fill('service-0424');
    await expect(git.rows(table)).toHaveCount(10);
    await expect(page.getByText('10 listed')).toBeVisible();
    await page.getByRole('textbox', { name: 'Filter repositories' }).fill('');
    await page.getByRole('columnheader', { name: 'Git size' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Git size' }).getByRole('button').click();
    const largest = Array.from({ length: count }, (_, at) => at).toSorted((a, b) => bytesOf(b) - bytesOf(a))[0] ?? 0;
    await expect(git.rows(table).first()).toContainText(wideName(largest));
  });

  test('is narrowed down to what is in trouble, each with its reason', async () => {
    await page.getByText('Not fetched 2', { exact: true }).click();
    await expect(git.rows(table)).toHaveCount(2);
    await expect(git.rows(table).first()).toContainText('It was failed for a test.');
    await page.getByText('Not whole 12', { exact: true }).click();
    await expect(git.rows(table)).toHaveCount(12);
    await page.getByRole('textbox', { name: 'Filter repositories' }).fill('nothing like it');
    await expect(page.getByText('No repository is like that')).toBeVisible();
  });

  test('is ticked for a restore as a whole or as far as it was searched', async () => {
    await git.go('/recovery/git?source=wide');
    await page.getByRole('radio', { name: 'Those that are ticked' }).check();
    await page.getByRole('textbox', { name: 'Filter' }).fill('service-0424');
    await expect(git.rows(table)).toHaveCount(10);
    await page.getByRole('checkbox', { name: 'Select all' }).click();
    await expect(page.getByText('10 ticked')).toBeVisible();
    await page.getByRole('textbox', { name: 'Filter' }).fill('');
    await expect(page.getByRole('grid', { name: table })).toHaveAttribute('aria-rowcount', String(count + 1));
    await page.getByRole('checkbox', { name: 'Select all' }).click();

    await expect(page.getByText('10,000 ticked')).toBeVisible();
  });
});

function bytesOf(at: number): number {
  return (at * 7919) % 100_000;
}
