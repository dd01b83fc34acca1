/** The measurement itself: starts, screens, runs and memory of an engine that knows all of it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from '@playwright/test';
import { launchBrowser } from '../../support/browser.ts';
import { startEngine, type MeasuredEngine, type Memory } from '../console/engine.ts';
import { installProbe } from '../console/probe.ts';
import { filledHome, password, repositories as officeRepositories } from '../console/sizes.ts';
import { folderBytes } from '../measure/folder-bytes.ts';
import { measureScreens, screensOf, type ProcessorTime, type ScreenTimes } from './screens.ts';
import { repositories, type Sizes } from './sizes.ts';
import type { Stages } from './stages.ts';
import type { Year } from './year.ts';

export type Measured = {
  readonly sizes: Sizes;
  readonly takenIn: { readonly seconds: number; readonly memory: Memory };
  readonly catalogBytes: number;
  /** From nothing to the first answer, and the processor time until then. */
  readonly startsMs: readonly number[];
  readonly startsCpuMs: readonly number[];
  readonly screens: readonly ScreenTimes[];
  readonly searches: readonly { readonly pattern: string; readonly ms: readonly number[] }[];
  readonly atRest: Memory;
  /** The first loads the index and keeps it; the second finds it kept, and so does the third, of another engine. */
  readonly runs: readonly { readonly seconds: number; readonly cpuSeconds: number; readonly memory: Memory }[];
  /** Of what is kept. */
  readonly keptBytes: number;
  readonly year: Year;
  readonly conditions: Stages['conditions'];
};

const patterns = ['invoice-0012', '*.pdf', 'photo/inv', 'nowhere-to-be-found'];
const searchRounds = 11;

/** The home lies on a disk, as the index has no room in memory; it stays for stages that come in a later run. */
export async function measure(place: string, home: string, sizes: Sizes, stages: Stages): Promise<Measured> {
  const at = (name: string): string => join(place, name);
  const year = await stages.stage('the year', () => simulateYear(sizes));
  const { fleet, files, ...taken } = await stages.stage('taking in', () => takeInAll(home, at));
  const starts = await stages.stage('starts', () => startOften(home, sizes.startRounds));
  const looks = await stages.stage('screens', () => lookAtAll(home, fleet, files, sizes));
  const runs = await stages.stage('runs', () => runAnew(home, at));
  return { sizes, ...taken, ...starts, ...looks, ...runs, year, conditions: stages.conditions };
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}

async function takeInAll(home: string, at: (name: string) => string) {
  await rm(home, { recursive: true, force: true });
  await cp(at(filledHome), home, { recursive: true });
  const taken = await takeInto(home, at);
  return { ...taken, catalogBytes: await folderBytes(home) };
}

async function takeInto(home: string, at: (name: string) => string) {
  await using engine = await startEngine(home);
  const fleet = await engine.connect(at(officeRepositories.fleet));
  const start = performance.now();
  const files = await engine.takeIn(at(repositories.files));
  const seconds = (performance.now() - start) / 1000;
  return { fleet, files, takenIn: { seconds, memory: await engine.memory() } };
}

async function startOften(home: string, rounds: number): Promise<Pick<Measured, 'startsMs' | 'startsCpuMs'>> {
  const startsMs: number[] = [];
  const startsCpuMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using started = await startEngine(home);
    startsMs.push(started.startedMs);
    startsCpuMs.push((await started.memory()).cpuMs);
  }
  return { startsMs, startsCpuMs };
}

async function lookAtAll(home: string, fleet: string, files: string, sizes: Sizes) {
  await using engine = await startEngine(home);
  await engine.client.repositories.unlock({ id: fleet, password });
  await engine.client.repositories.unlock({ id: files, password });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    await installProbe(page);
    await page.goto(await engine.newLink());
    await page.locator('main [data-level]').first().waitFor();
    const cpuMs = await watchProcessorTime(browser, engine);
    const screens = await measureScreens(page, cpuMs, screensOf('source-0500', fleet), sizes.screenRounds);
    return { screens, searches: await measureSearches(engine, files), atRest: await engine.memory() };
  } finally {
    await browser.close();
  }
}

async function measureSearches({ client }: MeasuredEngine, repository: string): Promise<Measured['searches']> {
  const searches = [];
  for (const pattern of patterns) {
    const ms: number[] = [];
    for (let round = 0; round < searchRounds; round++) {
      const start = performance.now();
      await client.catalog.find({ repository: { id: repository }, pattern, limit: 100 });
      ms.push(performance.now() - start);
    }
    searches.push({ pattern, ms });
  }
  return searches;
}

/** Milliseconds of the engine's process, and of all of the browser's that show pages. */
async function watchProcessorTime(browser: Browser, engine: MeasuredEngine): Promise<() => Promise<ProcessorTime>> {
  const cdp = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer');
    const pageMs = pages.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
    return { engineMs: (await engine.memory()).cpuMs, pageMs };
  };
}

async function runAnew(home: string, at: (name: string) => string): Promise<Pick<Measured, 'runs' | 'keptBytes'>> {
  await disconnect(home, at(repositories.blobs));
  const runs = [...(await runInto(home, at, [1, 2])), ...(await runInto(home, at, [3]))];
  return { runs, keptBytes: await folderBytes(join(home, 'cache', 'indexes')).catch(() => 0) };
}

/** What a run that was cut off knows of the repository already. */
async function disconnect(home: string, location: string): Promise<void> {
  await using engine = await startEngine(home);
  const { repositories: known } = await engine.client.repositories.list({});
  for (const { id } of known.filter((one) => one.location === location))
    await engine.client.repositories.disconnect({ id });
}

/** A small folder into the repository whose index is that large. */
async function runInto(
  home: string,
  at: (name: string) => string,
  rounds: readonly number[],
): Promise<Measured['runs']> {
  await using engine = await startEngine(home);
  const location = at(repositories.blobs);
  const { repositories: known } = await engine.client.repositories.list({});
  const before = known.find((one) => one.location === location);
  const { repository } =
    before === undefined
      ? await engine.client.repositories.connect({ location, password })
      : await engine.client.repositories.unlock({ id: before.id, password });
  const runs = [];
  for (const round of rounds) {
    const data = at('small');
    await mkdir(data, { recursive: true });
    await writeFile(join(data, `file-${round}`), `Something small, ${round}.`);
    const { cpuMs } = await engine.memory();
    const start = performance.now();
    const events = await engine.client.protection.protect({ repository, paths: [data], source: 'small' });
    for await (const event of events) if (event.type === 'done') break;
    const seconds = (performance.now() - start) / 1000;
    const memory = await engine.memory();
    say(`run ${round}: ${seconds.toFixed(1)} s, ${(memory.peakBytes / 1e6).toFixed(0)} MB at most`);
    runs.push({ seconds, cpuSeconds: (memory.cpuMs - cpuMs) / 1000, memory });
  }
  await rm(at('small'), { recursive: true });
  return runs;
}

async function simulateYear({ sources, days }: Sizes): Promise<Year> {
  const file = fileURLToPath(new URL('year.ts', import.meta.url));
  const child = fork(file, [String(sources), String(days)], { execArgv: ['--expose-gc'] });
  const [year] = (await once(child, 'message')) as [Year];
  return year;
}
