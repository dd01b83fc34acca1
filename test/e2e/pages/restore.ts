/** The guided restore, from What to Report. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../expect.ts';
import { panel } from './snapshots.ts';

export class RestorePage {
  readonly page: Page;
  readonly steps: Locator;
  readonly folder: Locator;
  readonly next: Locator;
  readonly start: Locator;
  readonly conflicts: Locator;
  readonly headline: Locator;
  readonly report: Locator;
  readonly runSteps: Locator;

  constructor(page: Page) {
    const main = page.getByRole('main');
    this.page = page;
    this.steps = page.getByRole('list', { name: 'Steps of the restore' });
    this.folder = page.getByRole('textbox', { name: 'Folder', exact: true });
    this.next = main.getByRole('button', { name: 'Next' });
    this.start = main.getByRole('button', { name: 'Start the restore' });
    this.conflicts = page.getByRole('list', { name: 'Files in the way' });
    this.headline = main.getByRole('status').first();
    this.report = panel(page, 'Report');
    this.runSteps = page.getByRole('list', { name: 'Steps', exact: true });
  }

  async expectStep(name: string): Promise<void> {
    await expect(this.steps.locator('[aria-current=step]')).toContainText(name);
  }

  /** What becomes of files that are there already: `are kept`, `are replaced where they differ`, `are replaced`. */
  async chooseExisting(words: RegExp): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Files that are there already' }).getByLabel(words).check();
  }

  /** From Where to a look at what would be done. */
  async lookAhead(folder: string): Promise<void> {
    await this.expectStep('Where');
    await this.folder.fill(folder);
    await this.next.click();
    await this.expectStep('Preflight');
    await expect(this.start).toBeEnabled();
  }

  button(name: string): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  /** Opens the dialog of an action and says yes to it. */
  async confirm(action: string, dialog: string, yes: string): Promise<void> {
    await this.button(action).click();
    await this.page.getByRole('dialog', { name: dialog }).getByRole('button', { name: yes, exact: true }).click();
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
  }
}
