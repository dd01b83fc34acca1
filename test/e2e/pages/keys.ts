/** Goes through a page with nothing but the keyboard, and sees to it that one always sees where one is. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../expect.ts';

/** More stops than any screen has. */
const most = 120;

// What runs in the page is text: nothing here knows the types of a browser.
const forgetStops = `document.querySelectorAll('[data-stop]').forEach((element) => element.removeAttribute('data-stop'))`;

/** Whether this stop was come to before. Beyond the last one the browser itself has the focus, or the page as a whole. */
const isKnownStop = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body || at.hasAttribute('data-stop')) return true;
  at.setAttribute('data-stop', '');
  return false;
})()`;

/** Null, or the element that has the focus and looks no other than without it. */
const unseenFocus = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return null;
  // A check box or a segment shows its focus on what is drawn in its place.
  const look = () =>
    [at, at.parentElement, at.nextElementSibling]
      .filter((element) => element !== null)
      .map((element) => {
        const { outline, boxShadow, borderColor, backgroundColor, color, clipPath, top } = getComputedStyle(element);
        return [outline, boxShadow, borderColor, backgroundColor, color, clipPath, top].join();
      })
      .join(';');
  const focused = look();
  at.blur();
  const blurred = look();
  at.focus({ preventScroll: true });
  return focused === blurred ? at.outerHTML.slice(0, 200) : null;
})()`;

export class Keys {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses Tab until the element has the focus; each stop on the way has to be seen. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await expect(target).toBeVisible();
    const reached = target.and(this.page.locator(':focus'));
    for (let stop = 0; stop < most; stop += 1) {
      await this.press(key);
      expect(await this.page.evaluate(unseenFocus), 'has the focus, and is not seen to have it').toBe(null);
      if ((await reached.count()) > 0) return;
    }
    throw new Error(`${String(target)} is not reached with ${key}`);
  }

  /** How many stops there are until one comes again. */
  async stopsOfTab(key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<number> {
    await this.page.evaluate(forgetStops);
    for (let stop = 0; stop < most; stop += 1) {
      await this.press(key);
      if ((await this.page.evaluate(isKnownStop)) === true) return stop;
    }
    throw new Error(`no end after ${most} stops`);
  }
}
