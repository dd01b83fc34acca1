/** The indexing thread, seen from the main thread. It loads a small index itself, so that no other has to start for it. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { IndexScope } from '../catalog/versions.ts';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread } from '../platform/threads.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import type { IndexHelper } from '../repository/read-pool.ts';
import { serveRanges } from '../repository/range-channel.ts';
import type { Repository } from '../repository/repository.ts';
import type { IndexMessage, IndexNews, IndexRequest, IndexWorkerData } from './index-protocol.ts';

export type IndexWork = {
  readonly repository: Repository;
  readonly index: BlobIndex;
  /** Becomes the thread's own. */
  readonly catalogPort: MessagePort;
  readonly caller: Caller;
  readonly scope: IndexScope;
};

export class IndexThread implements IndexHelper {
  readonly #worker: Thread;
  readonly #rangePort: MessagePort;
  readonly #loads: ((isIntact: boolean) => void)[] = [];
  readonly #finished = Promise.withResolvers<void>();
  #hasFinished = false;
  #listener: (message: IndexNews) => void = () => undefined;

  constructor({ repository, index, catalogPort, caller, scope }: IndexWork) {
    const { port1, port2 } = new MessageChannel();
    serveRanges(port1, repository.backend);
    this.#rangePort = port1;
    const data: IndexWorkerData = {
      key: repository.key,
      version: repository.config.version,
      index: index.shared,
      rangePort: port2,
      catalogPort,
      caller,
      scope,
    };
    this.#worker = lendThread(new URL('./index-worker.ts', import.meta.url), {
      data,
      transferList: [port2, catalogPort],
      resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 },
    });
    this.#finished.promise.catch(() => undefined);
    this.#worker.on('message', (message: IndexMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#finished.reject(error));
    this.#worker.on('exit', () => this.#finished.reject(new Error('a thread ended before its work')));
  }

  async loadIndex(sealed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#loads.push(resolve);
    this.#post({ type: 'loadIndex', sealed }, [sealed.buffer]);
    // A thread that dies answers nobody.
    return Promise.race([promise, this.#finished.promise.then(() => false)]);
  }

  /** Resolves when all has been taken in; the signal ends it between two folders. */
  async run(signal: AbortSignal, listener: (news: IndexNews) => void): Promise<void> {
    this.#listener = listener;
    const stop = (): void => this.#post({ type: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      this.#post({ type: 'begin' });
      await this.#finished.promise;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async terminate(): Promise<void> {
    this.#rangePort.close();
    await (this.#hasFinished ? giveBackThread(this.#worker) : stopThread(this.#worker));
  }

  #post(request: IndexRequest, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  #receive(message: IndexMessage): void {
    if (message.type === 'indexLoaded') this.#loads.shift()?.(message.isIntact);
    else if (message.type === 'finished') {
      this.#hasFinished = true;
      this.#finished.resolve();
    } else if (message.type === 'failed') this.#finished.reject(new HoldfastError(message.code, message.message));
    else this.#listener(message);
  }
}
