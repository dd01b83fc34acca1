/**
 * The main thread's half of storing: starts the threads that cut and seal, saves the packs they deliver, and writes index
 * files of what is durable. Order of writes: packs, then index; the snapshot is the caller's, after `finish`.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { EarlyThread } from '../platform/threads.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import type { BlobIndex } from './blob-index.ts';
import { encodeIndex, encodeIndexEntry, maximumIndexBlobs } from './format/index-file.ts';
import type { PackedBlob } from './format/pack.ts';
import { loadedByOneBytes, loadIndexes } from './index-loading.ts';
import { isWorthKeeping, startKeeping, type Keeping, type OpenedIndex } from './kept-index/kept-index.ts';
import { openInTurn, type Loaded } from './kept-index/open-in-turn.ts';
import type { FinishedPack } from './pack-builder.ts';
import type { Repository } from './repository.ts';
import type { AdoptedSetup, StoreSetup, StoreWorkerSetup } from './store-protocol.ts';
import type { StoreThreads } from './store-threads.ts';
import { StoringThread } from './storing-thread.ts';

/**
 * What was stored is worth keeping after a crash, so an index is written although it is not full: after a quarter of the
 * time the run has taken, within these bounds. A crash then costs a fifth of the run, or two minutes of it.
 */
const indexInterval = { leastMs: 5_000, mostMs: 120_000 };

export type WriteStatistics = {
  /** New blobs, and their bytes: plain, and as they lie in packs. */
  readonly dataBlobs: number;
  readonly treeBlobs: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
};

export class RepositoryWriter {
  readonly index: BlobIndex;
  readonly #repository: Repository;
  readonly #setup: StoreSetup;
  readonly #threads: StoreThreads;
  readonly #channels: readonly MessageChannel[];
  /** Those that have started, by their position. */
  readonly #storing: StoringThread[] = [];
  readonly #adopted = new Map<EarlyThread, StoringThread>();
  readonly #ready: Promise<unknown>;
  readonly #failure = Promise.withResolvers<never>();
  readonly #saves = new Set<Promise<void>>();
  #failed = false;
  #isClosed = false;
  #entries: Uint8Array[] = [];
  #entryBlobs = 0;
  readonly #startedAt = Date.now();
  #entriesSince = Date.now();
  #keeping: Keeping | null = null;
  #hasFinished = false;
  readonly #blobs = { data: 0, tree: 0 };
  #plainBytes = 0;
  #storedBytes = 0;

