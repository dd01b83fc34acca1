/** The measurement itself: a signed-in page of a real browser on the engine, and what an operator does in it. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { launchBrowser } from '../../support/browser.ts';
import { writeRandomFile } from '../data/random-file.ts';
import { measureBundle, type Bundle } from './bundle.ts';
import { startEngine, type MainThread, type MeasuredEngine } from './engine.ts';
import { watchOwnTasks } from './own-tasks.ts';
import { actedAt, installProbe, longestTask, pageNow, paints, scrollFrames, whenShown, type Frames } from './probe.ts';
import { filledHome, password, repositories, type Sizes } from './sizes.ts';
import { watchStream, type StreamRate } from './stream-rate.ts';

export type Measured = {
  readonly sizes: Sizes;
  /** All in milliseconds since the navigation began. */
  readonly overview: {
    readonly firstPaint: readonly number[];
    readonly largestPaint: readonly number[];
    readonly verdict: readonly number[];
    readonly rows: readonly number[];
    readonly days: readonly number[];
    /** Of the page's main thread; 0 where none took over 50. */
    readonly longestTask: readonly number[];
  };
  readonly folder: {
    readonly first: readonly number[];
    readonly again: readonly number[];
    readonly longestTask: number;
    readonly wheel: Frames;
    readonly drag: Frames;
  };
  readonly search: readonly { readonly pattern: string; readonly ms: readonly number[]; readonly rows: number }[];
  /** Of the engine, during the searches. */
  readonly searching: MainThread;
  readonly runs: readonly Run[];
  readonly bundle: Bundle;
};

export type Run = {
  readonly seconds: number;
  readonly engine: MainThread;
  /** Of the page's main thread: by the clock, and what it worked itself. */
  readonly longestTaskMs: number;
  readonly longestOwnTaskMs: number;
  readonly stream: StreamRate;
};

const patterns = ['invoice-0012', 'report', 'photo/inv', '*.pdf', 'in', 'nowhere-to-be'];
const searchRounds = 3;
const verdict = 'main [data-level]';
const matrixRow = '[role=grid][aria-label^="Sources"] [role=row][aria-rowindex="2"]';
const dayStrip = `${matrixRow} [role=img]`;

export async function measure(place: string, sizes: Sizes): Promise<Measured> {
  say('taking in');
  const home = join(place, 'home');
  await rm(home, { recursive: true, force: true });
  await rm(join(place, repositories.run), { recursive: true, force: true });
  await cp(join(place, filledHome), home, { recursive: true });
  await using engine = await startEngine(home);
  const { wide, run } = await connectAll(engine, place);
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    const page = await context.newPage();
    await installProbe(page);
    await page.goto(await engine.newLink());
    // The link leads on to the console.
    await page.locator(verdict).first().waitFor();
    const origin = new URL(page.url()).origin;
    say('overview');
    const bundle = await measureBundle(page, origin);
    const overview = await measureOverview(page, origin, sizes);
    say('folder');
    const folder = await measureFolder(page, `${origin}/#/snapshots?repository=${wide}&source=wide&path=/`, sizes);
    say('search');
    await engine.watch();
    const search = await measureSearch(page, `${origin}/#/snapshots`);
    const searching = await engine.figures();
    const runs: Run[] = [];
    for (let round = 1; round <= sizes.runRounds; round++) {
      say(`run ${round}`);
      await page.goto('about:blank');
      runs.push(await measureRun(engine, page, origin, { place, repository: run, bytes: sizes.runBytes, round }));
    }
    return { sizes, overview, folder, search, searching, runs, bundle };
  } finally {
    await browser.close();
  }
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}

async function connectAll(engine: MeasuredEngine, place: string) {
  const at = (name: keyof typeof repositories): string => join(place, repositories[name]);
  const { repository } = await engine.client.repositories.create({ location: at('run'), password, name: 'run' });
  return {
    run: repository.id,
    fleet: await engine.connect(at('fleet')),
    wide: await engine.connect(at('wide')),
    million: await engine.takeIn(at('million')),
  };
}

