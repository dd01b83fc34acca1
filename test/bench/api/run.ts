/**
 * `npm run bench:api [clients] [consoles] [MiB]`: how fast lists are answered while many programs and consoles ask and a large
 * snapshot runs, into docs/BENCHMARKS-API.md when it is the whole of it.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keepAsking, listCalls, LoadClient, percentile, signIn, type Answered } from '../../support/api-load.ts';
import { describeCommit, machineFacts } from '../machine.ts';
import type { Begun, Usage } from './engine-process.ts';

const [, , clientsGiven, consolesGiven, sizeGiven] = process.argv;
const whole = clientsGiven === undefined;
const clients = Number(clientsGiven ?? 200);
const consoles = Number(consolesGiven ?? 20);
const mebibytes = Number(sizeGiven ?? 2_048);
/** Between two questions of a program, and of a console. */
const restMs = 1_000;
const consoleRestMs = 500;
const quietMs = whole ? 30_000 : 8_000;
const barMs = 100;
const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-API.md', import.meta.url));

type Phase = {
  readonly title: string;
  readonly seconds: number;
  readonly answers: readonly Answered[];
  readonly usage: Usage;
  readonly load: number;
};

const folder = await mkdtemp('/dev/shm/holdfast-api-bench-');
let engine: ChildProcess | null = null;
try {
  const source = await makeSource(join(folder, 'source'));
  const script = fileURLToPath(new URL('engine-process.ts', import.meta.url));
  const home = join(folder, 'home');
  engine = fork(script, [home, join(folder, 'repository'), String(clients), String(consoles)]);
  const [begun] = (await once(engine, 'message')) as [Begun];
  const phases = await measure(engine, begun, source);
  const document = await render(phases);
  console.log(document);
  if (whole) {
    await writeFile(documentFile, document);
    execFileSync('npx', ['oxfmt', documentFile]);
  }
  process.exitCode = phases.every(({ answers }) => percentile(times(answers), 0.95) < barMs) ? 0 : 1;
  engine.send({ type: 'end' });
  await once(engine, 'exit');
} finally {
  engine?.kill();
  await rm(folder, { recursive: true, force: true });
}

async function makeSource(path: string): Promise<string> {
  await mkdir(path);
  for (let file = 0; file * 64 < mebibytes; file++) {
    const stream = createWriteStream(join(path, `file ${file}`));
    for (let part = 0; part < Math.min(64, mebibytes - file * 64); part++) {
      if (!stream.write(randomBytes(1024 * 1024))) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'close');
  }
  return path;
}

async function measure(child: ChildProcess, begun: Begun, source: string): Promise<Phase[]> {
  const stop = new AbortController();
  const answers: Answered[] = [];
  const answered = (answer: Answered): void => void answers.push(answer);
  const bodies = { snapshots: { repository: { id: begun.repository } } };
  const programs = begun.tokens.map((token) => new LoadClient(begun.origin, { authorization: `Bearer ${token}` }));
  const pages: LoadClient[] = [];
  for (const link of begun.links) pages.push(new LoadClient(begun.origin, await signIn(begun.origin, link)));
  const work = [
    ...programs.map((client, number) => keepAsking(client, number, { restMs, bodies, signal: stop.signal }, answered)),
    ...pages.map((page, number) =>
      keepAsking(page, number, { restMs: consoleRestMs, bodies, signal: stop.signal }, answered),
    ),
    ...pages.map((page) => page.follow('/api/v1/live', stop.signal)),
    ...programs.slice(0, Math.ceil(clients / 4)).map((client) => client.follow('/api/v1/events', stop.signal)),
  ];
  const phase = async (title: string, until: Promise<unknown>): Promise<Phase> => {
    const before = await usageOf(child);
    answers.length = 0;
    const began = performance.now();
    await until;
    const seconds = (performance.now() - began) / 1000;
    const own = [...answers];
    const after = await usageOf(child);
    const usage = { ...after, processorMs: after.processorMs - before.processorMs };
    return { title, seconds, answers: own, usage, load: loadavg()[0] ?? 0 };
  };
  await sleep(5_000);
  const quiet = await phase('without a snapshot', sleep(quietMs));
  using protector = new LoadClient(begun.origin, { authorization: `Bearer ${begun.tokens[0] ?? ''}` });
  const protect = async (): Promise<void> => {
    const body = { repository: { id: begun.repository }, paths: [source] };
    const { text } = await protector.ask('POST', '/api/v1/protect', body);
    if (!text.includes('"type":"done"')) throw new Error(`The snapshot failed: ${text.slice(-500)}`);
  };
  const busy = await phase(`while a snapshot of ${mebibytes} MiB runs`, protect());
  stop.abort();
  await Promise.all(work);
  for (const client of [...programs, ...pages]) client[Symbol.dispose]();
  return [quiet, busy];
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send({ type: 'usage' });
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
}

function times(answers: readonly Answered[]): number[] {
  return answers.map(({ ms }) => ms);
}

async function render(phases: readonly Phase[]): Promise<string> {
  const { cores, processor, kernel } = machineFacts();
  const commit = await describeCommit(AbortSignal.timeout(60_000));
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const rows = phases.map(({ title, seconds, answers, usage, load }) => {
    const all = times(answers);
    const failed = answers.filter(({ status }) => status !== 200).length;
    const p95 = percentile(all, 0.95);
    return `| ${[
      title,
      Math.round(seconds),
      (all.length / seconds).toFixed(0),
      ms(percentile(all, 0.5)),
      `${ms(p95)}${p95 < barMs ? '' : ' (too slow)'}`,
      ms(percentile(all, 0.99)),
      failed,
      `${((usage.processorMs / 1000 / seconds) * 100).toFixed(0)} %`,
      ms(usage.delayP99Ms),
      `${Math.round(usage.memoryBytes / 1024 / 1024)} MiB`,
      load.toFixed(1),
    ].join(' | ')} |`;
  });
  const byCall = listCalls.map(({ name, path }) => {
    const own = phases.map(({ answers }) =>
      answers.filter((answer) => answer.name === name).map((answer) => answer.ms),
    );
    return `| ${[name, `\`${path}\``, ...own.map((values) => ms(percentile(values, 0.95)))].join(' | ')} |`;
  });
  const [quiet, busy] = phases.map(({ answers }) => percentile(times(answers), 0.95));
  const text = [
    '# How fast the API answers many',
    `\`npm run bench:api\`: ${clients} programs ask for a list a second each, ${consoles} consoles two lists a second each and watch all, a quarter of the programs follow events; each has a token or session and a connection of its own, on loopback. Meanwhile a snapshot of ${mebibytes} MiB of random data in memory is taken. What asks runs on the same cores as the engine. The bar: 95 of 100 lists in less than ${barMs} ms.`,
    `Measured at ${commit}, Node.js ${process.version}, ${cores} cores of ${processor}, ${kernel}.`,
    [
      '| | seconds | answers a second | median | p95 | p99 | failed | processor | event loop, p99 | memory | load of the machine |',
      '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
      ...rows,
    ].join('\n'),
    `With the snapshot, p95 is ${((busy ?? 0) / (quiet ?? 1)).toFixed(1)} times what it is without. The load of a machine that does nothing else is about 1 without the snapshot; where it was higher, something else ran too.`,
    [
      `| list | call | p95 ${phases[0]?.title ?? ''} | p95 ${phases[1]?.title ?? ''} |`,
      '| --- | --- | --: | --: |',
      ...byCall,
    ].join('\n'),
    '',
  ].join('\n\n');
  return text;
}
