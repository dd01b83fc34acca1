/** Reading a repository: threads that decode, the index they share, and a reader for single blobs on the main thread. */
import { availableParallelism } from 'node:os';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread } from '../platform/threads.ts';
import type { Backend } from './backend/backend.ts';
import { BlobCodec } from './blob-codec.ts';
import type { BlobIndex } from './blob-index.ts';
import { BlobReader, type RangeLoader } from './blob-reader.ts';
import type { PackFault, PackVerdict } from './check-pack.ts';
import {
  createIndexOf,
  loadedByOneBytes,
  loadIndexes,
  type IndexDamage,
  type IndexLoader,
  type ListedPack,
  type NewIndex,
} from './index-loading.ts';
import type { TreePiece } from './format/tree.ts';
import {
  forgetKeptIndex,
  isWorthKeeping,
  startKeeping,
  type Keeping,
  type OpenedIndex,
} from './kept-index/kept-index.ts';
import { openInTurn, type Loaded } from './kept-index/open-in-turn.ts';
import type { ReadReply, ReadRequest, ReadWorkerData } from './read-protocol.ts';
import type { Repository } from './repository.ts';
import type { BlobRescue } from './rescue.ts';
import { loadTree } from './tree-lookup.ts';

/** Opening and parsing takes a millisecond for each 100 KiB. */
const largeTreeBytes = 512 * 1024;
/** Less of the index than this is read sooner by one thread than another one starts. */
const indexBytesOfThread = 2 * 1024 * 1024;

/** A thread that will work with the index, and can load it. */
export interface IndexHelper extends IndexLoader {
  terminate(): Promise<void>;
}

export type ReadPoolOptions = {
  readonly threads?: number;
  readonly onPack?: (pack: ListedPack) => void;
  /** Asked for what cannot be read. */
  readonly rescue?: BlobRescue | null;
  /** Whether an index of which much had to be read is kept for the next one, which waits for that. */
  readonly keep?: boolean;
  /** Starts whoever loads a small index, in place of a thread of the pool; it is the caller's from then on, where that succeeds. */
  readonly helper?: (index: BlobIndex) => IndexHelper;
  readonly signal?: AbortSignal;
};

export class ReadPool {
  readonly index: BlobIndex;
  readonly reader: BlobReader;
  readonly threads: readonly ReadThread[];
  /** Index files that could not be read: what only they list is hidden. */
  damagedIndexes: readonly IndexDamage[] = [];
  #keeping: Keeping | null = null;
  #turn = 0;

  private constructor(repository: Repository, index: BlobIndex, threadCount: number, rescue: BlobRescue | null = null) {
    this.index = index;
    const { key, config, backend } = repository;
    const codec = new BlobCodec(key, config.version);
    const load: RangeLoader = (name, range) => backend.load({ type: 'data', name }, range);
    this.reader = new BlobReader(codec, index, load, rescue);
    const workerData: ReadWorkerData = {
      key,
      version: config.version,
      index: index.shared,
      localFolder: backend.localFolder,
    };
    this.threads = Array.from({ length: threadCount }, () => new ReadThread(workerData));
  }

  /** A large index that somebody else is loading is waited for, unless the signal says otherwise. */
  static async open(repository: Repository, options: ReadPoolOptions = {}): Promise<ReadPool> {
    // Who wants to see what each index file lists has to read them all.
    if (options.onPack !== undefined)
      return ReadPool.#fill(repository, await createIndexOf(repository.backend), options);
    const load = async (opened: OpenedIndex): Promise<Loaded<ReadPool>> => {
      const pool = await ReadPool.#fill(repository, opened, options);
      const isKept = options.keep === true && pool.damagedIndexes.length === 0 && isWorthKeeping(opened);
      if (isKept) pool.#keeping = startKeeping(repository, opened);
      return { result: pool, keeping: pool.#keeping };
    };
    return openInTurn(repository, load, options.signal);
  }

  static async #fill(
    repository: Repository,
    { index, names, bytes }: NewIndex,
    { onPack, threads = Math.max(2, Math.min(8, availableParallelism())), rescue = null, helper }: ReadPoolOptions,
  ): Promise<ReadPool> {
    const pool = new ReadPool(repository, index, threads, rescue);
    const helping = names.length > 0 && bytes <= loadedByOneBytes ? helper?.(index) : undefined;
    try {
      const loaders = pool.threads
        .slice(0, Math.ceil(bytes / indexBytesOfThread))
        .map((thread): IndexLoader => ({ loadIndex: (sealed) => thread.loadIndex(sealed, onPack) }));
      pool.damagedIndexes = await loadIndexes(repository.backend, names, helping === undefined ? loaders : [helping]);
      // What is kept would hide from runs that index files are damaged, and what they list is to be stored again.
      if (pool.damagedIndexes.length > 0) await forgetKeptIndex(repository.config.id);
      return pool;
    } catch (error) {
      await helping?.terminate();
      await pool.close();
      throw error;
    }
  }

  /** Over an index that somebody else has made and closes; reading goes on while whoever that is adds to it. */
  static over(repository: Repository, index: BlobIndex): ReadPool {
    return new ReadPool(repository, index, 1);
  }

