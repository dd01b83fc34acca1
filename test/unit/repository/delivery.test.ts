import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startThread } from '../../../electron/engine/platform/threads.ts';
import { BlobCodec } from '../../../electron/engine/repository/blob-codec.ts';
import { BlobIndex } from '../../../electron/engine/repository/blob-index.ts';
import { generateSealingKey } from '../../../electron/engine/repository/crypto.ts';
import { serveDelivery } from '../../../electron/engine/repository/delivery.ts';
import {
  maximumPacksInFlight,
  type DeliveryMessage,
  type DeliveryRequest,
} from '../../../electron/engine/repository/store-protocol.ts';

test('a thread that waits for packs to be saved seals the index they are waiting for', async () => {
  const { port1: main, port2: port } = new MessageChannel();
  const key = generateSealingKey();
  const index = BlobIndex.create(0);
  const packsInFlight = new Int32Array(new SharedArrayBuffer(4)).fill(maximumPacksInFlight);
  const setup = { key, version: 2, chunkerPolynomial: '25b468838dcb75', index: index.shared, packsInFlight } as const;
  const outlet = serveDelivery(port, setup, {
    codec: new BlobCodec(key, 2),
    index,
    packs: () => expect.fail('nothing is to be packed'),
  });
  main.postMessage({ type: 'seal', entries: [] } satisfies DeliveryRequest);
  const helper = startThread(new URL('../../support/free-a-place.ts', import.meta.url), { data: packsInFlight });

  outlet.deliver(
    { id: '', data: new Uint8Array(1), type: 'data', blobs: 1, plainBytes: 1, indexEntry: new Uint8Array(0) },
    [],
  );
  const first = receiveMessageOnPort(main)?.message as DeliveryMessage;
  const second = receiveMessageOnPort(main)?.message as DeliveryMessage;
  expect([first.type, second.type]).toEqual(['sealed', 'pack']);

  await once(helper, 'exit');
  main.close();
});
