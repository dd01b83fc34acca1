/** The threads of upkeep, seen from the main thread. */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WaitingCalls } from '../../platform/waiting-calls.ts';
import { giveBackThread, lendThread } from '../../platform/lent-threads.ts';
import { EarlyThread, stopThread, type Thread } from '../../platform/threads.ts';
import type { BlobIndex } from '../blob-index.ts';
import { createIndexOf } from '../index-loading.ts';
import { serveRanges } from '../range-channel.ts';
import type { Repository } from '../repository.ts';
import type { CallName, UpkeepCalls, UpkeepMessage, UpkeepPack, UpkeepSetup } from './protocol.ts';

const mostThreads = Math.max(2, Math.min(8, availableParallelism()));
/** An index with more bytes than this lists some 400,000 blobs. */
const largeIndexBytes = 16 * 1024 * 1024;
/** While some packs are saved others are filled; more would only take memory. */
const mostInFlight = 4;

/**
 * To be started as soon as it is known that there will be work: they load while the password's key is derived. One is fast
 * enough for little, and each takes 30 MB; `UpkeepPool.widen` starts the others.
 */
export function startUpkeepThreads(count = 1): readonly EarlyThread[] {
  const script = new URL('./worker.ts', import.meta.url);
  const limits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 6 };
  return Array.from({ length: count }, () => new EarlyThread(lendThread(script, { resourceLimits: limits })));
}

export class UpkeepPool {
  readonly index: BlobIndex;
  /** See UpkeepSetup. */
  readonly used: Uint8Array<SharedArrayBuffer>;
  readonly #threads: UpkeepThread[];
  readonly #repository: Repository;
  /** What to do with packs that threads deliver; the slot in flight is freed when it resolves. */
  onPack: (pack: UpkeepPack) => Promise<void> = () => Promise.resolve();
  /** See UpkeepSetup. */
  readonly #packsInFlight = new Int32Array(new SharedArrayBuffer(8));

  private constructor(repository: Repository, index: BlobIndex, threads: readonly EarlyThread[]) {
    this.index = index;
    this.used = new Uint8Array(new SharedArrayBuffer(index.shared.entryCapacity));
    this.#repository = repository;
    this.#threads = [];
    this.#add(threads);
  }

  get threads(): readonly UpkeepThread[] {
    return this.#threads;
  }

  /**
   * With an index that has room for all that the index files can hold; nothing is loaded yet. The threads become the
   * pool's own.
   */
  static async open(repository: Repository, threads: readonly EarlyThread[]): Promise<UpkeepPool> {
    try {
      const { index, bytes } = await createIndexOf(repository.backend);
      const pool = new UpkeepPool(repository, index, threads);
      if (bytes > largeIndexBytes) pool.widen();
      return pool;
    } catch (error) {
      await Promise.all(threads.map(({ worker }) => giveBackThread(worker)));
      throw error;
    }
  }

  /** As many threads as the machine can keep busy. */
  widen(): void {
    this.#add(startUpkeepThreads(mostThreads - this.#threads.length));
  }

  /** Runs `work` on every thread, twice at the same time, so that the next request waits there when one is done. */
  async everywhere(work: (thread: UpkeepThread) => Promise<void>): Promise<void> {
    await Promise.all([...this.#threads, ...this.#threads].map(work));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
    this.index.close();
  }

  #add(threads: readonly EarlyThread[]): void {
    this.#threads.push(...threads.map((thread) => this.#adopt(thread, this.#repository)));
    Atomics.store(this.#packsInFlight, 1, Math.min(mostInFlight, this.#threads.length));
  }

  #adopt(thread: EarlyThread, { key, config, backend }: Repository): UpkeepThread {
    const { port1, port2 } = new MessageChannel();
    serveRanges(port1, backend);
    const setup: UpkeepSetup = {
      key,
      version: config.version,
      index: this.index.shared,
      used: this.used,
      localFolder: backend.localFolder,
      ranges: port2,
      packsInFlight: this.#packsInFlight,
    };
    return new UpkeepThread(thread, { setup, ranges: port1, onPack: (pack) => this.#receive(pack) });
  }

  async #receive(pack: UpkeepPack): Promise<void> {
    try {
      await this.onPack(pack);
    } finally {
      // Freed now: the collector would let hundreds of megabytes of such memory gather.
      pack.data.buffer.transfer(0);
      Atomics.sub(this.#packsInFlight, 0, 1);
      Atomics.notify(this.#packsInFlight, 0);
    }
  }
}

type ThreadTask = {
  readonly setup: UpkeepSetup;
  readonly ranges: MessagePort;
  readonly onPack: (pack: UpkeepPack) => Promise<void>;
};

export class UpkeepThread {
  readonly #worker: Thread;
  readonly #ranges: MessagePort;
  readonly #calls = new WaitingCalls();

  constructor(thread: EarlyThread, { setup, ranges, onPack }: ThreadTask) {
    this.#ranges = ranges;
    this.#worker = thread.worker;
    this.#worker.postMessage(setup, [setup.ranges]);
    thread.onFailure((error) => this.#calls.abandon(error));
    this.#worker.on('message', (message: UpkeepMessage) => {
      if ('pack' in message) onPack(message.pack).catch((error: unknown) => this.#calls.abandon(error));
      else this.#calls.receive(message);
    });
    this.#worker.on('exit', () => this.#calls.abandon());
  }

  async call<Name extends CallName>(
    name: Name,
    input: UpkeepCalls[Name]['ask'],
    transfer: ArrayBuffer[] = [],
  ): Promise<UpkeepCalls[Name]['answer']> {
    return this.#calls.make((job) => {
      // Gone already: nobody would ever answer.
      if (this.#worker.hasEnded) this.#calls.abandon();
      else this.#worker.postMessage({ call: name, job, ...input }, transfer);
    });
  }

  async close(): Promise<void> {
    this.#ranges.close();
    await (this.#calls.isIdle ? giveBackThread : stopThread)(this.#worker);
  }
}
