/** The sending half of a storing thread: packs go to the main thread, which saves them; it also flushes and seals here. */
import { hash } from 'node:crypto';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Throttle } from '../platform/throttle.ts';
import type { BlobCodec } from './blob-codec.ts';
import type { BlobIndex } from './blob-index.ts';
import { encodeIndexPieces } from './format/index-file.ts';
import { loadIndexFile } from './index-loading.ts';
import type { FinishedPack, PackBuilder, PackOutlet } from './pack-builder.ts';
import { sealPieces } from './unpacked.ts';
import { maximumPacksInFlight, type DeliveryMessage, type DeliveryRequest, type StoreSetup } from './store-protocol.ts';

/** A thread that waits looks this often for what it is asked. */
const serveEveryMs = 50;

/**
 * Waits until fewer packs than the allowed number are on their way, and counts one more: that bounds memory. Requests are
 * served meanwhile: all packs on their way may be waiting for an index file that this very thread has to seal.
 */
export function takeFlightSlot(
  packsInFlight: Int32Array,
  serveWaiting: () => void,
  maximum = maximumPacksInFlight,
): void {
  for (;;) {
    const inFlight = Atomics.load(packsInFlight, 0);
    if (inFlight >= maximum) {
      serveWaiting();
      Atomics.wait(packsInFlight, 0, inFlight, serveEveryMs);
    } else if (Atomics.compareExchange(packsInFlight, 0, inFlight, inFlight + 1) === inFlight) return;
  }
}

function deliverPack(port: MessagePort, packsInFlight: Int32Array, pack: FinishedPack, serveWaiting: () => void): void {
  takeFlightSlot(packsInFlight, serveWaiting);
  const message: DeliveryMessage = { type: 'pack', pack };
  const { buffer } = pack.data;
  port.postMessage(message, [pack.indexEntry.buffer, ...(buffer instanceof ArrayBuffer ? [buffer] : [])]);
}

export type DeliveryTools = {
  readonly codec: BlobCodec;
  readonly index: BlobIndex;
  /** The first is given the memory of saved packs. */ readonly packs: () => readonly PackBuilder[];
};

/** Serves the main thread's requests, and is the outlet of the thread's packs. */
export function serveDelivery(
  port: MessagePort,
  setup: StoreSetup,
  { codec, index, packs }: DeliveryTools,
): PackOutlet {
  const send = (message: DeliveryMessage, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const serve = (request: DeliveryRequest): void => {
    switch (request.type) {
      case 'flush':
        for (const builder of packs()) builder.flush();
        send({ type: 'flushed' });
        return;
      case 'recycle':
        packs()[0]?.recycle(request.memory);
        return;
      case 'seal': {
        const data = sealPieces(codec, setup.version, encodeIndexPieces(request.entries));
        send({ type: 'sealed', data, id: hash('sha256', data, 'hex') }, [data.buffer]);
        return;
      }
      case 'loadIndex':
        send({ type: 'indexLoaded', damaged: loadIndexFile(index, codec, request.sealed) !== 0 });
    }
  };
  port.on('message', serve);
  // In the middle of a long job nobody else would take the messages in.
  const serveWaiting = (): void => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      serve(next.message as DeliveryRequest);
  };
  const throttle = Throttle.attach(setup.throttle);
  return {
    deliver: (pack) => {
      throttle?.pace('write', pack.data.length, serveWaiting);
      deliverPack(port, setup.packsInFlight, pack, serveWaiting);
    },
    reclaim: serveWaiting,
  };
}
