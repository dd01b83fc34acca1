/** Before any end-to-end test: the page is built from the sources as they are, and a browser is there. */
import { join } from 'node:path';
import { build } from 'vite';
import { findBrowser } from '../support/browser.ts';

export async function setup(): Promise<void> {
  await findBrowser();
  // What is shipped is what is tested: under a test runner the page would be built for development.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'error' });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
