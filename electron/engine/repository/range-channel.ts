/** Lets threads read packs through the one backend, which lives on the main thread. Buffers are transferred. */
import type { MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { Backend, ByteRange } from './backend/backend.ts';
import type { BlobType } from './blob-index.ts';
import type { RangeLoader } from './blob-reader.ts';
import type { BlobRescue } from './rescue.ts';

type RangeRequest = { readonly request: number } & (
  | { readonly packId: string; readonly range: ByteRange }
  /** A blob that cannot be read where it lies. */
  | { readonly rescued: { readonly type: BlobType; readonly id: string; readonly why: ErrorCode | undefined } }
);
type RangeReply = {
  readonly request: number;
  readonly data: Uint8Array<ArrayBuffer> | null;
  /** Where rescued bytes come from. */
  readonly from?: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
};

/** The main thread's end. Without `rescue`, nothing comes from elsewhere. */
export function serveRanges(port: MessagePort, backend: Backend, rescue: BlobRescue | null = null): void {
  port.on('message', (asked: RangeRequest) => {
    const { request } = asked;
    const answer =
      'rescued' in asked
        ? rescued(rescue, asked.rescued)
        : backend.load({ type: 'data', name: asked.packId }, asked.range).then((data) => ({ data }));
    answer.then(
      (found) =>
        port.postMessage(
          { request, error: null, ...found } satisfies RangeReply,
          found.data === null ? [] : [found.data.buffer],
        ),
      (error: unknown) => {
        const { code, message } = toHoldfastError(error);
        port.postMessage({ request, data: null, error: { code, message } } satisfies RangeReply);
      },
    );
  });
}

async function rescued(
  rescue: BlobRescue | null,
  { type, id, why }: { readonly type: BlobType; readonly id: string; readonly why: ErrorCode | undefined },
): Promise<{ readonly data: Uint8Array<ArrayBuffer> | null; readonly from?: string | null }> {
  const found = (await rescue?.(type, id, why)) ?? null;
  return found === null ? { data: null } : { data: Uint8Array.from(found.plain), from: found.from };
}

type WithoutRequest<Request> = Request extends unknown ? Omit<Request, 'request'> : never;
type Waiter = { readonly resolve: (reply: RangeReply) => void; readonly reject: (error: Error) => void };

/** Loads ranges, and asks for what cannot be read. */
export type ThreadLoader = RangeLoader & { readonly rescue: BlobRescue };

/** The thread's end. */
export function rangeLoader(port: MessagePort): ThreadLoader {
  const waiting = new Map<number, Waiter>();
  let nextRequest = 1;
  port.on('message', (reply: RangeReply) => {
    const waiter = waiting.get(reply.request);
    waiting.delete(reply.request);
    if (reply.error === null) waiter?.resolve(reply);
    else waiter?.reject(new HoldfastError(reply.error.code, reply.error.message));
  });
  const ask = (wanted: WithoutRequest<RangeRequest>): Promise<RangeReply> => {
    const request = nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<RangeReply>();
    waiting.set(request, { resolve, reject });
    port.postMessage({ request, ...wanted } satisfies RangeRequest);
    return promise;
  };
  const load: RangeLoader = async (packId, range) => {
    const { data } = await ask({ packId, range });
    if (data === null) throw new HoldfastError('INTERNAL', 'The pack was not read.');
    return Buffer.from(data.buffer, data.byteOffset, data.length);
  };
  const rescue: BlobRescue = async (type, id, why) => {
    const { data, from } = await ask({ rescued: { type, id, why } });
    return data === null ? null : { plain: data, from: from ?? null };
  };
  return Object.assign(load, { rescue });
}