  private constructor(
    repository: Repository,
    index: BlobIndex,
    threads: StoreThreads,
    ready: Promise<unknown>,
    throttle: SharedThrottle | null,
  ) {
    this.#repository = repository;
    this.index = index;
    this.#ready = ready;
    this.#failure.promise.catch(() => undefined);
    this.#setup = {
      key: repository.key,
      version: repository.config.version,
      chunkerPolynomial: repository.config.chunkerPolynomial,
      index: index.shared,
      packsInFlight: new Int32Array(new SharedArrayBuffer(4)),
      throttle,
    };
    this.#threads = threads;
    this.#channels = Array.from({ length: threads.count }, () => new MessageChannel());
    for (let position = 0; position < threads.count; position++) if (threads.isStarted(position)) this.start(position);
  }

  /**
   * Loads the index; nothing is saved before `ready` (the repository's lock) has resolved. The threads become the
   * writer's own. A large index that somebody else is loading is waited for, unless the signal says otherwise. `helper` is
   * adopted, and loads a small index so that no thread has to start for it.
   */
  static async open(
    repository: Repository,
    options: {
      readonly ready: Promise<unknown>;
      readonly threads: StoreThreads;
      readonly helper?: EarlyThread | null;
      readonly throttle?: SharedThrottle | null;
      readonly signal?: AbortSignal;
    },
  ): Promise<RepositoryWriter> {
    const { threads, ready, helper = null, throttle = null, signal } = options;
    const load = async (opened: OpenedIndex): Promise<Loaded<RepositoryWriter>> => {
      const writer = new RepositoryWriter(repository, opened.index, threads, ready, throttle);
      try {
        // A damaged index only hides blobs: they are stored once more.
        const loaders = writer.#loadersOf(opened, helper);
        const damaged = await writer.guard(loadIndexes(repository.backend, opened.names, loaders));
        if (damaged.length === 0 && isWorthKeeping(opened)) writer.#keeping = startKeeping(repository, opened);
        return { result: writer, keeping: writer.#keeping };
      } catch (error) {
        await writer.close();
        throw error;
      }
    };
    return openInTurn(repository, load, signal);
  }

  #loadersOf({ names, bytes }: OpenedIndex, helper: EarlyThread | null): readonly StoringThread[] {
    if (names.length === 0) return [];
    if (helper !== null && bytes <= loadedByOneBytes && this.#storing.length === 0) return [this.adopt(helper)];
    return Array.from({ length: this.#threads.count }, (_, position) => this.start(position));
  }

  /**
   * What another thread needs to store trees and to reach the threads that store files. Ports must be transferred; what is
   * sent to one waits there until the thread at its position has started, which `start` does.
   */
  connect(): { readonly setup: StoreSetup; readonly ports: readonly MessagePort[] } {
    return { setup: this.#setup, ports: this.#channels.map(({ port1 }) => port1) };
  }

  /** The thread at this position stores from now on, if it did not already. */
  start(position: number): StoringThread {
    const started = this.#storing[position];
    if (started !== undefined) return started;
    const thread = this.#threads.start(position);
    const { port2 } = this.#channels[position] as MessageChannel;
    thread.worker.postMessage({ setup: this.#setup, clients: [port2] } satisfies StoreWorkerSetup, [port2]);
    return (this.#storing[position] = this.#take(thread));
  }

  /** Takes the packs of a further thread, which is told of the repository first. Its faults are the writer's. */
  adopt(thread: EarlyThread): StoringThread {
    const known = this.#adopted.get(thread);
    if (known !== undefined) return known;
    thread.worker.postMessage({ setup: this.#setup } satisfies AdoptedSetup);
    const adopted = this.#take(thread);
    this.#adopted.set(thread, adopted);
    return adopted;
  }

  /** The promise, or the first fault of any thread or save. */
  async guard<Result>(promise: Promise<Result>): Promise<Result> {
    return Promise.race([promise, this.#failure.promise]);
  }

  /** A pack that lies there already and that no index lists: the next one will, and what is in it is known from now on. */
  async takeIn(packId: string, blobs: readonly PackedBlob[]): Promise<void> {
    const ids = Buffer.from(blobs.map(({ id }) => id).join(''), 'hex');
    // What is loaded may go to the files, while it is read there.
    await this.#keeping?.done;
    this.index.addBlobs(this.index.addPack(Buffer.from(packId, 'hex')), blobs, ids);
    await this.guard(this.#list(encodeIndexEntry(packId, blobs), blobs.length));
  }

  /** Everything durable: packs, then index. `others` are adopted threads that store too. */
  async finish(others: readonly StoringThread[]): Promise<WriteStatistics> {
    await this.guard(Promise.all([...this.#started, ...others].map((thread) => thread.flush())));
    while (this.#saves.size > 0) await this.guard(Promise.all(this.#saves));
    await this.guard(this.#saveIndex());
    this.#hasFinished = true;
    return this.statistics;
  }

  /** What has been stored until now. */
  get statistics(): WriteStatistics {
    return {
      dataBlobs: this.#blobs.data,
      treeBlobs: this.#blobs.tree,
      plainBytes: this.#plainBytes,
      storedBytes: this.#storedBytes,
    };
  }

  /**
   * For a run that will not finish: stores nothing more, and lists in an index the packs that are durable, so that the
   * next run finds what is in them. The lock must still be held. Where even that fails, those packs are leftovers.
   */
  async keepStored(): Promise<void> {
    this.#failed = true;
    await Promise.allSettled(this.#saves);
    const entries = this.#entries.splice(0);
    if (entries.length === 0) return;
    // Sealed here: the threads may be why the run will not finish.
    await this.#repository.saveUnpacked('index', encodeIndex(entries)).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#failed = true;
    this.#isClosed = true;
    // Where one was never handed on, it would keep the process alive.
    for (const { port1, port2 } of this.#channels) for (const port of [port1, port2]) port.close();
    const threads = [...this.#started, ...this.#adopted.values()];
    // Those of a run that has finished have nothing left to do.
    await Promise.all(threads.map((thread) => (this.#hasFinished ? thread.giveBack() : thread.terminate())));
    await Promise.allSettled(this.#saves);
    await (this.#hasFinished ? this.#keeping?.done : this.#keeping?.stop());
    this.index.close();
  }

  get #started(): readonly StoringThread[] {
    return this.#storing.filter((thread) => thread !== undefined);
  }

  #take(early: EarlyThread): StoringThread {
    const thread: StoringThread = new StoringThread(early.worker, {
      onPack: (pack) => this.#receive(thread, pack),
      onWanted: (position) => {
        if (this.#isClosed) return;
        try {
          this.start(position);
        } catch (error) {
          this.#fail(error);
        }
      },
    });
    early.onFailure((error) => {
      if (!thread.isEnded) this.#fail(error);
    });
    return thread;
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#failure.reject(toHoldfastError(error));
  }

  #receive(thread: StoringThread, pack: FinishedPack): void {
    const save = this.#save(pack)
      .then(() => thread.recycle(pack.data.buffer))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#saves.delete(save);
        Atomics.sub(this.#setup.packsInFlight, 0, 1);
        Atomics.notify(this.#setup.packsInFlight, 0);
      });
    this.#saves.add(save);
  }

  async #save(pack: FinishedPack): Promise<void> {
    await this.#ready;
    if (this.#failed) return;
    await this.#repository.backend.save({ type: 'data', name: pack.id }, pack.data);
    await this.#list(pack.indexEntry, pack.blobs);
    this.#blobs[pack.type] += pack.blobs;
    this.#plainBytes += pack.plainBytes;
    this.#storedBytes += pack.data.length;
    if (this.#entryBlobs >= maximumIndexBlobs || this.#isIndexDue()) await this.#saveIndex();
  }

  async #list(indexEntry: Uint8Array, blobs: number): Promise<void> {
    if (this.#entryBlobs + blobs > maximumIndexBlobs) await this.#saveIndex();
    this.#entries.push(indexEntry);
    this.#entryBlobs += blobs;
  }

  #isIndexDue(): boolean {
    const now = Date.now();
    const { leastMs, mostMs } = indexInterval;
    return now - this.#entriesSince > Math.min(mostMs, Math.max(leastMs, (now - this.#startedAt) / 4));
  }

  async #saveIndex(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#entryBlobs = 0;
    this.#entriesSince = Date.now();
    // Whatever is to be listed came from one of them.
    const [thread] = [...this.#started, ...this.#adopted.values()];
    if (entries.length === 0 || thread === undefined) return;
    try {
      const { data, id } = await thread.seal(entries);
      await this.#repository.backend.save({ type: 'index', name: id }, data);
    } catch (error) {
      // Not listed yet, whoever tries again.
      this.#entries.unshift(...entries);
      throw error;
    }
  }
}
