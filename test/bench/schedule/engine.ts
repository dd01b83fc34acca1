/** The engine in its own process, as the measurement reaches it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openEngine, type ContractClient } from '../../../electron/engine/engine.ts';
import type { Ask } from './engine-process.ts';
import type { Home } from './home.ts';
import { caller, version } from './sizes.ts';
import type { Day, Usage } from './usage.ts';

export type MeasuredEngine = AsyncDisposable & {
  readonly client: ContractClient;
  /** Until it answers calls, the first of which opens the catalog. */
  readonly startedMs: number;
  usage(): Promise<Usage>;
  /** Moves its clock on, and wakes it. */
  advance(ms: number): Promise<void>;
  /** Ends it without warning. */
  kill(): Promise<void>;
};

export async function startEngine({ home, startMs }: Home): Promise<MeasuredEngine> {
  const start = performance.now();
  const child = startProcess(new URL('engine-process.ts', import.meta.url), [home, String(startMs)]);
  await once(child, 'message');
  const attached = await openEngine({ home, caller, version, onNotice: (text) => console.error(text) });
  await attached.client.schedule.runs({ limit: 1 });
  const ask = async (question: Ask): Promise<unknown> => {
    const answered = once(child, 'message');
    child.send(question);
    return ((await answered) as [unknown])[0];
  };
  const ended = once(child, 'exit');
  const leave = async (end: () => void): Promise<void> => {
    await attached.close();
    end();
    await ended;
  };
  return {
    client: attached.client,
    startedMs: performance.now() - start,
    usage: async () => (await ask({ type: 'usage' })) as Usage,
    advance: async (ms) => void (await ask({ type: 'advance', ms })),
    kill: () => leave(() => child.kill('SIGKILL')),
    [Symbol.asyncDispose]: () =>
      child.connected ? leave(() => child.send({ type: 'end' } satisfies Ask)) : Promise.resolve(),
  };
}

export async function simulateScheduler({ home, startMs }: Home, hours: number): Promise<Day> {
  const child = startProcess(new URL('scheduler-process.ts', import.meta.url), [home, String(startMs), String(hours)]);
  const ended = once(child, 'exit');
  const [day] = (await once(child, 'message')) as [Day];
  await ended;
  return day;
}

function startProcess(script: URL, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(script), args, {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
