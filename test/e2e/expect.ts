/** Playwright's assertions, as patient as a busy machine asks for: what holds sooner is seen sooner. */
import { expect as playwright } from '@playwright/test';

export const expect = playwright.configure({ timeout: 30_000 });
