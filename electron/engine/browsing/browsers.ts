/** Who looks into which repository: a thread for each, started by the first look, ended when nobody has looked for a while. */
import { HoldfastError, throwIfCancelled, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { Repository } from '../repository/repository.ts';
import { BrowseThread } from './browse-thread.ts';
import type { FileRequest, FolderPart, FoundFolder, PageRequest } from './tree-browser.ts';

const idleMs = 5 * 60_000;
const leavingPollMs = 500;

/** What a newer index may know more of: a snapshot that has come since, a pack that a prune has written anew. */
const staleCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BLOB_MISSING',
  'BLOB_DAMAGED',
  'STORED_FILE_MISSING',
  'STORED_FILE_DAMAGED',
]);

export class Browsers {
  readonly #threads = new Map<string, Promise<BrowseThread>>();
  /** Their index is of the past; they still answer what they were asked. */
  readonly #leaving = new Set<BrowseThread>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #idleMs: number;
  #closed = false;

  constructor(options: { readonly idleMs?: number } = {}) {
    this.#idleMs = options.idleMs ?? idleMs;
  }

  /** A part of a folder. PATH_NOT_IN_SNAPSHOT, TREE_INVALID, BLOB_MISSING, BLOB_DAMAGED, CANCELLED. */
  async page(repository: Repository, request: PageRequest, signal?: AbortSignal): Promise<FolderPart> {
    return this.#ask(repository, (thread) => thread.page(request), signal);
  }

  /** The folders in a folder of a tree, in byte order; null where there is no such path. Throws as `page`. */
  async folders(
    repository: Repository,
    { tree, path }: { readonly tree: string; readonly path: RawPath },
    signal?: AbortSignal,
  ): Promise<readonly FoundFolder[] | null> {
    return this.#ask(repository, (thread) => thread.folders(tree, path), signal);
  }

  /** The content of a small file; null where there is none. Throws as `page`, TREE_INVALID where it is too large. */
  async file(
    repository: Repository,
    request: FileRequest,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#ask(repository, (thread) => thread.file(request), signal);
  }

  async #ask<Answer>(
    repository: Repository,
    question: (thread: BrowseThread) => Promise<Answer>,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    throwIfCancelled(signal);
    const left = Promise.withResolvers<never>();
    left.promise.catch(() => undefined);
    const leave = (): void => left.reject(toHoldfastError(signal?.reason));
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.#answer(repository, question), left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Starts the thread of a repository that will be looked into soon: a first look then takes half as long. */
  prepare(repository: Repository): void {
    const key = keyOf(repository);
    this.#thread(key, repository).then(
      () => this.#endLater(key),
      // Whoever looks meets it again.
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const leaving = [...this.#leaving];
    this.#leaving.clear();
    await Promise.all([
      ...leaving.map((thread) => thread.close()),
      ...[...this.#threads.keys()].map((key) => this.#end(key)),
    ]);
  }

  async #answer<Answer>(repository: Repository, question: (thread: BrowseThread) => Promise<Answer>): Promise<Answer> {
    const key = keyOf(repository);
    const thread = await this.#thread(key, repository);
    const { generation } = thread;
    try {
      return await question(thread);
    } catch (error) {
      if (!(error instanceof HoldfastError) || !staleCodes.has(error.code)) throw error;
      const found = await thread.refresh();
      if (found === 'same' && thread.generation === generation) throw error;
      if (found === 'other') await this.#replace(key, thread);
      return await question(await this.#thread(key, repository));
    } finally {
      this.#endLater(key);
    }
  }

  async #thread(key: string, repository: Repository): Promise<BrowseThread> {
    const running = this.#threads.get(key);
    if (running !== undefined) {
      const thread = await running;
      if (!thread.hasEnded) return thread;
      // It has died, of a folder that was too much for it perhaps.
      if (this.#threads.get(key) === running) this.#threads.delete(key);
      return this.#thread(key, repository);
    }
    if (this.#closed) throw new HoldfastError('CANCELLED', 'The engine is ending.');
    const starting = BrowseThread.start(repository);
    this.#threads.set(key, starting);
    starting.catch(() => {
      if (this.#threads.get(key) === starting) this.#threads.delete(key);
    });
    return starting;
  }

  /** The next call starts a new one; whoever still waits for the old one is answered first. */
  async #replace(key: string, thread: BrowseThread): Promise<void> {
    if ((await this.#threads.get(key)) !== thread) return;
    this.#threads.delete(key);
    this.#leaving.add(thread);
    this.#endWhenIdle(thread);
  }

  #endWhenIdle(thread: BrowseThread): void {
    if (!thread.isIdle) setTimeout(() => this.#endWhenIdle(thread), leavingPollMs).unref();
    else if (this.#leaving.delete(thread)) void thread.close();
  }

  #endLater(key: string): void {
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => void this.#endIdle(key), this.#idleMs);
    this.#timers.set(key, timer.unref());
  }

  async #endIdle(key: string): Promise<void> {
    const thread = await this.#threads.get(key)?.catch(() => undefined);
    if (thread === undefined) return;
    if (thread.isIdle) await this.#end(key);
    else this.#endLater(key);
  }

  async #end(key: string): Promise<void> {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const running = this.#threads.get(key);
    this.#threads.delete(key);
    await (await running?.catch(() => undefined))?.close();
  }
}

function keyOf({ backend, config }: Repository): string {
  return `${config.id} ${backend.location}`;
}
