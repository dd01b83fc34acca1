/** What an operator does on more than one screen, by the words that are on it. */
import type { Locator, Page } from '@playwright/test';

export type Area = 'Overview' | 'Sources' | 'Snapshots' | 'Profiles' | 'Recovery' | 'Activity' | 'Alerts' | 'Settings';

/** By the rail. The screen is there afterwards. */
export async function goTo(page: Page, area: Area): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Areas' })
    .getByRole('link', { name: new RegExp(`^${area}`) })
    .click();
}

export async function openSource(page: Page, name: string): Promise<void> {
  await goTo(page, 'Sources');
  await page.getByRole('grid', { name: 'Sources', exact: true }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name: 'Definition' }).waitFor();
}

export async function protectNow(page: Page, name: string): Promise<void> {
  await openSource(page, name);
  await page.getByRole('button', { name: 'Protect now' }).click();
}

/** The card of a running protection, on whichever screen shows it. */
export function protectionCard(page: Page, name: string): Locator {
  return page.getByRole('article', { name: `Protection: ${name}` });
}

/** The newest protection in the list of those that have ended. */
export function endedProtection(page: Page): Locator {
  return page
    .getByRole('grid', { name: 'Jobs that have ended' })
    .getByRole('row', { name: /Protection/ })
    .first();
}

/** The card of a repository on Overview. */
export function repositoryCard(page: Page, name = 'repository'): Locator {
  return page.getByRole('region', { name });
}

/** What the top bar says of jobs. */
export function jobsPill(page: Page): Locator {
  return page.getByRole('banner').getByTitle('Jobs, and what they move in all');
}

/** What the top bar says of the connection with the engine. */
export function connectionPill(page: Page): Locator {
  return page.getByRole('banner').getByRole('status');
}

/** A figure of a panel of facts: what stands beside its name. */
export function fact(page: Page, name: string): Locator {
  return page
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${name}$`) })
    .locator('xpath=following-sibling::dd[1]');
}
