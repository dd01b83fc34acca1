/** The screens of Git and GitHub by their words. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../expect.ts';

export class GitPages {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async go(address: string): Promise<void> {
    await this.page.goto(`${new URL(this.page.url()).origin}/#${address}`);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  /** A row of a table by words in it. */
  row(table: string, words: string | RegExp): Locator {
    return this.page
      .getByRole('grid', { name: table })
      .getByRole('row')
      .filter({ has: this.page.getByRole('gridcell') })
      .filter({ hasText: words });
  }

  rows(table: string): Locator {
    return this.row(table, /./);
  }

  /** Fills in whose repositories, and tests it. */
  async test({ owner, api, token }: { owner: string; api: string; token: string }): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Owner' }).fill(owner);
    await this.page.getByRole('textbox', { name: 'Address of the API' }).fill(api);
    await this.page.getByLabel('Token', { exact: true }).and(this.page.getByRole('textbox')).fill(token);
    await this.button('Test').click();
    await expect(this.page.getByRole('grid', { name: 'Repositories of the owner' })).toBeVisible();
  }

  /** Protects the source whose page is open, until its run is over. */
  async protect(snapshots: number): Promise<void> {
    await this.button('Protect now').click();
    await this.expectSnapshots(snapshots);
  }

  async expectSnapshots(count: number): Promise<void> {
    await expect(this.page.getByRole('heading', { name: `Snapshots · ${count}` })).toBeVisible({ timeout: 60_000 });
  }

  async expectStep(step: string): Promise<void> {
    await expect(this.page.locator('[aria-current=step]')).toContainText(step);
  }
}
