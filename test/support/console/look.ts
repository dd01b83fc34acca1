/**
 * Takes pictures of the console for human eyes: `node test/support/console/look.ts <folder> [address…]`, each in light
 * and dark, 1280×800 and 2560×1440. The address `gallery` shows all components.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { buildGallery, buildPage, servePage } from './pages.ts';
import { sampleHistory, sampleLog, sampleState } from './sample-state.ts';
import { ScriptedEngine } from './scripted-engine.ts';

const [folder = 'out/looks', ...addresses] = process.argv.slice(2);
const sizes = [
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
] as const;

await mkdir(folder, { recursive: true });
const built = join(folder, 'page');
await (addresses.includes('gallery') ? buildGallery : buildPage)(resolve(built));
const now = Date.now();
const engine = new ScriptedEngine({
  state: sampleState(now),
  jobs: sampleHistory(now, 500),
  log: sampleLog(now, 3000),
});
const served = await servePage(built, engine);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
try {
  for (const address of addresses.length === 0 ? ['/'] : addresses) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of sizes) {
        const context = await browser.newContext({ viewport, colorScheme });
        const page = await context.newPage();
        page.on('console', (message) => console.log(message.type(), message.text()));
        page.on('pageerror', (error) => console.log(error));
        await page.goto(`${served.url}#${address}`);
        await page.getByText(address === 'gallery' ? 'Components' : 'live', { exact: true }).waitFor();
        // For eyes, not for a test: what is fetched has settled by then.
        await page.waitForTimeout(600);
        const name = `${address.replaceAll('/', '_')}-${colorScheme}-${viewport.width}.png`;
        await page.screenshot({ path: join(folder, name) });
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await served.close();
}
