/**
 * Files of tests run one after the other in a process, and its modules stay. What a file left there, the next one would
 * stumble over, and fail by turns: so the file fails that left it, by name, and the next one begins as if it had not.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, vi } from 'vitest';
import { isResting } from '../../electron/engine/platform/lent-threads.ts';
import { letGo } from './end-of-file.ts';
import { frugalMemory } from './frugal-memory.ts';

/** For what ends by itself in a moment, on a busy machine. */
const patienceMs = 20_000;

type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly mask: number;
  /** How many listen to what happens to the process, such as a signal. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly servers: number;
};

function look(): Surroundings {
  const names = process.eventNames().map(String);
  return {
    env: { ...process.env },
    folder: process.cwd(),
    mask: process.umask(),
    listeners: Object.fromEntries(names.map((name) => [name, process.listenerCount(name)])),
    servers: process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length,
  };
}

const threads = new Set<Worker>();

/** Those that work still; what rests works for the next file, or ends. */
function working(): number {
  return [...threads].filter((worker) => !isResting(worker)).length;
}

function followThread(message: unknown): void {
  const { worker } = message as { readonly worker: Worker };
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
}

// They were for this process, not for those that it starts.
for (const name of Object.keys(frugalMemory)) delete process.env[name];
let before = look();

beforeAll(() => {
  before = look();
  subscribe('worker_threads', followThread);
});

afterAll(async () => {
  await letGo();
  const endMs = performance.now() + patienceMs;
  while ((working() > 0 || look().servers > before.servers) && performance.now() < endMs) await sleep(20);
  unsubscribe('worker_threads', followThread);
  const left = leftBehind(look());
  putBack();
  if (left.length > 0) throw new Error(`This file left behind, for the next one: ${left.join(', ')}.`);
});

function leftBehind(after: Surroundings): string[] {
  const changed = [...new Set([...Object.keys(before.env), ...Object.keys(after.env)])].filter(
    (name) => before.env[name] !== after.env[name],
  );
  const listening = Object.keys(after.listeners).filter(
    (name) => (after.listeners[name] ?? 0) > (before.listeners[name] ?? 0),
  );
  return [
    ...changed.map((name) => `the variable ${name}`),
    ...listening.map((name) => `a listener to ${name}`),
    ...(vi.isFakeTimers() ? ['a false clock'] : []),
    ...(after.folder === before.folder ? [] : [`the working folder ${after.folder}`]),
    ...(after.mask === before.mask ? [] : ['another umask']),
    ...(after.servers > before.servers ? ['a server that listens'] : []),
    ...(working() > 0 ? [`${working()} threads`] : []),
  ];
}

function putBack(): void {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
  Object.assign(process.env, before.env);
  process.chdir(before.folder);
  process.umask(before.mask);
}
