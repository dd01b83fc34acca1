/** The engine in its own process, as the measurement reaches it: by the contract over its socket, and by questions. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openEngine, type ContractClient } from '../../../electron/engine/engine.ts';
import { caller, password } from './sizes.ts';

export type Ask = 'link' | 'watch' | 'figures' | 'memory' | 'end';
export type Answer = {
  readonly ready?: boolean;
  readonly link?: string;
  readonly longestOwnWorkMs?: number;
  readonly longestDelayMs?: number;
  readonly residentBytes?: number;
  readonly peakBytes?: number;
  readonly cpuMs?: number;
};

/** Of the main thread, since it was watched. */
export type MainThread = { readonly longestOwnWorkMs: number; readonly longestDelayMs: number };

/** Of the whole process with all its threads, now and since it started. */
export type Memory = { readonly residentBytes: number; readonly peakBytes: number };

/** The same, with the processor time since it started. */
export type ProcessUse = Memory & { readonly cpuMs: number };

export type MeasuredEngine = AsyncDisposable & {
  readonly client: ContractClient;
  /** From the start of its process until it has answered a call, the first of which opens the catalog. */
  readonly startedMs: number;
  memory(): Promise<ProcessUse>;
  newLink(): Promise<string>;
  watch(): Promise<void>;
  figures(): Promise<MainThread>;
  /** Its connection's id. */
  connect(location: string): Promise<string>;
  /** The same, once all of it can be searched. */
  takeIn(location: string): Promise<string>;
};

export const version = 'bench';

export async function startEngine(home: string): Promise<MeasuredEngine> {
  const start = performance.now();
  const child = fork(fileURLToPath(new URL('engine-process.ts', import.meta.url)), [home], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const answer = async (): Promise<Answer> => {
    const [told] = (await once(child, 'message')) as [Answer];
    return told;
  };
  const ask = async (question: Ask): Promise<Answer> => {
    const answered = answer();
    child.send(question);
    return answered;
  };
  await answer();
  const attached = await openEngine({ home, caller, version, onNotice: (text) => console.error(text) });
  const { client } = attached;
  await client.repositories.list({});
  const startedMs = performance.now() - start;
  return {
    client,
    startedMs,
    memory: async () => {
      const { residentBytes = 0, peakBytes = 0, cpuMs = 0 } = await ask('memory');
      return { residentBytes, peakBytes, cpuMs };
    },
    newLink: async () => (await ask('link')).link ?? '',
    watch: async () => {
      await ask('watch');
    },
    figures: async () => {
      const { longestOwnWorkMs = 0, longestDelayMs = 0 } = await ask('figures');
      return { longestOwnWorkMs, longestDelayMs };
    },
    connect: async (location) => (await client.repositories.connect({ location, password })).repository.id,
    takeIn: async (location) => {
      const { id } = (await client.repositories.connect({ location, password })).repository;
      // It does so by itself; asked for it, it says when that is done.
      for await (const event of await client.catalog.rebuild({ repository: { id } })) if (event.type === 'done') break;
      return id;
    },
    [Symbol.asyncDispose]: async () => {
      await attached.close();
      const ended = once(child, 'exit');
      child.send('end' satisfies Ask);
      await ended;
    },
  };
}
