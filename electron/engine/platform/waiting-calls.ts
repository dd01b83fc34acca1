/** Calls to a thread that have no answer yet: by numbers, since answers come in any order. */
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';

/** As a thread answers: the number of the call, and what came of it. */
export type CallReply =
  | { readonly job: number; readonly answer: unknown }
  | { readonly job: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

type Waiter = { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void };

export class WaitingCalls {
  readonly #waiting = new Map<number, Waiter>();
  #nextJob = 1;

  /** `send` posts the call under its number, or throws or abandons where there is nobody to send it to. */
  make<Answer>(send: (job: number) => void): Promise<Answer> {
    const job = this.#nextJob++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(job, { resolve, reject });
    send(job);
    return promise;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  receive(reply: CallReply): void {
    const waiter = this.#waiting.get(reply.job);
    this.#waiting.delete(reply.job);
    if ('error' in reply) waiter?.reject(new HoldfastError(reply.error.code, reply.error.message));
    else waiter?.resolve(reply.answer as never);
  }

  /** Nobody answers any more: by default because the thread has ended. */
  abandon(error: unknown = new HoldfastError('CANCELLED', 'The thread was stopped before it answered.')): void {
    for (const { reject } of this.#waiting.values()) reject(toHoldfastError(error));
    this.#waiting.clear();
  }
}
