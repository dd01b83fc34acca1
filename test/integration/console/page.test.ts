import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { buildGallery, buildPage, servePage, type Served } from '../../support/console/pages.ts';
import { jobId, sampleHistory, sampleLog, sampleState } from '../../support/console/sample-state.ts';
import { ScriptedEngine, type Script } from '../../support/console/scripted-engine.ts';

describe('the console in a browser', () => {
  let folder: string;
  let browser: Browser;
  const open: Served[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-page-'));
    await buildPage(join(folder, 'page'));
    await buildGallery(join(folder, 'gallery'));
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(open.splice(0).map((served) => served.close()));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  type Visit = { readonly page: Page; readonly engine: ScriptedEngine; readonly complaints: string[] };

  async function visit(
    address: string,
    script: Partial<Script> = {},
    what: 'page' | 'gallery' = 'page',
  ): Promise<Visit> {
    const now = Date.now();
    const engine = new ScriptedEngine({
      state: sampleState(now),
      jobs: sampleHistory(now, 60),
      log: sampleLog(now, 500),
      ...script,
    });
    const served = await servePage(join(folder, what), engine);
    open.push(served);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      // Calls that the scripted engine has no answer to are not what is looked for.
      if (message.location().url.includes('/rpc/')) return;
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${served.url}#${address}`);
    return { page, engine, complaints };
  }

  const axe = async (page: Page) => {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  };

  test('runs under a policy that lets no style element and no inline script in', async () => {
    const { page, complaints } = await visit('/');
    await page.getByText('live', { exact: true }).waitFor();
    for (const place of ['Sources', 'Snapshots', 'Recovery', 'Activity', 'Settings']) {
      await page.getByRole('navigation').getByRole('link', { name: place }).click();
      await page.getByRole('heading', { level: 1 }).first().waitFor();
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('finance');
    await page
      .getByRole('option', { name: /finance/ })
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '1 notice' }).click();
    await page.getByRole('button', { name: 'Dismiss all' }).click();
    expect(complaints).toEqual([]);
    expect(await page.locator('style').count()).toBe(0);
  });

  test('so do all components, dialogs, menus and notifications', async () => {
    const { page, complaints } = await visit('', {}, 'gallery');
    await page.getByRole('button', { name: 'Show command' }).click();
    await page.getByRole('tab', { name: /restic/ }).click();
    await page.getByText('restic -r /mnt/nas restore abcdef --target /tmp/x').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Git' }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Hold…' }).click();
    await page.getByRole('button', { name: 'Notify' }).click();
    await page.getByText('Something to know').waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This goes: 2, at least 3.8 MiB in all.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Remove 2 snapshots' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('2');
    await dialog.getByRole('button', { name: 'Remove 2 snapshots' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    expect(await page.locator('style').count()).toBe(0);
  });

  test('a table of 100,000 rows is walked, sorted and selected by keys, and draws only what is in sight', async () => {
    const { page } = await visit('', {}, 'gallery');
    const grid = page.getByRole('grid', { name: 'Files' });
    await grid.focus();
    await page.keyboard.press('End');
    await grid.getByText('file-099999.dat').waitFor();
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
    expect(await grid.getAttribute('aria-rowcount')).toBe('100001');
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('heading', { name: 'Files, 3 selected' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.getByRole('heading', { name: 'Files, 100000 selected' }).waitFor();
    await grid.getByRole('checkbox', { name: 'Select', exact: true }).nth(2).click();
    await page.getByRole('heading', { name: 'Files, 99999 selected' }).waitFor();
    await grid.getByRole('button', { name: 'Size' }).click();
    await grid.getByRole('button', { name: 'Size' }).click();
    expect(await grid.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('descending');
  });

  test('names that carry markup or turn the direction of text are shown as what they are', async () => {
    const { page } = await visit('', {}, 'gallery');
    await page
      .getByRole('grid', { name: 'Files' })
      .getByText(String.raw`\u{202e}`)
      .waitFor();
    expect(await page.locator('img, [role=grid] b').count()).toBe(0);
  });

  test('the timeline goes from snapshot to snapshot by keys', async () => {
    const { page } = await visit('', {}, 'gallery');
    const timeline = page.getByRole('slider', { name: 'Snapshots' });
    await timeline.focus();
    await page.keyboard.press('Home');
    expect(await timeline.getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('PageUp');
    expect(await timeline.getAttribute('aria-valuenow')).toBe('11');
  });

  test.each(['light', 'dark'] as const)('no component has a fault that axe knows of, %s', async (colorScheme) => {
    const { page } = await visit('', {}, 'gallery');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    expect(await axe(page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('nor has the frame around the screens, %s', async (colorScheme) => {
    const { page } = await visit('/activity');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    expect(await axe(page)).toEqual([]);
  });

  test('keys lead everywhere', async () => {
    const { page } = await visit('/');
    await page.getByText('live', { exact: true }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('recovery');
    expect(await page.getByRole('combobox').inputValue()).toBe('recovery');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Recovery' }).waitFor();
  });

  test('a lost connection is said, nothing old is called live, and the page catches up by itself', async () => {
    const { page, engine } = await visit('/');
    await page.getByRole('link', { name: /2 running · 1 waiting · 192\.6 MiB\/s/ }).waitFor();
    engine.goAway();
    await page.getByText(/The connection with the engine was lost/).waitFor();
    await page.getByRole('link', { name: '2 running · 1 waiting', exact: true }).waitFor();
    expect(await page.getByRole('status').first().textContent()).toBe('reconnecting');
    engine.comeBack();
    await page.getByText('live', { exact: true }).waitFor();
    expect(await page.getByText(/The connection with the engine was lost/).count()).toBe(0);
    expect(engine.watched).toBe(2);
  });

  test('a notice that comes is announced, and stays in the list', async () => {
    const { page, engine } = await visit('/');
    await page.getByRole('button', { name: '1 notice' }).waitFor();
    const value = { id: 'n2', at: new Date().toISOString(), level: 'error' as const, text: 'The NAS does not answer.' };
    engine.change({ collection: 'notices', key: 'n2', value });
    await page.getByRole('alert').getByText('The NAS does not answer.').waitFor();
    await page.getByRole('button', { name: '2 notices' }).waitFor();
  });

  test('past jobs are filtered, opened by keys, and tell what came of them', async () => {
    const { page } = await visit('/activity');
    const grid = page.getByRole('grid', { name: 'Jobs that have ended' });
    await grid.getByText('done').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('failed');
    await page.getByText(/^\d+ of \d+$/).waitFor();
    expect(await grid.getByText('done', { exact: true }).count()).toBe(0);
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('No space is left on /mnt/nas/backup.').waitFor();
  });

  test('a log is searched by level and word, and what it names is only text', async () => {
    const { page } = await visit(`/activity/${jobId(6)}`);
    const log = page.getByRole('grid', { name: 'Log' });
    await page.getByText('500 lines · 13 warnings · 3 errors').waitFor();
    await page.getByText('Errors', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Search in the log' }).fill('file-91.db');
    await log.getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await log.getAttribute('aria-rowcount')).toBe('2');
    expect(await page.locator('main img').count()).toBe(0);
  });

  test('a job is stopped after a question that says what stays', async () => {
    const { page, engine } = await visit(`/activity/${jobId(900)}`);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page
      .getByRole('dialog')
      .getByText(/What it has stored already is reused/)
      .waitFor();
    await page.getByRole('button', { name: 'Stop it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(engine.cancelled).toEqual([jobId(900)]);
  });

  test('a console without a repository begins with the two doors', async () => {
    const state = { ...sampleState(Date.now()), repositories: {}, sources: {} };
    const { page } = await visit('/', { state });
    await page.waitForURL(/#\/welcome/);
  });

  test('what is loaded first weighs less than 300 KB, packed, and all areas together less than 800', async () => {
    const assets = join(folder, 'page', 'assets');
    const html = await readFile(join(folder, 'page', 'index.html'), 'utf8');
    const names = await readdir(assets);
    const sizes = await Promise.all(
      names.map(async (name) => ({ name, size: gzipSync(await readFile(join(assets, name))).length })),
    );
    const sum = (some: typeof sizes): number => some.reduce((total, { size }) => total + size, 0);
    const first = sizes.filter(({ name }) => html.includes(name));
    expect(first.length).toBeGreaterThan(1);
    expect(sum(first)).toBeLessThan(300_000);
    expect(sum(sizes)).toBeLessThan(800_000);
  });
});
