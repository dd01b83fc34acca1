/** A first day with the console, by its screens alone: the same through every door. */
import type { Page } from '@playwright/test';
import { expect } from '../expect.ts';
import { goTo, protectNow } from './console-page.ts';
import { choosePassword, chooseRepositoryFolder, chooseSource } from './first-run-page.ts';
import { RestorePage } from './restore.ts';

export type FirstDay = {
  readonly repository: string;
  readonly password: string;
  /** What is protected, and what it is called. */
  readonly folder: string;
  readonly name: string;
};

/** From the welcome to the first good snapshot, as Overview shows it. */
export async function firstRun(page: Page, { repository, password, folder, name }: FirstDay): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Welcome to Holdfast' })).toBeVisible();
  await chooseRepositoryFolder(page, repository);
  await page.getByRole('button', { name: 'Next: password' }).click();
  await choosePassword(page, password, password);
  await page.getByRole('button', { name: 'Next: what to protect' }).click();
  await chooseSource(page, folder, name);
  await page.getByRole('button', { name: 'Next: how often' }).click();
  await page.getByRole('button', { name: 'Create the repository and protect' }).click();
  await expect(page.getByRole('heading', { name: 'The first snapshot is there' })).toBeVisible();
  await page.getByRole('button', { name: 'Go to the overview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one source is within RPO.');
}

/** `count`: snapshots of the source afterwards. */
export async function protectAgain(page: Page, name: string, count: number): Promise<void> {
  await protectNow(page, name);
  await expect(page.getByText(`Snapshots · ${count}`)).toBeVisible();
}

/** The newest snapshot of the one source, with its report. */
export async function restoreNewest(page: Page, target: string): Promise<void> {
  const restore = new RestorePage(page);
  await goTo(page, 'Recovery');
  await page.getByRole('button', { name: /^Guided restore/ }).click();
  await restore.expectStep('What');
  await restore.next.click();
  await restore.expectStep('When');
  await page.getByRole('grid', { name: 'Snapshots' }).getByRole('row').nth(1).click();
  await restore.next.click();
  await restore.lookAhead(target);
  await restore.start.click();
  await expect(restore.headline).toHaveText('Restored');
  await restore.expectStep('Report');
  await expect(restore.report).toContainText(/read back and found as stored/);
}
