/** Playwright's assertions, as patient as a busy machine asks for: what holds sooner is seen sooner. */
import { expect as playwright } from '@playwright/test';

/** For whatever is waited for in a page, be it looked at or clicked. */
export const patienceMs = 60_000;

export const expect = playwright.configure({ timeout: patienceMs });
