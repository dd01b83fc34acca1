/** Before any end-to-end test: the page is built from the sources as they are, and a browser is there. */
import { join } from 'node:path';
import { build } from 'vite';
import { findBrowser } from '../support/browser.ts';

export async function setup(): Promise<void> {
  await findBrowser();
  await build({ configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'error' });
}
