/** Before any end-to-end test: the page is built from the sources as they are, and a browser is there. */
import { join } from 'node:path';
import { build } from 'vite';
import { asShipped } from '../support/as-shipped.ts';
import { findBrowser } from '../support/browser.ts';

export async function setup(): Promise<void> {
  await findBrowser();
  const configFile = join(import.meta.dirname, '../../vite.config.ts');
  await asShipped(() => build({ configFile, logLevel: 'error' }));
}
