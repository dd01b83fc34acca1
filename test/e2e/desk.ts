/** The console on an engine whose clock a test sets, in a real browser, and the screens of alerts by their words. */
import type { Locator, Page } from '@playwright/test';
import { makeOffice, type Office, type OfficeOptions } from '../support/office.ts';
import { sharedBrowser } from './console.ts';
import { patienceMs } from './expect.ts';

/** The console of an engine whose clock is set by the test; the clock of the page goes with it. */
export class Desk implements AsyncDisposable {
  readonly office: Office;
  readonly page: Page;

  constructor(office: Office, page: Page) {
    this.office = office;
    this.page = page;
  }

  static async open(options: OfficeOptions = {}): Promise<Desk> {
    const office = await makeOffice({ ...options, withConsole: true });
    const context = await (
      await sharedBrowser()
    ).newContext({ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(patienceMs);
    const desk = new Desk(office, await context.newPage());
    await desk.setClock();
    await desk.page.goto(office.engine.console?.newLink().url ?? '');
    await desk.page.locator('[role=status] [data-state=live]').waitFor();
    return desk;
  }

  async moveTo(time: string): Promise<void> {
    await this.office.wakeAt(time);
    await this.setClock();
  }

  async setClock(): Promise<void> {
    await this.page.clock.setFixedTime(this.office.nowMs);
  }

  async go(address: string): Promise<void> {
    await this.page.goto(`${this.office.engine.console?.origin ?? ''}/#${address}`);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  get bell(): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: /^Alerts:/ });
  }

  get rows(): Locator {
    return this.page
      .getByRole('grid', { name: 'Open alerts' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('gridcell') });
  }

  get shown(): Locator {
    return this.page.getByRole('region', { name: 'The alert' });
  }

  tab(name: RegExp): Locator {
    return this.page.getByRole('navigation', { name: 'Which alerts' }).getByRole('link', { name });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    await this.office[Symbol.asyncDispose]();
  }
}
