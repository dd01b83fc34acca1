/** The main thread's end of a browsing thread, with the blob index that it looks trees up in. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread } from '../platform/threads.ts';
import type { StoredFile } from '../repository/backend/backend.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import { createIndexOf, loadIndexes, type IndexLoader } from '../repository/index-loading.ts';
import { serveRanges } from '../repository/range-channel.ts';
import { ReadPool } from '../repository/read-pool.ts';
import type { Repository } from '../repository/repository.ts';
import type { BrowseReply, BrowseRequest, BrowseWorkerData } from './browse-protocol.ts';
import type { FileRequest, FolderPart, FoundFolder, PageRequest } from './tree-browser.ts';

/** More than this is read by several threads, which takes longer to begin and less to end. */
const largeIndexBytes = 16 * 1024 * 1024;
/** Folders lie outside of the heap. */
const limits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 };

type Waiter = { readonly resolve: (reply: BrowseReply) => void; readonly reject: (error: Error) => void };
type WithoutNumber<Request> = Request extends unknown ? Omit<Request, 'request'> : never;

export class BrowseThread implements IndexLoader {
  readonly #repository: Repository;
  readonly #index: BlobIndex;
  readonly #worker: Thread;
  readonly #ranges: MessagePort;
  readonly #waiting = new Map<number, Waiter>();
  #loaded: ReadonlySet<string>;
  #refreshing: Promise<'same' | 'more' | 'other'> | null = null;
  #nextRequest = 1;
  #ended = false;
  #generation = 0;

  static async start(repository: Repository): Promise<BrowseThread> {
    const files = await repository.backend.list('index');
    if (sizeOf(files) > largeIndexBytes) {
      const pool = await ReadPool.open(repository);
      await pool.endThreads();
      return new BrowseThread(repository, pool.index, files);
    }
    const { index, names } = await createIndexOf(repository.backend);
    const thread = new BrowseThread(repository, index, files);
    try {
      await loadIndexes(repository.backend, names, [thread]);
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  private constructor(repository: Repository, index: BlobIndex, files: readonly StoredFile[]) {
    const { port1, port2 } = new MessageChannel();
    const data: BrowseWorkerData = {
      key: repository.key,
      version: repository.config.version,
      index: index.shared,
      rangePort: port2,
    };
    this.#repository = repository;
    this.#index = index;
    this.#loaded = namesOf(files);
    this.#ranges = port1;
    serveRanges(port1, repository.backend, repository.rescue);
    this.#worker = lendThread(new URL('./browse-worker.ts', import.meta.url), {
      data,
      transferList: [port2],
      resourceLimits: limits,
    });
    this.#worker.on('message', (reply: BrowseReply) => {
      this.#waiting.get(reply.request)?.resolve(reply);
      this.#waiting.delete(reply.request);
      this.#hold();
    });
    this.#worker.on('error', (error) => this.#abandon(error));
    this.#worker.on('exit', () => this.#abandon(new HoldfastError('INTERNAL', 'A browsing thread has ended.')));
    this.#hold();
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Grows with every index file that is read. */
  get generation(): number {
    return this.#generation;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  async page(page: PageRequest): Promise<FolderPart> {
    const reply = await this.#ask({ type: 'page', page }, []);
    if ('part' in reply) return reply.part;
    throw new HoldfastError('INTERNAL', 'A browsing thread gave another answer.');
  }

  async folders(tree: string, path: RawPath): Promise<readonly FoundFolder[] | null> {
    const reply = await this.#ask({ type: 'folders', tree, path }, []);
    if ('folders' in reply) return reply.folders;
    throw new HoldfastError('INTERNAL', 'A browsing thread gave another answer.');
  }

  async file(file: FileRequest): Promise<Uint8Array<ArrayBuffer> | null> {
    const reply = await this.#ask({ type: 'file', file }, []);
    if ('content' in reply) return reply.content;
    throw new HoldfastError('INTERNAL', 'A browsing thread gave another answer.');
  }

  async loadIndex(sealed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const reply = await this.#ask({ type: 'loadIndex', sealed }, [sealed.buffer]);
    return 'intact' in reply && reply.intact;
  }

  /**
   * Reads the index files that have come since. `other`: some have gone, as after a prune; what they said is no longer
   * true, and a new thread is needed.
   */
  async refresh(): Promise<'same' | 'more' | 'other'> {
    this.#refreshing ??= this.#readNewIndexes().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #readNewIndexes(): Promise<'same' | 'more' | 'other'> {
    const files = await this.#repository.backend.list('index');
    const present = namesOf(files);
    if (!this.#loaded.isSubsetOf(present)) return 'other';
    const unseen = files.filter(({ name }) => !this.#loaded.has(name));
    if (unseen.length === 0) return 'same';
    if (sizeOf(unseen) > largeIndexBytes) return 'other';
    await loadIndexes(
      this.#repository.backend,
      unseen.map(({ name }) => name),
      [this],
    );
    this.#loaded = present;
    this.#generation += 1;
    return 'more';
  }

  async close(): Promise<void> {
    const leave = this.isIdle ? giveBackThread : stopThread;
    this.#abandon(new HoldfastError('CANCELLED', 'Nobody looks at the repository any more.'));
    await leave(this.#worker);
    this.#index.close();
  }

  #abandon(error: unknown): void {
    this.#ended = true;
    this.#ranges.close();
    for (const { reject } of this.#waiting.values()) reject(toHoldfastError(error));
    this.#waiting.clear();
  }

  async #ask(request: WithoutNumber<BrowseRequest>, transfer: readonly ArrayBuffer[]): Promise<BrowseReply> {
    if (this.#ended) throw new HoldfastError('INTERNAL', 'A browsing thread has ended.');
    const number = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<BrowseReply>();
    this.#waiting.set(number, { resolve, reject });
    this.#hold();
    this.#worker.postMessage({ ...request, request: number }, transfer);
    const reply = await promise;
    if ('code' in reply) throw new HoldfastError(reply.code, reply.message);
    return reply;
  }

  /** A thread without work does not keep the process from ending. */
  #hold(): void {
    if (this.isIdle) {
      this.#worker.unref();
      this.#ranges.unref();
    } else {
      this.#worker.ref();
      this.#ranges.ref();
    }
  }
}

function sizeOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function namesOf(files: readonly StoredFile[]): ReadonlySet<string> {
  return new Set(files.map(({ name }) => name));
}
