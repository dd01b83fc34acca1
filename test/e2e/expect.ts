/**
 * Playwright's assertions, as patient as a busy machine asks for: what holds sooner is seen sooner. A failure says what the
 * page showed, as that tells why far more often than what was waited for.
 */
import { expect as playwright, type Locator, type Page } from '@playwright/test';

/** For whatever is waited for in a page, be it looked at or clicked. */
export const patienceMs = 60_000;
const patient = playwright.configure({ timeout: patienceMs });
const mostCharacters = 3000;

export const expect = new Proxy(patient, {
  apply: (target, self, values: Parameters<typeof patient>) => {
    const assertions: object = Reflect.apply(target, self, values);
    const page = pageOf(values[0]);
    return page === null ? assertions : tellingOf(page, assertions);
  },
});

function pageOf(subject: unknown): Page | null {
  if (typeof subject !== 'object' || subject === null) return null;
  if ('page' in subject && typeof subject.page === 'function') return (subject as Locator).page();
  return 'mainFrame' in subject ? (subject as Page) : null;
}

function tellingOf<T extends object>(page: Page, assertions: T): T {
  return new Proxy(assertions, {
    get: (target, name): unknown => {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found === 'object' && found !== null) return tellingOf(page, found);
      if (typeof found !== 'function') return found;
      return (...values: unknown[]): unknown => {
        const result: unknown = Reflect.apply(found, target, values);
        return result instanceof Promise ? result.catch(async (error: unknown) => tell(page, error)) : result;
      };
    },
  });
}

async function tell(page: Page, error: unknown): Promise<never> {
  if (error instanceof Error) {
    const shown = await page.locator('body').innerText({ timeout: 1000 }).catch(String);
    error.message += `\n\nThe page at ${page.url()} showed:\n${shown.slice(0, mostCharacters)}`;
  }
  throw error;
}
