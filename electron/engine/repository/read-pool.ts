/** Reading a repository: threads that decode, the index they share, and a reader for single blobs on the main thread. */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { startThread, stopThread } from '../platform/threads.ts';
import type { Backend } from './backend/backend.ts';
import { BlobCodec } from './blob-codec.ts';
import type { BlobIndex } from './blob-index.ts';
import { BlobReader } from './blob-reader.ts';
import type { PackFault, PackVerdict } from './check-pack.ts';
import { createIndex, loadIndexes, type IndexDamage, type IndexLoader, type ListedPack } from './index-loading.ts';
import type { ReadReply, ReadRequest, ReadWorkerData } from './read-protocol.ts';
import type { Repository } from './repository.ts';

export class ReadPool {
  readonly index: BlobIndex;
  readonly reader: BlobReader;
  readonly threads: readonly ReadThread[];
  /** Index files that could not be read: what only they list is hidden. */
  damagedIndexes: readonly IndexDamage[] = [];

  private constructor(repository: Repository, index: BlobIndex, threadCount: number) {
    this.index = index;
    const { key, config, backend } = repository;
    const codec = new BlobCodec(key, config.version);
    this.reader = new BlobReader(codec, index, (name, range) => backend.load({ type: 'data', name }, range));
    const workerData: ReadWorkerData = {
      key,
      version: config.version,
      index: index.shared,
      localFolder: backend.localFolder,
    };
    this.threads = Array.from({ length: threadCount }, () => new ReadThread(workerData));
  }

  static async open(
    repository: Repository,
    options: { readonly threads?: number; readonly onPack?: (pack: ListedPack) => void } = {},
  ): Promise<ReadPool> {
    const { index, names } = await createIndex(repository.backend);
    const { onPack } = options;
    const pool = new ReadPool(repository, index, options.threads ?? Math.max(2, Math.min(8, availableParallelism())));
    try {
      pool.damagedIndexes = await loadIndexes(
        repository.backend,
        names,
        pool.threads.map((thread) => ({ loadIndex: (sealed) => thread.loadIndex(sealed, onPack) })),
      );
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** For who needs only the index from now on. */
  async endThreads(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  /** No other thread may use the index any more. */
  async close(): Promise<void> {
    await this.endThreads();
    this.index.close();
  }
}

type Waiter = { readonly resolve: (result: ReadReply['result']) => void; readonly reject: (error: Error) => void };
type WithoutJob<Request> = Request extends unknown ? Omit<Request, 'job'> : never;

export class ReadThread implements IndexLoader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  #nextJob = 1;

  constructor(data: ReadWorkerData) {
    this.#worker = startThread(new URL('./read-worker.ts', import.meta.url), {
      data,
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 },
    });
    this.#worker.on('message', ({ job, result }: ReadReply) => {
      this.#waiting.get(job)?.resolve(result);
      this.#waiting.delete(job);
    });
    this.#worker.on('error', (error) => this.#abandon(error));
    this.#worker.on('exit', () => this.#abandon(new Error('a thread ended before its work')));
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

  async #askPack(
    packId: string,
    data: Uint8Array<ArrayBuffer> | null,
    expected: readonly Uint8Array[],
  ): Promise<PackVerdict> {
    const verdict = await this.#ask({ type: 'checkPack', packId, data, expected }, data?.buffer);
    return 'bytes' in verdict ? verdict : { bytes: null, faults: [] };
  }

  async terminate(): Promise<void> {
    await stopThread(this.#worker);
  }

  #abandon(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(toHoldfastError(error));
    this.#waiting.clear();
  }

  async #ask(request: WithoutJob<ReadRequest>, transfer?: ArrayBuffer): Promise<ReadReply['result']> {
    const job = this.#nextJob++;
    const { promise, resolve, reject } = Promise.withResolvers<ReadReply['result']>();
    this.#waiting.set(job, { resolve, reject });
    this.#worker.postMessage({ ...request, job }, transfer === undefined ? [] : [transfer]);
    return promise;
  }
}
