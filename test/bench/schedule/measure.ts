/** The measurement itself: the book of runs, the engine at rest, and the scheduler through a day. */
import { setTimeout as sleep } from 'node:timers/promises';
import { measureBook, type Book } from './book.ts';
import { simulateScheduler, startEngine, type MeasuredEngine } from './engine.ts';
import { makeHome, type Home } from './home.ts';
import type { Sizes } from './sizes.ts';
import { tickMs, ticksBetweenSamples, type Day, type Usage } from './usage.ts';

/** Of one core, while nothing but time passes. */
export type Rest = { readonly seconds: number; readonly cpuMs: number; readonly usage: Usage };

export type Measured = {
  readonly sizes: Sizes;
  readonly book: Book;
  /** Between two occurrences; and with all sources due, while the password of the repository is waited for. */
  readonly rest: Rest;
  readonly waiting: Rest;
  /** With the engine's clock moved on, everything paused. */
  readonly engineDay: Day;
  readonly schedulerDay: Day;
};

const hourMs = 3_600_000;

export async function measure(folder: string, sizes: Sizes): Promise<Measured> {
  say('a home');
  const home = await makeHome(folder, sizes.sources);
  say('the book of runs');
  const book = await measureBook(home, sizes);
  const engine = await measureEngine(home, sizes);
  say('the scheduler through a day');
  const schedulerDay = await simulateScheduler(home, sizes.simulatedHours);
  return { sizes, book, ...engine, schedulerDay };
}

async function measureEngine(
  home: Home,
  { restSeconds, waitingSeconds, simulatedHours, sources }: Sizes,
): Promise<Pick<Measured, 'rest' | 'waiting' | 'engineDay'>> {
  await using engine = await startEngine(home);
  const { client } = engine;
  const before = (await client.schedule.plan({})).sources;
  if (before.length !== sources || before.some(({ due }) => due.length > 0)) throw new Error('It is not at rest.');
  await sleep(5000);
  say('the engine at rest');
  const rest = await restOf(engine, restSeconds);
  say('the engine while a password is waited for');
  await client.repositories.lock({ id: home.connection });
  await engine.advance(hourMs);
  await sleep(5000);
  const due = (await client.schedule.plan({})).sources.filter(({ waitsFor }) => waitsFor !== null);
  if (due.length !== sources) throw new Error(`Of ${sources} sources ${due.length} wait.`);
  const waiting = await restOf(engine, waitingSeconds);
  say('the engine through a day');
  await client.schedule.pause({ scope: 'tenant', subject: '', until: null, reason: 'a measurement' });
  const samples: Usage[] = [];
  const start = (await engine.usage()).cpuMs;
  const ticks = (simulatedHours * hourMs) / tickMs;
  for (let tick = 1; tick <= ticks; tick++) {
    await engine.advance(tickMs);
    await sleep(2);
    if (tick % ticksBetweenSamples === 0) samples.push(await engine.usage());
  }
  const { cpuMs } = await engine.usage();
  await client.schedule.resume({ scope: 'tenant', subject: '' });
  return { rest, waiting, engineDay: { samples, cpuMs: cpuMs - start, ticks, runs: 0 } };
}

async function restOf(engine: MeasuredEngine, seconds: number): Promise<Rest> {
  const start = performance.now();
  const before = await engine.usage();
  await sleep(seconds * 1000);
  const usage = await engine.usage();
  return { seconds: (performance.now() - start) / 1000, cpuMs: usage.cpuMs - before.cpuMs, usage };
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
