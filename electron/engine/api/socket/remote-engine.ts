/** The client's side of `engine.sock`: calls of the contract, answered by the engine that owns the home. */
import type { Socket } from 'node:net';
import type { Caller } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import {
  engineMessageSchema,
  maxAnswerBytes,
  maxCallBytes,
  protocolVersion,
  streamWindow,
  type ClientMessage,
  type EngineMessage,
  type Hello,
} from './protocol.ts';
import { connectTo } from './socket-file.ts';
import { unpackError } from './travelling-error.ts';

/** An engine that is there says so at once. */
const helloTimeoutMs = 5_000;
/** Room is made in pieces, so that not every event needs an answer. */
const roomStep = streamWindow / 2;

/** The engine has not begun the call and will not: another engine may take it. */
export class CallNotBegun extends Error {
  override readonly name = 'CallNotBegun';
}

/** Connects to the engine of the home; null when none answers there. HOME_UNSAFE, ENGINE_BUSY. */
export async function connectEngine(home: string, caller: Caller): Promise<RemoteEngine | null> {
  const socket = await connectTo(home);
  if (socket === null) return null;
  const engine = new RemoteEngine(socket);
  try {
    await engine.greet(caller);
    return engine;
  } catch (error) {
    engine.close();
    // It ended between our connection and its first word.
    if (error instanceof HoldfastError && error.code === 'ENGINE_LOST') return null;
    throw error;
  }
}

type Answer = Exclude<EngineMessage, { type: 'hello' | 'goodbye' }>;

/** What has arrived for one call, until it is asked for. */
type Inbox = { readonly answers: Answer[]; wake: (() => void) | null };

export class RemoteEngine {
  readonly #socket: Socket;
  readonly #frames = new FrameReader(maxAnswerBytes);
  readonly #inboxes = new Map<number, Inbox>();
  readonly #greeting = Promise.withResolvers<Hello>();
  #hello: Hello | null = null;
  #lastId = 0;
  #loss: HoldfastError | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeting.promise.catch(() => undefined);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lose(this.#lost()));
  }

  get hello(): Hello {
    if (this.#hello === null) throw new Error('the engine has not spoken yet');
    return this.#hello;
  }

  get isLost(): boolean {
    return this.#loss !== null;
  }

  async greet(caller: Caller): Promise<void> {
    const silent = setTimeout(() => this.#lose(this.#lost()), helloTimeoutMs);
    try {
      this.#hello = await this.#greeting.promise;
      this.#say({ type: 'hello', protocol: protocolVersion, caller });
    } finally {
      clearTimeout(silent);
    }
  }

  /**
   * One call: its value, or its events as an async iterator. When `signal` fires the engine is asked to stop, and the
   * call ends as the engine ends it. Leaving the iterator early waits until the engine has let go. ENGINE_LOST,
   * CallNotBegun, or the failure of the call.
   */
  async call(path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#loss !== null) throw new CallNotBegun();
    const id = ++this.#lastId;
    const inbox: Inbox = { answers: [], wake: null };
    this.#inboxes.set(id, inbox);
    const cancel = (): void => this.#say({ type: 'cancel', id, reason: wordsOf(signal?.reason) });
    const over = (): void => {
      signal?.removeEventListener('abort', cancel);
      this.#inboxes.delete(id);
    };
    try {
      signal?.addEventListener('abort', cancel, { once: true });
      this.#say({ type: 'call', id, path: [...path], input });
      const answer = await this.#next(inbox);
      if (answer.type === 'stream') return this.#events(id, inbox, over);
      over();
      if (answer.type === 'value') return answer.value;
      throw failureOf(answer);
    } catch (error) {
      over();
      throw error;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  async *#events(id: number, inbox: Inbox, over: () => void): AsyncGenerator<unknown, void> {
    let ended = false;
    let taken = 0;
    try {
      for (;;) {
        const answer = await this.#next(inbox);
        if (answer.type === 'event') {
          yield answer.value;
          taken += 1;
          if (taken % roomStep === 0) this.#say({ type: 'more', id, events: roomStep });
          continue;
        }
        ended = true;
        if (answer.type === 'end') return;
        throw failureOf(answer);
      }
    } finally {
      if (!ended && this.#loss === null) await this.#leave(id, inbox);
      over();
    }
  }

  async #leave(id: number, inbox: Inbox): Promise<void> {
    this.#say({ type: 'leave', id });
    try {
      for (let answer = await this.#next(inbox); answer.type === 'event';) answer = await this.#next(inbox);
    } catch {
      // The engine is gone, and the call with it.
    }
  }

  async #next(inbox: Inbox): Promise<Answer> {
    for (;;) {
      const answer = inbox.answers.shift();
      if (answer !== undefined) return answer;
      if (this.#loss !== null) throw this.#loss;
      await new Promise<void>((resolve) => {
        inbox.wake = resolve;
      });
      inbox.wake = null;
    }
  }

  #say(message: ClientMessage): void {
    if (this.#socket.destroyed) return;
    const frame = encodeFrame(message);
    if (frame.length > maxCallBytes) {
      throw new HoldfastError('BAD_USAGE', 'The call is too large: give fewer or shorter arguments.');
    }
    this.#socket.write(frame);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#frames.push(chunk)) this.#take(engineMessageSchema.parse(message));
    } catch (cause) {
      this.#lose(new HoldfastError('ENGINE_LOST', 'The engine said something that cannot be understood.', { cause }));
    }
  }

  #take(message: EngineMessage): void {
    if (message.type === 'hello') return this.#greeting.resolve(message);
    if (message.type === 'goodbye') return this.#part(message.report);
    const inbox = this.#inboxes.get(message.id);
    inbox?.answers.push(message);
    inbox?.wake?.();
  }

  /** An engine that ends in order answers what it has begun before its last word; the rest it has not begun. */
  #part({ code, message }: { code: ErrorCode; message: string }): void {
    if (code === 'ENGINE_STOPPED') {
      for (const [id, inbox] of this.#inboxes) inbox.answers.push({ type: 'refused', id });
    }
    this.#lose(new HoldfastError(code, message));
  }

  #lose(reason: HoldfastError): void {
    this.#loss ??= reason;
    this.#greeting.reject(this.#loss);
    this.#socket.destroy();
    for (const { wake } of this.#inboxes.values()) wake?.();
  }

  #lost(): HoldfastError {
    const which = this.#hello === null ? 'The engine' : `The engine (process ${this.#hello.pid})`;
    return new HoldfastError('ENGINE_LOST', `${which} ended while it was being talked to.`);
  }
}

function failureOf(answer: Answer): Error {
  if (answer.type === 'error') return unpackError(answer);
  if (answer.type === 'refused') return new CallNotBegun();
  return new HoldfastError('ENGINE_LOST', `The engine answered out of turn (${answer.type}).`);
}

function wordsOf(reason: unknown): string {
  const { code, message } = toHoldfastError(reason);
  return code === 'CANCELLED' ? message : 'The command was cancelled.';
}
