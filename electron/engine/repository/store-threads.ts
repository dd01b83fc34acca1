/** The threads that cut and seal. Each starts when it is first needed: a run that finds nothing new starts none. */
import { availableParallelism } from 'node:os';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { EarlyThread } from '../platform/threads.ts';

const limits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

export class StoreThreads {
  readonly #threads: (EarlyThread | null)[];

  constructor(count = Math.max(2, Math.min(8, availableParallelism()))) {
    this.#threads = Array.from({ length: count }, () => null);
  }

  /** Threads of another kind, which run already. */
  static of(threads: readonly EarlyThread[]): StoreThreads {
    const made = new StoreThreads(threads.length);
    for (const [position, thread] of threads.entries()) made.#threads[position] = thread;
    return made;
  }

  get count(): number {
    return this.#threads.length;
  }

  isStarted(position: number): boolean {
    return (this.#threads[position] ?? null) !== null;
  }

  /** The thread at a position below `count`. */
  start(position: number): EarlyThread {
    return (this.#threads[position] ??= new EarlyThread(
      lendThread(new URL('./store-worker.ts', import.meta.url), { resourceLimits: limits }),
    ));
  }

  startAll(): this {
    for (let position = 0; position < this.count; position++) this.start(position);
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => thread === null || giveBackThread(thread.worker)));
  }
}
