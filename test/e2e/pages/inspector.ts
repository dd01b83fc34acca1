/** Looks at each screen a test comes to: what axe finds in light and in dark, and what the page complains of. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '../expect.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Found = Awaited<ReturnType<AxeBuilder['analyze']>>;

export class Inspector {
  readonly page: Page;
  /** `screen (light): rule: element`. */
  readonly found: string[] = [];
  /** Of the content security policy, and errors that nobody caught. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Goes to an address of the console, as `/sources`. */
  async visit(address: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(`${new URL(this.page.url()).origin}/#${address}`);
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  }

  async look(screen: string): Promise<void> {
    // What is still being asked for is not yet what is looked at.
    await expect(this.page.locator('[aria-busy=true]')).toHaveCount(0);
    this.note(screen, 'light', await this.axe({ runOnly: { type: 'tag', values: tags } }));
    await this.page.emulateMedia({ colorScheme: 'dark' });
    await expect(this.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
    // Nothing but the colours is other in the dark.
    const dark = await this.axe({ runOnly: { type: 'rule', values: ['color-contrast'] } });
    this.note(screen, 'dark', dark);
    await this.page.emulateMedia({ colorScheme: 'light' });
    await expect(this.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
  }

  /** And forgets what was found, so that one test speaks of its own screens. */
  expectNothing(): void {
    expect(this.found.splice(0)).toEqual([]);
    expect(this.complaints.splice(0)).toEqual([]);
  }

  /** Of what is in order nothing is told, which takes axe longer than to look. */
  private async axe(options: object): Promise<Found> {
    // It stays in the page until that is loaded anew.
    const isThere = await this.page.evaluate('typeof window.axe === "object"');
    const axe = new AxeBuilder({ page: this.page, ...(isThere === true && { axeSource: '0' }) }).setLegacyMode();
    return axe.options({ ...options, resultTypes: ['violations'] }).analyze();
  }

  private note(screen: string, colors: string, { violations }: Found): void {
    for (const { id, nodes } of violations)
      this.found.push(...nodes.map(({ html }) => `${screen} (${colors}): ${id}: ${html.slice(0, 300)}`));
  }
}
