/** The desktop as a person starts it. Runs where Electron's runtime is installed and a window can be shown. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installedElectron } from '../../packaging/electron-runtime.ts';
import { whyNoDesktop } from '../../packaging/start-console.ts';

const checkout = resolve(import.meta.dirname, '../..');
const program = installedElectron(checkout);
const uid = process.getuid?.() ?? null;
const missing =
  program === null
    ? 'the Electron runtime is not installed: npx install-electron'
    : whyNoDesktop({ platform: process.platform, env: process.env, uid });

describe.skipIf(missing !== null)(`the desktop${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(() => {
    for (const tool of ['electron-vite', 'vite']) {
      const built = spawnSync(process.execPath, [join('node_modules', tool, 'bin', `${tool}.js`), 'build'], {
        cwd: checkout,
      });
      if (built.status !== 0) throw new Error(`${tool} build failed: ${built.stderr.toString()}`);
    }
  });

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-desktop-'));
    app = await _electron.launch({
      executablePath: program ?? '',
      args: [join(checkout, 'out', 'app')],
      env: { ...(process.env as Record<string, string>), HOLDFAST_HOME: home, XDG_CONFIG_HOME: home },
    });
    page = await app.firstWindow();
    await page.waitForLoadState('domcontentloaded');
  });

  afterEach(async () => {
    await app.evaluate(({ app: electron }) => electron.exit(0)).catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  });

  const isVisible = (): Promise<boolean> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);

  test('opens its window on the page, in a sandbox, with the host and nothing of Node', async () => {
    expect(page.url()).toMatch(/^holdfast:\/\/console\//);
    await page.locator('#root > *').first().waitFor();
    const seen = await page.evaluate(() => {
      const globals = globalThis as unknown as Record<string, object | undefined>;
      return {
        host: Object.keys(globals['holdfastHost'] ?? {}).sort(),
        require: typeof globals['require'],
        process: typeof globals['process'],
      };
    });
    expect(seen).toEqual({
      host: ['changeSettings', 'onSettings', 'pickFolders', 'reveal', 'saveFile', 'settings'],
      require: 'undefined',
      process: 'undefined',
    });
  });

  test('leads nowhere and opens nothing', async () => {
    await page.evaluate(() => {
      const window = globalThis as unknown as { open(address: string): void; location: { href: string } };
      window.open('https://example.com');
      window.location.href = 'https://example.com';
    });
    expect(page.url()).toMatch(/^holdfast:\/\/console\//);
    expect(app.windows()).toHaveLength(1);
  });

  test('goes to the tray when its window is closed, and comes back', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    expect(await isVisible()).toBe(false);
    await app.evaluate(({ app: electron }) => void electron.emit('second-instance'));
    expect(await isVisible()).toBe(true);
  });

  test('quits in order while nothing runs', async () => {
    const closed = app.waitForEvent('close');
    await app.evaluate(({ app: electron }) => electron.quit());
    await closed;
  });
});
