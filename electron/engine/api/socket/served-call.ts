/** One call that came over the socket, from its input to the last event of its answer. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { streamWindow, type EngineMessage } from './protocol.ts';
import { packError } from './travelling-error.ts';

export class ServedCall {
  readonly #id: number;
  readonly #send: (message: EngineMessage) => Promise<void>;
  readonly #abort = new AbortController();
  #room = streamWindow;
  #wake: (() => void) | null = null;
  #left = false;

  /** `send` resolves when more may be sent. */
  constructor(id: number, send: (message: EngineMessage) => Promise<void>) {
    this.#id = id;
    this.#send = send;
  }

  /** Never rejects: what goes wrong is the answer. */
  async run(begin: (signal: AbortSignal) => unknown): Promise<void> {
    const id = this.#id;
    try {
      const answer: unknown = await begin(this.#abort.signal);
      if (!isStream(answer)) return await this.#send({ type: 'value', id, value: answer });
      await this.#send({ type: 'stream', id });
      await this.#sendEvents(answer);
      await this.#send({ type: 'end', id });
    } catch (error) {
      await this.#send({ type: 'error', id, ...packError(this.#asAsked(error)) });
    }
  }

  /** The reader has taken that many events. */
  makeRoom(events: number): void {
    this.#room = Math.min(streamWindow, this.#room + events);
    this.#wake?.();
  }

  cancel(reason: HoldfastError): void {
    this.#abort.abort(reason);
  }

  /** Nobody reads any more: what comes is dropped, and what is bound to this call ends. */
  leave(): void {
    this.#left = true;
    this.#abort.abort(new HoldfastError('CANCELLED', 'Whoever asked for it has gone.'));
    this.#wake?.();
  }

  async #sendEvents(events: AsyncIterable<unknown>): Promise<void> {
    for await (const value of events) {
      while (this.#room === 0 && !this.#left) await this.#moreRoom();
      if (this.#left) return;
      this.#room -= 1;
      await this.#send({ type: 'event', id: this.#id, value });
    }
  }

  async #moreRoom(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  /** An abort surfaces as whatever was under way; it is answered with the reason that was given. */
  #asAsked(error: unknown): unknown {
    const { signal } = this.#abort;
    return signal.aborted && error instanceof Error && error.name === 'AbortError' ? signal.reason : error;
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