  /**
   * The nodes of a tree, some at a time. One that takes longer to open than others should wait is opened in a thread.
   * Throws as `loadTree`.
   */
  async *tree(id: string): AsyncGenerator<TreePiece, void> {
    const thread = this.threads[this.#turn++ % this.threads.length];
    const length = this.index.findHex('tree', id) < 0 ? 0 : this.reader.plainLength('tree', id);
    const sealed = length < largeTreeBytes ? null : await this.reader.loadSealed('tree', id).catch(() => null);
    // What cannot be had sealed may come from elsewhere; else that reading says why.
    if (thread === undefined || sealed === null) yield* await loadTree(this.reader, id);
    else yield* thread.tree(id, sealed);
  }

  /** For who needs only the index from now on. */
  async endThreads(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  /** Resolves when the index is kept for others, where that was asked for and is worth it; a signal ends it. */
  async kept(signal: AbortSignal): Promise<void> {
    const stop = (): void => void this.#keeping?.stop();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    await this.#keeping?.done;
    signal.removeEventListener('abort', stop);
  }

  /** No other thread may use the index any more. What is still being kept is given up. */
  async close(): Promise<void> {
    await Promise.all([this.endThreads(), this.#keeping?.stop()]);
    this.index.close();
  }
}

type Waiter = { readonly resolve: (result: ReadReply['result']) => void; readonly reject: (error: Error) => void };
type WithoutJob<Request> = Request extends unknown ? Omit<Request, 'job'> : never;

/** A thread that starts with the first thing it is asked: most repositories are read by fewer than there could be. */
export class ReadThread implements IndexLoader {
  readonly #data: ReadWorkerData;
  #worker: Thread | null = null;
  #ended = false;
  readonly #waiting = new Map<number, Waiter>();
  #nextJob = 1;

  constructor(data: ReadWorkerData) {
    this.#data = data;
  }

  async loadIndex(sealed: Uint8Array<ArrayBuffer>, onPack?: (pack: ListedPack) => void): Promise<boolean> {
    const loaded = await this.#ask({ type: 'loadIndex', sealed, list: onPack !== undefined }, sealed.buffer);
    if (!('intact' in loaded)) return false;
    if (onPack !== undefined) loaded.packs.forEach(onPack);
    return loaded.intact;
  }

  /** All that is wrong with a pack, and its length. Throws what the backend throws where it cannot be read. */
  async checkPack(
    backend: Backend,
    packId: string,
    expected: readonly Uint8Array[],
  ): Promise<{ readonly bytes: number; readonly faults: readonly PackFault[] }> {
    const own = backend.localFolder === null ? null : await this.#askPack(packId, null, expected);
    if (own !== null && own.bytes !== null) return { bytes: own.bytes, faults: own.faults };
    const data = await backend.load({ type: 'data', name: packId });
    const bytes = data.length;
    return { bytes, faults: (await this.#askPack(packId, data, expected)).faults };
  }

  /** The nodes of a tree, which the thread opens. */
  async *tree(id: string, sealed: Uint8Array<ArrayBuffer>): AsyncGenerator<TreePiece, void> {
    const opened = this.#nextJob;
    try {
      let step = await this.#ask({ type: 'openTree', tree: id, sealed }, sealed.buffer);
      for (;;) {
        if ('failed' in step) throw new HoldfastError(step.failed.code, step.failed.message);
        if (!('piece' in step) || step.piece === null) return;
        yield step.piece;
        step = await this.#ask({ type: 'nextNodes', opened });
      }
    } finally {
      // Whoever has seen enough leaves the rest.
      await this.#ask({ type: 'closeTree', opened }).catch(() => undefined);
    }
  }

  async #askPack(
    packId: string,
    data: Uint8Array<ArrayBuffer> | null,
    expected: readonly Uint8Array[],
  ): Promise<PackVerdict> {
    const verdict = await this.#ask({ type: 'checkPack', packId, data, expected }, data?.buffer);
    return 'bytes' in verdict ? verdict : { bytes: null, faults: [] };
  }

  async terminate(): Promise<void> {
    this.#ended = true;
    if (this.#worker !== null) await (this.#waiting.size === 0 ? giveBackThread : stopThread)(this.#worker);
  }

  #start(): Thread {
    const worker = lendThread(new URL('./read-worker.ts', import.meta.url), {
      data: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 },
    });
    worker.on('message', ({ job, result }: ReadReply) => {
      this.#waiting.get(job)?.resolve(result);
      this.#waiting.delete(job);
    });
    worker.on('error', (error) => this.#abandon(error));
    worker.on('exit', () => {
      this.#ended = true;
      this.#abandon(new Error('a thread ended before its work'));
    });
    return worker;
  }

  #abandon(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(toHoldfastError(error));
    this.#waiting.clear();
  }

  async #ask(request: WithoutJob<ReadRequest>, transfer?: ArrayBuffer): Promise<ReadReply['result']> {
    const job = this.#nextJob++;
    const { promise, resolve, reject } = Promise.withResolvers<ReadReply['result']>();
    this.#waiting.set(job, { resolve, reject });
    // Gone already: nobody would ever answer.
    if (this.#ended) this.#abandon(new Error('a thread ended before its work'));
    else (this.#worker ??= this.#start()).postMessage({ ...request, job }, transfer === undefined ? [] : [transfer]);
    return promise;
  }
}
