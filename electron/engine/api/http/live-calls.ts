/** Calls that came over HTTP and have not ended: how many a client may have, and how they are all brought to an end. */
import type { ServerResponse } from 'node:http';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Calling } from '../context.ts';

export type Dispatch = (
  client: Client,
  path: readonly string[],
  input: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

/** Who asks, and by which session or token. */
export type Client = {
  readonly calling: Calling;
  readonly key: string;
  /** The tenant that it is to be for; null: whoever asks. */
  readonly actsFor: string | null;
  /** Made of what signs the client in, so that nobody else has it; for this process alone. */
  readonly proof: Buffer;
};

/** How a client is called by which session or token it asks. */
export const sessionKey = (id: string): string => `session ${id}`;
export const tokenKey = (id: string): string => `token ${id}`;

export type CallLimits = { readonly callsPerClient: number; readonly streamsPerClient: number };

/** Whoever is to have the answer. */
export type Reader = {
  /** Fires when nobody is there any more. */
  readonly gone: AbortSignal;
  /** What went wrong, as this reader is told. */
  readonly failure: (error: unknown) => Error;
};

type LiveCall = {
  readonly client: string;
  readonly tenant: string;
  readonly abort: AbortController;
  isStream: boolean;
};

export class LiveCalls {
  readonly #dispatch: Dispatch;
  readonly #limits: CallLimits;
  readonly #calls = new Set<LiveCall>();
  /** Answers that are not sent to their end. */
  readonly #answers = new Set<ServerResponse>();
  #refuses = false;
  #idle: (() => void)[] = [];

  constructor(dispatch: Dispatch, limits: CallLimits) {
    this.#dispatch = dispatch;
    this.#limits = limits;
  }

  /** From now on nothing is begun. */
  refuse(): void {
    this.#refuses = true;
  }

  get refuses(): boolean {
    return this.#refuses;
  }

  /** Ends all calls early; their answers still go out. */
  cancel(reason: HoldfastError): void {
    for (const { abort } of this.#calls) abort.abort(reason);
  }

  /** Ends what one client has under way. */
  cancelOf(client: string, reason: HoldfastError): void {
    for (const call of this.#calls) if (call.client === client) call.abort.abort(reason);
  }

  /** Ends the calls of a tenant's own logins early. */
  cancelOfTenant(tenant: string, reason: HoldfastError): void {
    for (const call of this.#calls) if (call.tenant === tenant) call.abort.abort(reason);
  }

  /** The answer counts as under way until the last of it is sent, or nobody is there to take it. */
  expect(answer: ServerResponse): void {
    this.#answers.add(answer);
    answer.once('close', () => {
      this.#answers.delete(answer);
      this.#changed();
    });
  }

  /** Resolves when no call is under way and all answers are sent. */
  async whenIdle(): Promise<void> {
    while (this.#calls.size > 0 || this.#answers.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
      });
    }
  }

  /** A value, or the events of a stream. ENGINE_STOPPED, ENGINE_BUSY, what the call fails with. */
  async run(client: Client, path: readonly string[], input: unknown, { gone, failure }: Reader): Promise<unknown> {
    const call = this.#begin(client, failure);
    const leave = (): void => call.abort.abort(new HoldfastError('CANCELLED', 'Whoever asked for it has gone.'));
    const end = (): void => {
      gone.removeEventListener('abort', leave);
      this.#end(call);
    };
    gone.addEventListener('abort', leave, { once: true });
    if (gone.aborted) leave();
    try {
      const answer = await this.#dispatch(client, path, input, call.abort.signal);
      if (!isStream(answer)) {
        end();
        return answer;
      }
      call.isStream = true;
      this.#refuseTooMany(client.key);
      return await begunStream(answer, { signal: call.abort.signal, gone, failure, end });
    } catch (error) {
      end();
      throw failure(asAsked(error, call.abort.signal));
    }
  }

  #begin({ key, calling }: Client, failure: Reader['failure']): LiveCall {
    if (this.#refuses) throw failure(new HoldfastError('ENGINE_STOPPED', 'The engine is about to end.'));
    const own = [...this.#calls].filter(({ client }) => client === key).length;
    if (own >= this.#limits.callsPerClient)
      throw failure(new HoldfastError('ENGINE_BUSY', `One client has ${own} calls under way.`));
    const call = { client: key, tenant: calling.caller.tenant, abort: new AbortController(), isStream: false };
    this.#calls.add(call);
    return call;
  }

  #refuseTooMany(key: string): void {
    const streams = [...this.#calls].filter(({ client, isStream: is }) => is && client === key).length;
    if (streams > this.#limits.streamsPerClient)
      throw new HoldfastError('ENGINE_BUSY', `One client has ${streams - 1} streams open.`);
  }

  #end(call: LiveCall): void {
    this.#calls.delete(call);
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/**
 * The same events. Waits for the first one: what fails before it is a failure of the call, not the end of a stream.
 * `end` is called when there are no more, or when nobody reads any more.
 */
async function begunStream(
  events: AsyncIterable<unknown>,
  { signal, gone, failure, end }: Reader & { readonly signal: AbortSignal; readonly end: () => void },
): Promise<AsyncIterableIterator<unknown>> {
  const iterator = events[Symbol.asyncIterator]();
  let first: IteratorResult<unknown> | null = await iterator.next();
  const leave = async (): Promise<void> => {
    try {
      await iterator.return?.();
    } finally {
      end();
    }
  };
  gone.addEventListener('abort', () => void leave().catch(() => undefined), { once: true });
  const stream: AsyncIterableIterator<unknown> = {
    async next() {
      try {
        const step = first ?? (await iterator.next());
        first = null;
        if (step.done === true) end();
        return step;
      } catch (error) {
        end();
        throw failure(asAsked(error, signal));
      }
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

/** An abort surfaces as whatever was under way; it is answered with the reason that was given. */
function asAsked(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && error instanceof Error && error.name === 'AbortError' ? signal.reason : error;
}

export function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
