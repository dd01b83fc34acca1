/** Blocks of an image, read by threads: the main thread only hands them on. */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { startThread, stopThread, type Thread } from '../../platform/threads.ts';
import { WorkLanes } from '../../platform/work-lanes.ts';
import type { ReadPool } from '../../repository/read-pool.ts';
import { serveRanges } from '../../repository/range-channel.ts';
import type { Repository } from '../../repository/repository.ts';
import type { BlobStretch } from './block-map.ts';
import type { BlockAnswer, BlockReply, BlockRequest, ImageWorkerData } from './image-protocol.ts';

const requestsPerThread = 4;
const heapMb = 256;

export class ImageReader implements AsyncDisposable {
  readonly #workers: Thread[] = [];
  readonly #ranges: MessagePort[] = [];
  readonly #lanes: WorkLanes<BlockRequest, BlockReply>;
  readonly #failure = Promise.withResolvers<never>();

  constructor(repository: Repository, pool: ReadPool) {
    this.#failure.promise.catch(() => undefined);
    const threads = Math.max(1, Math.min(4, availableParallelism() - 1));
    const clients = Array.from({ length: threads }, () => this.#start(repository, pool));
    this.#lanes = new WorkLanes(clients, { requestsPerThread, queueLimit: Number.POSITIVE_INFINITY });
  }

  /** Writes it into memory of `keptMemory`, and gives its SHA-256; null where it is nothing but zeros. Throws why it cannot be read. */
  async read(stretches: readonly BlobStretch[], into: Uint8Array): Promise<Uint8Array | null> {
    const answered = Promise.withResolvers<BlockAnswer>();
    this.#lanes.ask({ stretches, into }, ({ block }) => answered.resolve(block));
    const block = await Promise.race([answered.promise, this.#failure.promise]);
    if ('error' in block) throw new HoldfastError(block.error.code, block.error.message);
    return block.hash;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => stopThread(worker)));
    this.#lanes.close();
    for (const port of this.#ranges) port.close();
  }

  #start({ key, config, backend }: Repository, pool: ReadPool): MessagePort {
    const [range, client] = [new MessageChannel(), new MessageChannel()];
    serveRanges(range.port1, backend);
    this.#ranges.push(range.port1);
    const data: ImageWorkerData = {
      key,
      version: config.version,
      index: pool.index.shared,
      rangePort: range.port2,
      localFolder: backend.localFolder,
      client: client.port2,
    };
    const worker = startThread(new URL('./image-worker.ts', import.meta.url), {
      data,
      transferList: [range.port2, client.port2],
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    });
    const fail = (error: unknown): void => this.#failure.reject(toHoldfastError(error));
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('a thread ended before its work')));
    this.#workers.push(worker);
    return client.port1;
  }
}
