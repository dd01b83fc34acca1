/** The door of a page in the same process: the whole contract over a message port, Electron's or that of Node. */
import { ORPCError } from '@orpc/client';
import type { MessagePortMainLike } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { tenantHeader } from '../../../shared/model/console-proof.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { CallContext } from './context.ts';
import { engineRouter } from './router.ts';
import { packError } from './socket/travelling-error.ts';

export type EnginePort = MessagePortMainLike & { start(): void; close(): void };

/** How the door reaches the contract, for the tenant that the page has chosen; a rejection is the answer. */
export type PortCalls = (
  actsFor: string | null,
  path: readonly string[],
  input: unknown,
  signal: AbortSignal,
) => Promise<unknown>;

/** One port that was handed to a page. */
export interface PortConnection {
  /** Calls and streams under way. */
  readonly calls: number;
  close(): void;
}

export type PortOptions = {
  /** A call has begun or ended. */
  readonly onCalls?: (calls: number) => void;
};

const lastWordsMs = 250;

/** oRPC hands this on without looking at it: the calls are answered by `PortCalls`, in a context of their own. */
type PortContext = CallContext & { readonly chosenTenant: string | null };
const noContext = { chosenTenant: null } as PortContext;

export class PortDoor {
  readonly #calls: PortCalls;
  readonly #connections = new Set<Connection>();
  #refusal: HoldfastError | null = null;

  constructor(calls: PortCalls) {
    this.#calls = calls;
  }

  open(port: EnginePort, { onCalls = () => undefined }: PortOptions = {}): PortConnection {
    const connection = new Connection(port, onCalls);
    this.#connections.add(connection);
    const handler = new RPCHandler<PortContext>(engineRouter, {
      interceptors: [
        (options) =>
          options.next({
            ...options,
            context: { ...options.context, chosenTenant: tenantOf(options.request.headers) },
          }),
      ],
      clientInterceptors: [
        ({ path, input, signal, context }) =>
          this.#answer(connection, { actsFor: context.chosenTenant, path, input }, signal),
      ],
    });
    handler.upgrade(port, { context: noContext });
    port.on('close', () => this.#connections.delete(connection));
    port.start();
    return connection;
  }

  /** Ends what is under way and refuses what comes from now on. */
  refuseCalls(reason: HoldfastError): void {
    this.#refusal = reason;
    for (const connection of this.#connections) connection.cancel(reason);
  }

  /** To be called when no call is under way. Pages still hear the answers that are on their way to them. */
  close(): void {
    const closing = [...this.#connections];
    setTimeout(() => closing.forEach((connection) => connection.close()), lastWordsMs);
  }

  async #answer(
    connection: Connection,
    { actsFor, path, input }: { actsFor: string | null; path: readonly string[]; input: unknown },
    left: AbortSignal | undefined,
  ): Promise<unknown> {
    if (this.#refusal !== null) throw asPortError(this.#refusal);
    const call = connection.begin();
    const signal = left === undefined ? call.signal : AbortSignal.any([left, call.signal]);
    let answer: unknown;
    try {
      answer = await this.#calls(actsFor, path, input, signal);
    } catch (error) {
      call.end();
      throw asPortError(asAsked(error, call.signal));
    }
    if (isStream(answer)) {
      // A stream that is left before its first event never runs.
      signal.addEventListener('abort', call.end);
      return eventsOf(answer, call);
    }
    call.end();
    return answer;
  }
}

/** Null for none, and for what is no name of one. */
function tenantOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string | null {
  const given = headers[tenantHeader];
  return typeof given === 'string' && given !== '' ? given : null;
}

class Connection implements PortConnection {
  readonly #port: EnginePort;
  readonly #onCalls: (calls: number) => void;
  readonly #underWay = new Set<AbortController>();

  constructor(port: EnginePort, onCalls: (calls: number) => void) {
    this.#port = port;
    this.#onCalls = onCalls;
  }

  get calls(): number {
    return this.#underWay.size;
  }

  begin(): Call {
    const abort = new AbortController();
    this.#underWay.add(abort);
    this.#onCalls(this.calls);
    const end = (): void => {
      if (this.#underWay.delete(abort)) this.#onCalls(this.calls);
    };
    return { signal: abort.signal, end };
  }

  cancel(reason: HoldfastError): void {
    for (const abort of this.#underWay) abort.abort(reason);
  }

  close(): void {
    this.cancel(new HoldfastError('CANCELLED', 'The window that asked for it has been closed.'));
    this.#port.close();
  }
}

type Call = { readonly signal: AbortSignal; readonly end: () => void };

async function* eventsOf(events: AsyncIterable<unknown>, { signal, end }: Call): AsyncGenerator<unknown, void> {
  try {
    yield* events;
  } catch (error) {
    throw asPortError(asAsked(error, signal));
  } finally {
    end();
  }
}

/** The failure of a call as oRPC carries it, with the report in its data, as at every door. Never a stack. */
function asPortError(error: unknown): ORPCError<string, unknown> {
  const packed = packError(error);
  const { code, message } = packed.report;
  return new ORPCError(code, { status: 422, message, data: packed });
}

/** An abort surfaces as whatever was under way; it is answered with the reason that was given. */
function asAsked(error: unknown, { aborted, reason }: AbortSignal): unknown {
  return aborted && error instanceof Error && error.name === 'AbortError' ? reason : error;
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
