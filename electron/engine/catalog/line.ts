/** The calling end of a line to a thread of the catalog. A call keeps the process alive until it is answered, no longer. */
import type { MessagePort, TransferListItem } from 'node:worker_threads';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Thread } from '../platform/threads.ts';
import type { InputOf, NameOf, OutputOf } from './operations.ts';
import type { CallOptions, CallReply, CallRequest, OperationKind } from './protocol.ts';
import type { Aggregates } from './registry.ts';

export type WriteName = NameOf<Aggregates, 'writes'>;
export type ReadName = NameOf<Aggregates, 'reads'>;

type Waiter = { readonly resolve: (value: unknown) => void; readonly reject: (error: HoldfastError) => void };

export class Line {
  readonly #port: MessagePort | Thread;
  readonly #waiting = new Map<number, Waiter>();
  #nextCall = 1;
  #hasAnswered = false;
  #hasMetLong = false;
  #failure: HoldfastError | null = null;

  constructor(port: MessagePort | Thread) {
    this.#port = port;
    port.on('message', (message: CallReply | { readonly type: string }) => {
      if ('call' in message) this.#settle(message);
    });
    port.unref();
  }

  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Whether a question took the writer longer than a write may. */
  get hasMetLong(): boolean {
    return this.#hasMetLong;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  async call(
    kind: OperationKind,
    name: string,
    caller: Caller,
    input: unknown,
    options: CallOptions = {},
  ): Promise<unknown> {
    if (this.#failure !== null) throw this.#failure;
    const call = this.#nextCall++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const request: CallRequest = { type: 'call', kind, call, name, caller, input, lane: options.lane ?? null };
    this.#port.postMessage(request, [...(options.transfer ?? [])] as TransferListItem[]);
    if (this.#waiting.size === 0) this.#port.ref();
    this.#waiting.set(call, { resolve, reject });
    return promise;
  }

  /** All calls, those under way too, fail with this from now on. */
  fail(error: HoldfastError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    this.#port.unref();
  }

  #settle(reply: CallReply): void {
    this.#hasAnswered = true;
    const waiter = this.#waiting.get(reply.call);
    this.#waiting.delete(reply.call);
    if (this.#waiting.size === 0) this.#port.unref();
    if ('error' in reply) waiter?.reject(new HoldfastError(reply.error.code, reply.error.message));
    else {
      this.#hasMetLong ||= reply.wasLong === true;
      waiter?.resolve(reply.value);
    }
  }
}

/** The catalog as threads other than the main one reach it: they write, through a port from `Catalog.connect`. */
export class CatalogWriter {
  readonly #line: Line;
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
    this.#line = new Line(port);
  }

  async write<Name extends WriteName>(
    name: Name,
    caller: Caller,
    input: InputOf<Aggregates, 'writes', Name>,
    options: CallOptions = {},
  ): Promise<OutputOf<Aggregates, 'writes', Name>> {
    return (await this.#line.call('writes', name, caller, input, options)) as OutputOf<Aggregates, 'writes', Name>;
  }

  close(): void {
    this.#port.close();
  }
}
