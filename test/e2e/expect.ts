/** Playwright's assertions, which wait for what they expect: as long as a busy machine may take. */
import { expect as playwrightExpect } from '@playwright/test';

export const expect = playwrightExpect.configure({ timeout: 20_000 });