/** Each time as if never before: nothing of the page is kept by the browser. */
async function measureOverview(page: Page, origin: string, sizes: Sizes): Promise<Measured['overview']> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  const found = { firstPaint: [], largestPaint: [], verdict: [], rows: [], days: [], longestTask: [] } as {
    -readonly [Name in keyof Measured['overview']]: number[];
  };
  for (let round = 0; round < sizes.overviewRounds; round++) {
    await page.goto('about:blank');
    await page.goto(`${origin}/#/`, { waitUntil: 'commit' });
    const [verdictAt, rowsAt, daysAt] = await Promise.all(
      [verdict, matrixRow, dayStrip].map((selector) => whenShown(page, selector)),
    );
    const { first, largest } = await paints(page);
    found.firstPaint.push(first);
    found.largestPaint.push(largest);
    found.verdict.push(verdictAt ?? Number.NaN);
    found.rows.push(rowsAt ?? Number.NaN);
    found.days.push(daysAt ?? Number.NaN);
    found.longestTask.push(await longestTask(page, 0));
  }
  await cdp.detach();
  return found;
}

/** From the double click to the first frame with rows. */
async function measureFolder(page: Page, address: string, sizes: Sizes): Promise<Measured['folder']> {
  const first: number[] = [];
  const again: number[] = [];
  let longest = 0;
  const open = async (name: string): Promise<number> => {
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByRole('grid', { name: 'Entries of /' }).getByText(name, { exact: true }).dblclick();
    const rows = `[role=grid][aria-label="Entries of /${name}"] [role=row][aria-rowindex="12"] [role=gridcell]:nth-child(3):not(:empty)`;
    const shown = await whenShown(page, rows);
    const start = await actedAt(page);
    longest = Math.max(longest, await longestTask(page, start));
    return shown - start;
  };
  // The first look into a repository starts the thread that looks.
  await open('wide-0');
  for (let at = 1; at < sizes.wideFolders; at++) first.push(await open(`wide-${at}`));
  for (let at = 1; at < sizes.wideFolders; at++) again.push(await open(`wide-${at}`));
  const grid = `[role=grid][aria-label="Entries of /wide-${sizes.wideFolders - 1}"]`;
  const wheel = await scrollFrames(page, grid, 120, 240);
  const drag = await scrollFrames(page, grid, 29 * 700, 240);
  return { first, again, longestTask: longest, wheel, drag };
}

/** From Enter to the first frame with results, each time with nothing kept in the page. */
async function measureSearch(page: Page, address: string): Promise<Measured['search']> {
  const results: Measured['search'][number][] = [];
  for (const pattern of patterns) {
    const ms: number[] = [];
    let rows = 0;
    for (let round = 0; round < searchRounds; round++) {
      await page.goto('about:blank');
      await page.goto(address);
      const field = page.getByRole('textbox', { name: 'Find a file in all snapshots' });
      await field.fill(pattern);
      await field.press('Enter');
      // Rows, or the words that there are none.
      const grid = '[role=grid][aria-label="Found paths"]';
      const shown = await whenShown(page, `${grid} [role=row][aria-rowindex="2"], ${grid} + div`);
      ms.push(shown - (await actedAt(page)));
      rows = Number(await page.locator(grid).getAttribute('aria-rowcount')) - 1;
    }
    results.push({ pattern, ms, rows });
  }
  return results;
}

type RunRequest = {
  readonly place: string;
  readonly repository: string;
  readonly bytes: number;
  readonly round: number;
};

/** A snapshot of new data while Overview is open, from its first event to a moment after its last. */
async function measureRun(
  engine: MeasuredEngine,
  page: Page,
  origin: string,
  { place, repository, bytes, round }: RunRequest,
): Promise<Run> {
  const data = join(place, `data-${round}`);
  await mkdir(data);
  await writeRandomFile(join(data, 'random.bin'), bytes, `run ${round}`, AbortSignal.timeout(120_000));
  try {
    await page.goto(`${origin}/#/`);
    await whenShown(page, dayStrip);
    await page.waitForTimeout(2000);
    const stream = await watchStream(page);
    const tasks = await watchOwnTasks(page);
    await engine.watch();
    const begun = await pageNow(page);
    const start = performance.now();
    const events = await engine.client.protection.protect({
      repository: { id: repository },
      paths: [data],
      source: 'run',
    });
    for await (const event of events) if (event.type === 'done') break;
    const seconds = (performance.now() - start) / 1000;
    // What a run changes on screen comes after its end.
    await page.waitForTimeout(1500);
    return {
      seconds,
      engine: await engine.figures(),
      longestTaskMs: await longestTask(page, begun),
      longestOwnTaskMs: await tasks.longestMs(),
      stream: await stream.end(),
    };
  } finally {
    await rm(data, { recursive: true });
  }
}
