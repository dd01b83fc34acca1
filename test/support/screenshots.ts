/**
 * Takes the pictures of the README and of docs/ from the console as it is: `npm run screenshots [folder]`. The demo's own engine with
 * the demo's data, in a real browser; what it shows differs from day to day in its dates alone.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { launchBrowser } from './browser.ts';
import { runHoldfast, startHoldfast } from './holdfast.ts';
import { describeFailure } from './processes.ts';
import { takeScreensOfDocs } from './screens-of-docs.ts';

type Served = AsyncDisposable & { readonly link: string; readonly printed: string };

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/screenshots');
const width = 1440;
const height = 900;
/** For whatever is served while pictures are taken of it. */
const longestMs = 20 * 60_000;

await mkdir(folder, { recursive: true });
const target = await mkdtemp(join(tmpdir(), 'holdfast-restored-'));
const home = await mkdtemp(join(tmpdir(), 'holdfast-empty-'));
const browser = await launchBrowser();
try {
  await takeFirstRun();
  await takeDemo();
} finally {
  await browser.close();
  await Promise.all([target, home].map((path) => rm(path, { recursive: true })));
}

async function takeFirstRun(): Promise<void> {
  await using engine = await serve(['serve', '--port', '0'], { HOLDFAST_HOME: home });
  const page = await open(engine.link);
  await go(page, '/welcome');
  await take(page, 'first-run');
}

async function takeDemo(): Promise<void> {
  await using engine = await serve(['demo', '--office']);
  const root = /The demo lies in (.+);/.exec(engine.printed)?.[1] ?? '';
  const page = await open(engine.link);
  await page
    .getByRole('grid', { name: /^Sources/ })
    .getByRole('img')
    .first()
    .waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  await take(page, 'overview-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'overview-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await go(page, `/snapshots?source=documents&path=${root}/sources/documents/Harbour`);
  const entry = page.getByRole('grid', { name: /^Entries of/ }).getByText('Invoice 1.txt', { exact: true });
  await entry.click();
  await take(page, 'snapshots');
  await restore(page, `${root}/sources/documents/Harbour`);
  await go(page, '/activity');
  await page.getByRole('grid').getByRole('row').nth(4).waitFor();
  await take(page, 'activity');
  const run = (...args: readonly string[]): Promise<string> => runInDemo(root, args);
  await takeScreensOfDocs({ page, root, target, go, take, run });
}

async function runInDemo(root: string, args: readonly string[]): Promise<string> {
  const env = {
    HOLDFAST_HOME: join(root, 'home'),
    HOLDFAST_REPOSITORY: join(root, 'repository'),
    HOLDFAST_PASSWORD: 'demo',
  };
  const finished = await runHoldfast(args, { env });
  if (finished.code !== 0) throw new Error(describeFailure(finished));
  return finished.stdout;
}

/** The guide as an operator goes through it, to the report. */
async function restore(page: Page, path: string): Promise<void> {
  await go(page, `/recovery/restore?source=documents&path=${path}`);
  const next = page.getByRole('button', { name: 'Next', exact: true });
  await next.click();
  await page.getByRole('grid', { name: 'Snapshots' }).getByRole('row').nth(3).waitFor();
  await take(page, 'guided-restore');
  await next.click();
  await page.getByRole('textbox', { name: 'Folder', exact: true }).fill(target);
  await next.click();
  await page.getByRole('list', { name: 'What was looked at' }).waitFor();
  await page.getByRole('button', { name: 'Start the restore' }).click();
  await page.getByText('files read back and found as stored').waitFor();
  await take(page, 'restore-report');
}

async function go(page: Page, address: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#${address}`);
  await page.locator('main h1').first().waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  // For eyes, not for a test: what is fetched and what moves has settled by then.
  await page.waitForTimeout(700);
  await page.mouse.move(0, height - 1);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

async function open(link: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(link);
  await page.locator('[role=status] [data-state=live]').waitFor();
  return page;
}

/** A command that serves until it is told to end; ready once it has printed its link. */
async function serve(args: readonly string[], env: Record<string, string> = {}): Promise<Served> {
  const running = startHoldfast(args, {
    timeoutMs: longestMs,
    env: { HOLDFAST_REPOSITORY: undefined, HOLDFAST_PASSWORD: undefined, HOLDFAST_PASSWORD_FILE: undefined, ...env },
  });
  const ready = Promise.withResolvers<{ link: string; printed: string }>();
  let printed = '';
  running.child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    const link = /^(http\S+)\n/m.exec(printed)?.[1];
    if (link !== undefined) ready.resolve({ link, printed });
  });
  void running.finished.then((finished) => ready.reject(new Error(describeFailure(finished))), ready.reject);
  const { link } = await ready.promise;
  return {
    link,
    printed,
    [Symbol.asyncDispose]: async () => {
      running.signal('SIGTERM');
      await running.finished;
    },
  };
}
