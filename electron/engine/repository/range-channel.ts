/** Lets threads read packs through the one backend, which lives on the main thread. Buffers are transferred. */
import type { MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { Backend, ByteRange } from './backend/backend.ts';
import type { RangeLoader } from './blob-reader.ts';

type RangeRequest = { readonly request: number; readonly packId: string; readonly range: ByteRange };
type RangeReply = {
  readonly request: number;
  readonly data: Uint8Array<ArrayBuffer> | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
};

/** The main thread's end. */
export function serveRanges(port: MessagePort, backend: Backend): void {
  port.on('message', ({ request, packId, range }: RangeRequest) => {
    backend.load({ type: 'data', name: packId }, range).then(
      (data) => port.postMessage({ request, data, error: null } satisfies RangeReply, [data.buffer]),
      (error: unknown) => {
        const { code, message } = toHoldfastError(error);
        port.postMessage({ request, data: null, error: { code, message } } satisfies RangeReply);
      },
    );
  });
}

type Waiter = { readonly resolve: (data: Buffer<ArrayBuffer>) => void; readonly reject: (error: Error) => void };

/** The thread's end. */
export function rangeLoader(port: MessagePort): RangeLoader {
  const waiting = new Map<number, Waiter>();
  let nextRequest = 1;
  port.on('message', ({ request, data, error }: RangeReply) => {
    const waiter = waiting.get(request);
    waiting.delete(request);
    if (data !== null) waiter?.resolve(Buffer.from(data.buffer, data.byteOffset, data.length));
    else waiter?.reject(new HoldfastError(error?.code ?? 'INTERNAL', error?.message ?? 'The pack was not read.'));
  });
  return async (packId, range) => {
    const request = nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<Buffer<ArrayBuffer>>();
    waiting.set(request, { resolve, reject });
    port.postMessage({ request, packId, range } satisfies RangeRequest);
    return promise;
  };
}
