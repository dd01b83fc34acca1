/** The desktop as a person starts it. Runs where Electron's runtime is installed and a window can be shown. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { installedElectron } from '../../packaging/electron-runtime.ts';
import { whyNoDesktop } from '../../packaging/start-console.ts';
import { expect } from '../e2e/expect.ts';
import { goTo } from '../e2e/pages/console-page.ts';
import { firstRun, protectAgain, restoreNewest } from '../e2e/pages/first-day.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';
import { keepTrayMenus, trayItems, useTrayItem } from './tray-menus.ts';

const checkout = resolve(import.meta.dirname, '../..');
const program = installedElectron(checkout);
const uid = process.getuid?.() ?? null;
const missing =
  program === null
    ? 'the Electron runtime is not installed: npx install-electron'
    : whyNoDesktop({ platform: process.platform, env: process.env, uid });

describe.skipIf(missing !== null)(`the desktop${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  beforeAll(() => {
    for (const tool of ['electron-vite', 'vite']) {
      const built = spawnSync(process.execPath, [join('node_modules', tool, 'bin', `${tool}.js`), 'build'], {
        cwd: checkout,
      });
      if (built.status !== 0) throw new Error(`${tool} build failed: ${built.stderr.toString()}`);
    }
  });

  async function launch(home: string): Promise<{ readonly app: ElectronApplication; readonly page: Page }> {
    const app = await _electron.launch({
      executablePath: program ?? '',
      args: [join(checkout, 'out', 'app')],
      env: { ...(process.env as Record<string, string>), HOLDFAST_HOME: home, XDG_CONFIG_HOME: home },
    });
    const page = await app.firstWindow();
    await page.waitForLoadState('domcontentloaded');
    return { app, page };
  }

  /** However a test has ended. */
  async function leave(app: ElectronApplication): Promise<void> {
    await app.evaluate(({ app: electron }) => electron.exit(0)).catch(() => undefined);
  }

  describe('on a first day', () => {
    let workspace: Workspace;
    let app: ElectronApplication;
    let page: Page;

    beforeAll(async () => {
      workspace = await makeWorkspace();
      ({ app, page } = await launch(workspace.home));
      await keepTrayMenus(app);
    });
    afterAll(async () => {
      await leave(app);
      await workspace[Symbol.asyncDispose]();
    });

    test('leads by its questions to a first snapshot', async () => {
      const { repository, password } = workspace;
      const folder = await workspace.folder('papers');
      await writeFile(join(folder, 'letter.txt'), 'dear');
      await firstRun(page, { repository, password, folder, name: 'papers' });
    });

    test('protects again when it is asked to', async () => {
      await writeFile(workspace.path('papers', 'letter.txt'), 'dear all');
      await protectAgain(page, 'papers', 2);
    });

    test('restores what was protected, and verifies it', async () => {
      const target = workspace.path('back');
      await restoreNewest(page, target);
      expect(await readFile(join(target, workspace.path('papers', 'letter.txt')), 'utf8')).toBe('dear all');
    });

    test('says the verdict in the menu of the tray, and protects from there', async () => {
      await expect.poll(async () => (await trayItems(app))[0]?.label).toBe('The one source is within RPO.');
      const labels = (await trayItems(app)).map(({ label }) => label);
      expect(labels).toEqual(expect.arrayContaining(['Open Holdfast', 'Protect papers now', 'Start at login', 'Quit']));
      await useTrayItem(app, 'Protect papers now');
      await goTo(page, 'Sources');
      await page.getByRole('grid', { name: 'Sources', exact: true }).getByRole('link', { name: 'papers' }).click();
      await expect(page.getByText('Snapshots · 3')).toBeVisible();
    });

    test('pauses everything from the tray, says so there and on the page, and goes on when it is told to', async () => {
      const verdict = async (): Promise<string> => (await trayItems(app))[0]?.label ?? '';
      const labels = (await trayItems(app)).map(({ label }) => label);
      expect(labels).toEqual(expect.arrayContaining([expect.stringMatching(/^Next: papers /)]));
      await useTrayItem(app, 'Pause for 1 hour');
      await expect.poll(verdict).toMatch(/^Paused until (tomorrow )?\d\d:\d\d\. /);
      await goTo(page, 'Overview');
      await expect(page.getByText('Everything is paused')).toBeVisible();
      await useTrayItem(app, 'Resume');
      await expect.poll(verdict).toBe('The one source is within RPO.');
      await expect(page.getByText('Everything is paused')).toHaveCount(0);
    });

    test('shows the same choices in the tray and in Settings, whichever changes them', async () => {
      const isTicked = async (label: string): Promise<boolean | undefined> =>
        (await trayItems(app)).find((item) => item.label === label)?.isTicked;
      await goTo(page, 'Settings');
      await page.getByRole('link', { name: 'Desktop', exact: true }).click();
      const keep = page.getByRole('switch', { name: 'Keep running when the window is closed' });
      const login = page.getByRole('switch', { name: 'Start at login' });
      await expect(keep).toBeChecked();
      await useTrayItem(app, 'Keep running when the window is closed');
      await expect(keep).not.toBeChecked();
      await keep.click();
      await expect.poll(() => isTicked('Keep running when the window is closed')).toBe(true);
      // Elsewhere it would change the account of whoever runs this.
      if (process.platform !== 'linux') return;
      await login.click();
      await expect.poll(() => isTicked('Start at login')).toBe(true);
      await useTrayItem(app, 'Start at login');
      await expect(login).not.toBeChecked();
    });
  });

  describe('with nothing in it yet', () => {
    let home: string;
    let app: ElectronApplication;
    let page: Page;

    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'holdfast-desktop-'));
      ({ app, page } = await launch(home));
    });
    afterEach(async () => {
      await leave(app);
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
        host: [
          'changeSettings',
          'onGoTo',
          'onSettings',
          'openedKit',
          'pickFolders',
          'reveal',
          'saveFile',
          'settings',
          'update',
        ],
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
});
