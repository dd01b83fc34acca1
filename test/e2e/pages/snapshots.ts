/** The screen of a source's snapshots: timeline, folders, entries, versions, basket. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../expect.ts';

export class SnapshotsPage {
  readonly page: Page;
  readonly timeline: Locator;
  readonly tree: Locator;
  readonly entries: Locator;
  readonly filter: Locator;
  readonly versions: Locator;
  readonly basket: Locator;

  constructor(page: Page) {
    this.page = page;
    this.timeline = page.getByRole('slider', { name: /^Snapshots of/ });
    this.tree = page.getByRole('tree', { name: 'Folders' });
    this.entries = page.getByRole('grid', { name: /^Entries of/ });
    this.filter = page.getByRole('textbox', { name: 'Filter this folder' });
    this.versions = panel(page, /versions$/i);
    this.basket = panel(page, 'Restore basket');
  }

  /** From the list of sources. */
  async open(source: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Snapshots' }).click();
    await this.page.getByRole('grid', { name: 'Sources with snapshots' }).getByRole('row', { name: source }).click();
    await expect(this.entries.getByRole('row').nth(1)).toBeVisible();
  }

  entry(name: string): Locator {
    return this.entries.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Those in sight, without the heading. */
  names(): Locator {
    return this.entries
      .getByRole('row')
      .filter({ has: this.page.getByRole('checkbox', { name: 'Select', exact: true }) });
  }

  async check(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.entry(name).getByRole('checkbox').check();
  }

  /** The nth of the source, from the oldest. */
  async goToSnapshot(number: number): Promise<void> {
    await this.timeline.focus();
    await this.page.keyboard.press('Home');
    for (let at = 1; at < number; at += 1) {
      await expect(this.timeline).toHaveAttribute('aria-valuenow', String(at));
      await this.page.keyboard.press('ArrowRight');
    }
    await expect(this.timeline).toHaveAttribute('aria-valuenow', String(number));
  }
}

/** A part of a screen by its heading. */
export function panel(page: Page, title: string | RegExp): Locator {
  return page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: title }) });
}
