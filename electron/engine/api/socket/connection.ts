/** The engine's side of one client on the socket: its calls, their streams, and what may not grow without end. */
import type { Socket } from 'node:net';
import type { Caller } from '../../../../shared/contract/common.ts';
import { HoldfastError, reportError } from '../../../../shared/model/errors.ts';
import { encodeFrame, FrameError, FrameReader, type ByteBudget } from './frames.ts';
import {
  clientMessageSchema,
  maxCallBytes,
  protocolVersion,
  type ClientMessage,
  type EngineMessage,
  type Hello,
} from './protocol.ts';
import { ServedCall } from './served-call.ts';

/** Calls one client may have under way. */
const maxCalls = 64;
/** A message that has begun must end, and a client that asks for nothing must not keep its place. */
const messageTimeoutMs = 30_000;
const idleTimeoutMs = 60_000;
/** A client that takes nothing of what is written to it for so long is gone, whatever its socket says. */
const stallTimeoutMs = 10 * 60_000;
const lastWordsMs = 5_000;
/** Enough unsent bytes to keep the client busy. */
const highWaterBytes = 1024 * 1024;

/** How a door reaches the contract. */
export type Procedures = (caller: Caller, path: readonly string[], input: unknown, signal: AbortSignal) => unknown;

export type ConnectionOptions = {
  readonly hello: Hello;
  readonly procedures: Procedures;
  readonly budget: ByteBudget;
  readonly refusesCalls: () => boolean;
  /** A call has begun or ended. */
  readonly onCalls: () => void;
};

export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #frames: FrameReader;
  readonly #calls = new Map<number, ServedCall>();
  #caller: Caller | null = null;
  #timer: NodeJS.Timeout | null = null;
  #drained: Promise<void> | null = null;
  #closing = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#frames = new FrameReader(maxCallBytes, options.budget);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // What went wrong with a client that is gone helps nobody; `close` follows.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#lost());
    void this.#send(options.hello);
    this.#watch();
  }

  get calls(): number {
    return this.#calls.size;
  }

  get isOver(): boolean {
    return this.#socket.destroyed && this.#calls.size === 0;
  }

  /** Ends all calls early; their answers still go out. */
  cancelCalls(reason: HoldfastError): void {
    for (const call of this.#calls.values()) call.cancel(reason);
  }

  /** Says why and cuts the connection, once the client has taken what was written. Calls under way are given up. */
  close(reason: HoldfastError): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#send({ type: 'goodbye', report: reportError(reason) });
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), lastWordsMs).unref();
  }

  #receive(chunk: Buffer): void {
    if (this.#closing) return;
    try {
      for (const message of this.#frames.push(chunk)) {
        const understood = clientMessageSchema.safeParse(message);
        if (!understood.success) throw new FrameError('not a message of this protocol');
        this.#obey(understood.data);
      }
      this.#watch();
      this.#holdBack();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.close(
        new HoldfastError('BAD_USAGE', `The engine was sent something it does not understand: ${error.message}.`),
      );
    }
  }

  #obey(message: ClientMessage): void {
    if (message.type === 'hello') this.#caller = message.caller;
    else if (message.type === 'call') this.#begin(message);
    else if (message.type === 'more') this.#calls.get(message.id)?.makeRoom(message.events);
    else if (message.type === 'leave') this.#calls.get(message.id)?.leave();
    else this.#calls.get(message.id)?.cancel(new HoldfastError('CANCELLED', message.reason));
  }

  #begin({ id, path, input }: Extract<ClientMessage, { type: 'call' }>): void {
    const caller = this.#caller;
    if (caller === null || this.#calls.has(id)) throw new FrameError('a call out of turn');
    if (this.#options.refusesCalls()) return void this.#send({ type: 'refused', id });
    if (this.#calls.size >= maxCalls) {
      const busy = new HoldfastError('ENGINE_BUSY', `One client has ${maxCalls} calls under way.`);
      return void this.#send({ type: 'error', id, report: reportError(busy) });
    }
    const call = new ServedCall(id, (message) => this.#send(message));
    this.#calls.set(id, call);
    this.#options.onCalls();
    void call
      .run((signal) => this.#options.procedures(caller, path, input, signal))
      .finally(() => {
        this.#calls.delete(id);
        this.#options.onCalls();
        this.#watch();
      });
  }

  /** Resolves when there is room for more, also when the client is gone: its calls are told otherwise. */
  #send(message: EngineMessage): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve();
    this.#socket.write(encodeFrame(message));
    if (this.#socket.writableLength <= highWaterBytes) return Promise.resolve();
    this.#drained ??= this.#untilDrained();
    return this.#drained;
  }

  /** Whoever does not take its answers is not listened to either. */
  #holdBack(): void {
    if (this.#socket.writableLength <= highWaterBytes) return;
    this.#drained ??= this.#untilDrained();
    this.#socket.pause();
    void this.#drained.then(() => this.#socket.resume());
  }

  async #untilDrained(): Promise<void> {
    const stalled = setTimeout(() => this.#socket.destroy(), stallTimeoutMs).unref();
    await new Promise<void>((resolve) => {
      const over = (): void => {
        this.#socket.off('drain', over).off('close', over);
        resolve();
      };
      this.#socket.on('drain', over).on('close', over);
    });
    clearTimeout(stalled);
    this.#drained = null;
  }

  /** The time until something must have come; none while a call is under way and no message is half there. */
  #watch(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#socket.destroyed) return;
    const within = this.#frames.isWithinMessage;
    if (!within && this.#calls.size > 0) return;
    this.#timer = setTimeout(
      () => this.close(new HoldfastError('ENGINE_LOST', 'The connection was not used, so the engine closed it.')),
      within || this.#caller === null ? messageTimeoutMs : idleTimeoutMs,
    ).unref();
  }

  #lost(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#frames.close();
    for (const call of this.#calls.values()) call.leave();
  }
}

/** The first message of the engine. */
export function helloOf(facts: Omit<Hello, 'type' | 'protocol'>): Hello {
  return { type: 'hello', protocol: protocolVersion, ...facts };
}
