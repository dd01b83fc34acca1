/** The calls of the console: the whole contract as oRPC carries it, streams as server-sent events. */
import { RPCHandler } from '@orpc/server/fastify';
import type { AnyRouter } from '@orpc/server';
import { asDoorError, asRequestError } from './failure.ts';
import type { Client, LiveCalls } from './live-calls.ts';

type Caller = { readonly client: Client };

export const rpcPrefix = '/rpc';

export function rpcHandler(router: AnyRouter, calls: LiveCalls): RPCHandler<Caller> {
  return new RPCHandler<Caller>(router as never, {
    interceptors: [
      async (request) => {
        try {
          return await request.next();
        } catch (error) {
          throw asRequestError(error);
        }
      },
    ],
    clientInterceptors: [
      async ({ path, input, context, signal }) => {
        const gone = signal ?? new AbortController().signal;
        return calls.run(context.client, path, input, { gone, failure: asDoorError });
      },
    ],
  });
}
