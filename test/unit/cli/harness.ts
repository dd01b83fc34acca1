/** A command line with everything around it replaced: streams, clock, terminal, and an engine behind the real contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isContractProcedure } from '@orpc/contract';
import { createRouterClient, implement, type Router } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import { run } from '../../../electron/cli/program.ts';
import type { TextStream } from '../../../electron/cli/text-stream.ts';
import type { ContractClient, InterruptSignal, World } from '../../../electron/cli/world.ts';

export type Call = { readonly name: string; readonly input: unknown };
export type Handler = (input: never, signal: AbortSignal | undefined) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

export class FakeStream implements TextStream {
  isTerminal = false;
  columns = 80;
  closed = false;
  failure: Error | null = null;
  text = '';
  /** After that many writes the reader goes away. */
  closesAfter = Infinity;
  #writes = 0;

  write(text: string): Promise<void> {
    if (!this.closed) this.text += text;
    this.#writes += 1;
    if (this.#writes >= this.closesAfter) this.closed = true;
    return Promise.resolve();
  }
}

export type Scene = AsyncDisposable & {
  /** A folder of its own: home, working folder. */
  readonly folder: string;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  /** What reached the engine, after the contract had checked it. */
  readonly calls: Call[];
  readonly callers: Caller[];
  readonly homes: string[];
  readonly questions: string[];
  readonly deaths: InterruptSignal[];
  readonly clock: { ms: number };
  opened: number;
  closed: number;
  interrupt(signal?: InterruptSignal): void;
  holdfast(...argv: string[]): Promise<number>;
};

export type SceneOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed on the terminal; without it there is none. */
  readonly typed?: readonly string[];
  readonly handlers?: Handlers;
};

/** The environment of a scene unless it gives its own. */
export const configured = { HOLDFAST_REPOSITORY: '/srv/repository', HOLDFAST_PASSWORD: 'secret' };
export const access = { location: '/srv/repository', password: 'secret' };

export async function makeScene(options: SceneOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  const listeners = new Set<(signal: InterruptSignal) => void>();
  const typed = options.typed === undefined ? null : [...options.typed];
  const scene: Scene = {
    folder,
    stdout: new FakeStream(),
    stderr: new FakeStream(),
    calls: [],
    callers: [],
    homes: [],
    questions: [],
    deaths: [],
    clock: { ms: 0 },
    opened: 0,
    closed: 0,
    interrupt: (signal = 'SIGINT') => {
      for (const listener of listeners) listener(signal);
    },
    holdfast: (...argv) => run(argv, world),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  const world: World = {
    version: '1.2.3',
    verifyBundle: () => Promise.reject(new Error('nothing was exported')),
    env: { HOME: folder, ...(options.env ?? configured) },
    folder,
    userHome: join(folder, 'home'),
    userName: 'alice',
    stdout: scene.stdout,
    stderr: scene.stderr,
    askSecret:
      typed === null
        ? null
        : (question) => {
            scene.questions.push(question);
            const answer = typed.shift();
            return answer === undefined ? Promise.reject(new Error('asked too often')) : Promise.resolve(answer);
          },
    monotonicMs: () => scene.clock.ms,
    nowMs: () => Date.parse('2026-10-15T12:00:00Z') + scene.clock.ms,
    openEngine: ({ home, caller }) => {
      scene.opened += 1;
      scene.homes.push(home);
      scene.callers.push(caller);
      const close = (): Promise<void> => {
        scene.closed += 1;
        return Promise.resolve();
      };
      return Promise.resolve({ client: fakeClient(options.handlers ?? {}, scene.calls), close });
    },
    serveEngine: () => Promise.reject(new Error('a scene serves nobody')),
    openInBrowser: () => Promise.resolve(false),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    die: (signal) => scene.deaths.push(signal),
  };
  return scene;
}

/** Every call of the contract goes to the handler of its name, or fails the test where there is none. */
function fakeClient(handlers: Handlers, calls: Call[]): ContractClient {
  const answer = (name: string, input: unknown, signal: AbortSignal | undefined): unknown => {
    const handler = handlers[name];
    // Without a handler of its own no scene has registered sources.
    if (name === 'sources.find' && handler === undefined) return null;
    calls.push({ name, input });
    if (handler === undefined) throw new Error(`unexpected call of ${name}`);
    return handler(input as never, signal);
  };
  const implemented = (router: object, path: readonly string[]): object => {
    const entries = Object.entries(router) as [string, object][];
    return Object.fromEntries(
      entries.map(([key, part]) => {
        const to = [...path, key];
        if (!isContractProcedure(part)) return [key, implemented(part, to)];
        return [key, implement(part).handler(({ input, signal }) => answer(to.join('.'), input, signal))];
      }),
    );
  };
  const router = implemented(contract, []) as Router<typeof contract, object>;
  return createRouterClient<typeof router, object>(router, { context: {} });
}

/** The events of an operation, as the engine sends them. */
export async function* eventsOf(...events: readonly unknown[]): AsyncGenerator {
  for (const event of events) yield await Promise.resolve(event);
}

export const id = (digit: string): string => digit.repeat(64);
