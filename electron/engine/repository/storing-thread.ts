/** One thread that delivers packs, seen from the main thread. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { giveBackThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread } from '../platform/threads.ts';
import type { IndexLoader } from './index-loading.ts';
import type { FinishedPack } from './pack-builder.ts';
import type { DeliveryMessage, DeliveryRequest } from './store-protocol.ts';

type SealedFile = { readonly data: Uint8Array<ArrayBuffer>; readonly id: string };

/** Requests of a kind are answered in order. */
export class StoringThread implements IndexLoader {
  readonly #worker: Thread;
  readonly #flushes: Waiting<void>[] = [];
  readonly #seals: Waiting<SealedFile>[] = [];
  readonly #loads: Waiting<boolean>[] = [];
  #ended = false;

  constructor(
    worker: Thread,
    { onPack, onWanted }: { onPack: (pack: FinishedPack) => void; onWanted: (position: number) => void },
  ) {
    this.#worker = worker;
    worker.on('message', (message: DeliveryMessage) => {
      switch (message.type) {
        case 'pack':
          onPack(message.pack);
          return;
        case 'flushed':
          this.#flushes.shift()?.resolve();
          return;
        case 'sealed':
          this.#seals.shift()?.resolve(message);
          return;
        case 'indexLoaded':
          this.#loads.shift()?.resolve(!message.damaged);
          return;
        case 'wanted':
          onWanted(message.position);
      }
    });
    worker.on('exit', () => this.#abandon());
  }

  async flush(): Promise<void> {
    return this.#ask(this.#flushes, { type: 'flush' });
  }

  /** Gives back the memory of a saved pack. */
  recycle(memory: ArrayBufferLike): void {
    if (memory instanceof SharedArrayBuffer)
      this.#worker.postMessage({ type: 'recycle', memory } satisfies DeliveryRequest);
  }

  /** An index file; the entries stay whose they are. */
  async seal(entries: readonly Uint8Array[]): Promise<SealedFile> {
    return this.#ask(this.#seals, { type: 'seal', entries });
  }

  async loadIndex(sealed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    return this.#ask(this.#loads, { type: 'loadIndex', sealed }, [sealed.buffer]);
  }

  /** Ended on purpose: that it is gone is no fault. */
  get isEnded(): boolean {
    return this.#ended;
  }

  async terminate(): Promise<void> {
    this.#ended = true;
    await stopThread(this.#worker);
  }

  /** As `terminate`, of one that has answered all it was asked. */
  async giveBack(): Promise<void> {
    this.#ended = true;
    await giveBackThread(this.#worker);
  }

  async #ask<Answer>(
    waiting: Waiting<Answer>[],
    request: DeliveryRequest,
    transfer: ArrayBuffer[] = [],
  ): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    waiting.push(answer);
    // The thread may be gone already: then nobody would ever answer.
    if (this.#worker.hasEnded) this.#abandon();
    else this.#worker.postMessage(request, transfer);
    return answer.promise;
  }

  #abandon(): void {
    const error = new HoldfastError('CANCELLED', 'The thread was stopped before it answered.');
    for (const waiting of [this.#flushes, this.#seals, this.#loads]) {
      for (const { reject } of waiting.splice(0)) reject(error);
    }
  }
}

type Waiting<Answer> = PromiseWithResolvers<Answer>;
