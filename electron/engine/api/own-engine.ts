/** The engine in this process: it owns the home, runs the contract's handlers, and serves them on the socket. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRouterClient } from '@orpc/server';
import { isContractProcedure } from '@orpc/contract';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import { HoldfastError, innermostError, toHoldfastError } from '../../../shared/model/errors.ts';
import { Catalog } from '../catalog/catalog.ts';
import type { HomeLock } from '../platform/home-lock.ts';
import { JobBook } from '../jobs/job-book.ts';
import { JobRunner } from '../jobs/runner.ts';
import { RunBook } from '../recovery/runs/run-book.ts';
import { EngineLife } from './about/engine-life.ts';
import type { CallContext } from './context.ts';
import type { EngineDoor } from './engine-link.ts';
import { engineRouter } from './router.ts';
import { SocketDoor } from './socket/door.ts';
import type { EngineKind } from './socket/protocol.ts';

type Options = {
  readonly home: string;
  readonly caller: Caller;
  readonly version: string;
  readonly onNotice: (text: string) => void;
  readonly takenAtMs?: () => number;
};

/** Two at a time keep the cores of a workstation busy; what nobody waits for gets one of these places at most. */
const limits = { slots: Math.max(2, Math.floor(availableParallelism() / 2)), backgroundSlots: 1 };
/** A wait shorter than this is not worth a word. */
const noticeableMs = 1_000;
/** For clients of an engine that ends, to take the answers to what was stopped. */
const lastAnswersMs = 3_000;
const machineClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

type Procedure = (
  input: unknown,
  options: { readonly signal?: AbortSignal; readonly context: CallerContext },
) => unknown;
type CallerContext = { readonly caller: Caller };

export class OwnEngine implements EngineDoor {
  readonly #lock: HomeLock;
  readonly #kind: EngineKind;
  readonly #options: Options;
  readonly #catalog: Catalog;
  readonly #jobBook: JobBook;
  readonly #jobs: JobRunner;
  readonly #life: EngineLife;
  readonly #procedures: ReadonlyMap<string, Procedure>;
  #door: SocketDoor | null = null;
  #closed: Promise<void> | null = null;

  /** Owns the lock from now on, also when it fails. */
  static async open(lock: HomeLock, kind: EngineKind, options: Options): Promise<OwnEngine> {
    try {
      const engine = new OwnEngine(lock, kind, options);
      await engine.#serve();
      engine.#life.begin();
      return engine;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(lock: HomeLock, kind: EngineKind, options: Options) {
    this.#lock = lock;
    this.#kind = kind;
    this.#options = options;
    const { home } = options;
    const catalog = new Catalog({ home });
    const jobBook = new JobBook(catalog, ({ message }) => options.onNotice(unwrittenWords(message)));
    const jobs = new JobRunner({ book: jobBook, clock: machineClock, limits });
    const runs = new RunBook(catalog, () => machineClock.nowMs());
    const takenAtMs = options.takenAtMs ?? machineClock.nowMs;
    const stays = kind === 'serve';
    const life = new EngineLife({ ...options, stays });
    this.#life = life;
    this.#catalog = catalog;
    this.#jobBook = jobBook;
    this.#jobs = jobs;
    this.#procedures = proceduresOf(
      createRouterClient(engineRouter, {
        context: ({ caller }: CallerContext): CallContext => ({
          caller,
          home,
          catalog,
          jobs,
          jobBook,
          runs,
          life,
          takenAtMs,
          stays,
        }),
      }),
    );
  }

  call(path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return this.#call(this.#options.caller, path, input, signal);
  }

  /**
   * Ends in order. An engine that stays stops what others run in it; one of a command waits for them, because they have
   * nowhere else to go on.
   */
  async close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  get socket(): string {
    return this.#door?.path ?? '';
  }

  async #shut(): Promise<void> {
    const door = this.#door;
    const reason = new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.');
    if (door !== null) {
      door.refuseCalls();
      if (this.#kind === 'serve') {
        door.cancelCalls(reason);
        await this.#jobs.stop(reason);
        // A client that takes no answers, stopped by Ctrl-Z perhaps, is cut off.
        await Promise.race([door.whenIdle(), sleep(lastAnswersMs, undefined, { ref: false })]);
      } else {
        await this.#waitForOthers(door);
      }
    }
    try {
      await this.#jobs.stop(reason);
      await this.#jobBook.write();
      await this.#catalog.close();
    } finally {
      door?.close(reason);
      this.#life.end();
      this.#lock.release();
    }
  }

  async #waitForOthers(door: SocketDoor): Promise<void> {
    const tell = (): void => this.#options.onNotice(waitingWords(door.calls));
    const timer = setTimeout(tell, noticeableMs);
    await door.whenIdle();
    clearTimeout(timer);
  }

  async #serve(): Promise<void> {
    const { home, version } = this.#options;
    try {
      this.#door = await SocketDoor.open({
        home,
        kind: this.#kind,
        version,
        procedures: (caller, path, input, signal) => this.#call(caller, path, input, signal),
        isWorking: () => this.#jobs.isWorking,
      });
    } catch (error) {
      if (this.#kind === 'serve') throw error;
      // A full disk, or one that knows no sockets: the command itself does not need any, and others wait for its end.
    }
  }

  async #call(
    caller: Caller,
    path: readonly string[],
    input: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const procedure = this.#procedures.get(path.join('.'));
    if (procedure === undefined) throw new HoldfastError('BAD_USAGE', `The engine knows no call ${path.join('.')}.`);
    try {
      return await procedure(input, { context: { caller }, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      this.#noteFault(path, error);
      throw error;
    }
  }

  /** What is understood is told to whoever called; the rest is ours to find. */
  #noteFault(path: readonly string[], error: unknown): void {
    if (toHoldfastError(innermostError(error)).code !== 'INTERNAL') return;
    this.#life.log.error('A call has met a fault.', { call: path.join('.'), error });
  }
}

/** Every call of the contract by its path with dots; nothing else can be called. */
function proceduresOf(client: unknown): ReadonlyMap<string, Procedure> {
  const procedures = new Map<string, Procedure>();
  const visit = (router: object, reached: unknown, path: readonly string[]): void => {
    for (const [name, part] of Object.entries(router) as [string, object][]) {
      const next = (reached as Record<string, unknown>)[name];
      if (isContractProcedure(part)) procedures.set([...path, name].join('.'), next as Procedure);
      else visit(part, next, [...path, name]);
    }
  };
  visit(contract, client, []);
  return procedures;
}

function unwrittenWords(reason: string): string {
  return `What runs is not written into the list of jobs: ${reason}`;
}

function waitingWords(calls: number): string {
  const others = calls === 1 ? 'Another command still runs' : `${calls} other commands still run`;
  return `${others} in this process, which ends with them. Ctrl-C twice ends all at once.`;
}
