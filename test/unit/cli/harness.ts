/** A command line with everything around it replaced: streams, clock, terminal, and an engine behind the real contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient, implement } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import { run } from '../../../electron/cli/program.ts';
import type { TextStream } from '../../../electron/cli/text-stream.ts';
import type { InterruptSignal, World } from '../../../electron/cli/world.ts';

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
function fakeClient(handlers: Handlers, calls: Call[]) {
  const implementer = implement(contract);
  const answer = (name: string, input: unknown, signal: AbortSignal | undefined): never => {
    calls.push({ name, input });
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`unexpected call of ${name}`);
    return handler(input as never, signal) as never;
  };
  const { repository, keys, snapshots, protection, recovery, jobs, catalog, upkeep } = implementer;
  const { sources, settings, holds, credentials, configuration, tokens, console } = implementer;
  return createRouterClient(
    {
      repository: {
        init: repository.init.handler(({ input, signal }) => answer('repository.init', input, signal)),
        info: repository.info.handler(({ input, signal }) => answer('repository.info', input, signal)),
        stats: repository.stats.handler(({ input, signal }) => answer('repository.stats', input, signal)),
        check: repository.check.handler(({ input, signal }) => answer('repository.check', input, signal)),
        unlock: repository.unlock.handler(({ input, signal }) => answer('repository.unlock', input, signal)),
      },
      keys: {
        list: keys.list.handler(({ input, signal }) => answer('keys.list', input, signal)),
        add: keys.add.handler(({ input, signal }) => answer('keys.add', input, signal)),
        remove: keys.remove.handler(({ input, signal }) => answer('keys.remove', input, signal)),
        passwd: keys.passwd.handler(({ input, signal }) => answer('keys.passwd', input, signal)),
      },
      snapshots: {
        list: snapshots.list.handler(({ input, signal }) => answer('snapshots.list', input, signal)),
        ls: snapshots.ls.handler(({ input, signal }) => answer('snapshots.ls', input, signal)),
        diff: snapshots.diff.handler(({ input, signal }) => answer('snapshots.diff', input, signal)),
      },
      protection: {
        protect: protection.protect.handler(({ input, signal }) => answer('protection.protect', input, signal)),
      },
      jobs: {
        list: jobs.list.handler(({ input, signal }) => answer('jobs.list', input, signal)),
        show: jobs.show.handler(({ input, signal }) => answer('jobs.show', input, signal)),
        log: jobs.log.handler(({ input, signal }) => answer('jobs.log', input, signal)),
        cancel: jobs.cancel.handler(({ input, signal }) => answer('jobs.cancel', input, signal)),
        follow: jobs.follow.handler(({ input, signal }) => answer('jobs.follow', input, signal)),
      },
      recovery: {
        restore: recovery.restore.handler(({ input, signal }) => answer('recovery.restore', input, signal)),
      },
      upkeep: {
        forget: upkeep.forget.handler(({ input, signal }) => answer('upkeep.forget', input, signal)),
        prune: upkeep.prune.handler(({ input, signal }) => answer('upkeep.prune', input, signal)),
        repairIndex: upkeep.repairIndex.handler(({ input, signal }) => answer('upkeep.repairIndex', input, signal)),
      },
      catalog: {
        find: catalog.find.handler(({ input, signal }) => answer('catalog.find', input, signal)),
        versions: catalog.versions.handler(({ input, signal }) => answer('catalog.versions', input, signal)),
        rebuild: catalog.rebuild.handler(({ input, signal }) => answer('catalog.rebuild', input, signal)),
      },
      sources: {
        add: sources.add.handler(({ input, signal }) => answer('sources.add', input, signal)),
        list: sources.list.handler(({ input, signal }) => answer('sources.list', input, signal)),
        // Without a handler of its own no scene has registered sources.
        find: sources.find.handler(({ input, signal }) =>
          handlers['sources.find'] === undefined ? null : answer('sources.find', input, signal),
        ),
        remove: sources.remove.handler(({ input, signal }) => answer('sources.remove', input, signal)),
        approve: sources.approve.handler(({ input, signal }) => answer('sources.approve', input, signal)),
      },
      settings: {
        list: settings.list.handler(({ input, signal }) => answer('settings.list', input, signal)),
        set: settings.set.handler(({ input, signal }) => answer('settings.set', input, signal)),
      },
      holds: {
        hold: holds.hold.handler(({ input, signal }) => answer('holds.hold', input, signal)),
        release: holds.release.handler(({ input, signal }) => answer('holds.release', input, signal)),
      },
      credentials: {
        list: credentials.list.handler(({ input, signal }) => answer('credentials.list', input, signal)),
        set: credentials.set.handler(({ input, signal }) => answer('credentials.set', input, signal)),
        remove: credentials.remove.handler(({ input, signal }) => answer('credentials.remove', input, signal)),
        setRecoveryPassphrase: credentials.setRecoveryPassphrase.handler(({ input, signal }) =>
          answer('credentials.setRecoveryPassphrase', input, signal),
        ),
      },
      tokens: {
        create: tokens.create.handler(({ input, signal }) => answer('tokens.create', input, signal)),
        list: tokens.list.handler(({ input, signal }) => answer('tokens.list', input, signal)),
        revoke: tokens.revoke.handler(({ input, signal }) => answer('tokens.revoke', input, signal)),
      },
      console: {
        me: console.me.handler(({ input, signal }) => answer('console.me', input, signal)),
        link: console.link.handler(({ input, signal }) => answer('console.link', input, signal)),
      },
      configuration: {
        recover: configuration.recover.handler(({ input, signal }) => answer('configuration.recover', input, signal)),
      },
    },
    { context: {} },
  );
}

/** The events of an operation, as the engine sends them. */
export async function* eventsOf(...events: readonly unknown[]): AsyncGenerator {
  for (const event of events) yield await Promise.resolve(event);
}

export const id = (digit: string): string => digit.repeat(64);
