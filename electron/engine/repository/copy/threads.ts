/** The threads that copy, seen from the main thread. */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { throwIfCancelled } from '../../../../shared/model/errors.ts';
import { lendThread } from '../../platform/lent-threads.ts';
import { EarlyThread } from '../../platform/threads.ts';
import { WaitingCalls } from '../../platform/waiting-calls.ts';
import type { BlobIndex } from '../blob-index.ts';
import { createIndexOf, loadIndexes, type IndexDamage } from '../index-loading.ts';
import { serveRanges } from '../range-channel.ts';
import type { Repository } from '../repository.ts';
import type { RepositoryWriter } from '../writer.ts';
import type { CallName, CopyCalls, CopyThreadReply } from './protocol.ts';

/** Requests that a thread has at the same time: where it fetches from elsewhere, some wait for their bytes. */
const requestsOfThread = { local: 2, remote: 4 } as const;

export function startCopyThreads(): readonly EarlyThread[] {
  const script = new URL('./worker.ts', import.meta.url);
  const limits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 6 };
  const count = Math.max(2, Math.min(8, availableParallelism()));
  return Array.from({ length: count }, () => new EarlyThread(lendThread(script, { resourceLimits: limits })));
}

/** The source as all threads see it. */
export class CopyPool {
  readonly index: BlobIndex;
  /** See `standing`. */
  readonly standings: Uint8Array<SharedArrayBuffer>;
  readonly walked: Uint8Array<SharedArrayBuffer>;
  readonly threads: readonly CopyThread[];
  readonly isLocal: boolean;
  readonly #ranges: readonly MessagePort[];
  readonly #signal: AbortSignal;

  private constructor(from: Repository, index: BlobIndex, ports: readonly MessagePort[], signal: AbortSignal) {
    const { key, config, backend } = from;
    this.index = index;
    this.standings = new Uint8Array(new SharedArrayBuffer(index.shared.entryCapacity));
    this.walked = new Uint8Array(new SharedArrayBuffer(index.shared.entryCapacity));
    this.isLocal = backend.localFolder !== null;
    this.#signal = signal;
    const channels = ports.map(() => new MessageChannel());
    this.#ranges = channels.map(({ port1 }) => port1);
    for (const port of this.#ranges) serveRanges(port, backend);
    this.threads = ports.map((port) => new CopyThread(port));
    const { standings, walked } = this;
    const { localFolder } = backend;
    const setup = { key, version: config.version, index: index.shared, localFolder, standings, walked };
    for (const [at, { port2 }] of channels.entries())
      this.threads[at]?.call('open', { ...setup, ranges: port2 }, [port2]).catch(() => undefined);
  }

  /** Loads the source's index through the threads of the writer, which end with it. */
  static async open(
    from: Repository,
    writer: RepositoryWriter,
    signal: AbortSignal,
  ): Promise<{ readonly pool: CopyPool; readonly damagedIndexes: readonly IndexDamage[] }> {
    const { index, names } = await createIndexOf(from.backend);
    const pool = new CopyPool(from, index, writer.connect().ports, signal);
    try {
      const loaders = pool.threads.map((thread) => ({
        loadIndex: (sealed: Uint8Array<ArrayBuffer>) => thread.call('loadIndex', { sealed }, [sealed.buffer]),
      }));
      return { pool, damagedIndexes: await writer.guard(loadIndexes(from.backend, names, loaders)) };
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  /** Runs `work` on every thread, several times at the same time, so that the next request waits there when one is done. */
  async everywhere(work: (thread: CopyThread) => Promise<void>): Promise<void> {
    const times = this.isLocal ? requestsOfThread.local : requestsOfThread.remote;
    await Promise.all(
      Array.from({ length: times }, () => this.threads)
        .flat()
        .map(work),
    );
    throwIfCancelled(this.#signal);
  }

  /** Nobody has looked into any folder any more. */
  forgetWalked(): void {
    this.walked.fill(0, 0, this.index.blobCount);
  }

  close(): void {
    for (const thread of this.threads) thread.close();
    for (const port of this.#ranges) port.close();
    this.index.close();
  }
}

export class CopyThread {
  readonly #port: MessagePort;
  readonly #calls = new WaitingCalls();
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (reply: CopyThreadReply) => this.#calls.receive(reply));
    port.on('close', () => this.#abandon());
  }

  async call<Name extends CallName>(
    call: Name,
    ask: CopyCalls[Name]['ask'],
    transfer: (ArrayBuffer | MessagePort)[] = [],
  ): Promise<CopyCalls[Name]['answer']> {
    return this.#calls.make((job) => {
      // Gone already: nobody would ever answer.
      if (this.#isClosed) this.#calls.abandon();
      else this.#port.postMessage({ call, job, ask }, transfer);
    });
  }

  close(): void {
    this.#port.close();
    this.#abandon();
  }

  #abandon(): void {
    this.#isClosed = true;
    this.#calls.abandon();
  }
}
