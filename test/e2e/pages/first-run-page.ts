/** The two doors of a first run, question by question. */
import type { Page } from '@playwright/test';

/** Ends at the password, or at what is wrong with the place. */
export async function chooseRepositoryFolder(page: Page, location: string): Promise<void> {
  await page.getByRole('link', { name: /Start protecting/ }).click();
  await page.getByLabel('Folder of the repository').fill(location);
}

export async function choosePassword(page: Page, password: string, again: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('The same again').fill(again);
}

export async function chooseSource(page: Page, path: string, name: string): Promise<void> {
  await page.getByLabel('Path of a folder or file').fill(path);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByLabel('Name of the source').fill(name);
}

export async function chooseRepositoryToRecover(page: Page, location: string, password: string): Promise<void> {
  await page.getByLabel('Folder of the repository').fill(location);
  await page.getByLabel('Password of the repository').fill(password);
}
