/** The REST API for programs: the contract's calls at addresses of their own. */
import type { AnyContractProcedure, AnySchema } from '@orpc/contract';
import { getEventIteratorSchemaDetails, isContractProcedure } from '@orpc/contract';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { createContractedProcedure, isProcedure, type AnyRouter } from '@orpc/server';
import { z } from 'zod';
import { Idempotency } from './idempotency.ts';
import { asRequestError, isBusy, restBody, RestError } from './failure.ts';
import { isStream, type Client, type LiveCalls } from './live-calls.ts';
import { routeOf } from './routes.ts';

export const restPrefix = '/api/v1';

export type DoorContext = {
  readonly client: Client;
  readonly isGet: boolean;
  /** The Idempotency-Key. */
  readonly key: string | null;
  /** The Last-Event-ID. */
  readonly after: string | null;
  /** For headers that say more of the answer. */
  readonly say: (header: string, value: string) => void;
};

type Engine = { readonly calls: LiveCalls; readonly idempotency: Idempotency };

/** Each call is given to the engine as it came: there it is checked, and there it runs. */
export function restHandler(router: AnyRouter, { calls, idempotency }: Engine): OpenAPIHandler<DoorContext> {
  return new OpenAPIHandler<DoorContext>(withRoutes(router) as never, {
    customErrorResponseBodyEncoder: restBody,
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
      async ({ path, input, context, signal, procedure }) => {
        const schema = procedure['~orpc'].inputSchema;
        const given = context.isGet ? readQuery(schema, input) : input;
        // An address with no query and a request with no body are calls without arguments.
        const whole = goingOn(path, given ?? {}, context.after);
        const failure = (error: unknown): Error => {
          const told = error instanceof RestError ? error : new RestError(error);
          if (isBusy(told.code)) context.say('retry-after', '1');
          return told;
        };
        const run = (gone: AbortSignal): Promise<unknown> => calls.run(context.client, path, whole, { gone, failure });
        const stays = signal ?? new AbortController().signal;
        if (context.key === null || !Idempotency.counts(path)) return run(stays);
        const keyed = { client: context.client, path, input: whole, key: context.key };
        // Whoever asks with a key asks again when the line breaks, and is told what came of it then.
        const gone = isLong(procedure) ? stays : new AbortController().signal;
        const done = await idempotency
          .once(keyed, () => run(gone))
          .catch((error: unknown) => Promise.reject(failure(error)));
        if (!done.replayed) return done.answer;
        context.say('idempotent-replayed', 'true');
        return isStream(done.answer) ? withFailures(done.answer, failure) : done.answer;
      },
    ],
  });
}

/** Failures in the middle of a stream as a reader of the REST API is told them. */
async function* withFailures(stream: AsyncIterable<unknown>, failure: (error: unknown) => Error): AsyncGenerator {
  try {
    yield* stream;
  } catch (error) {
    throw failure(error);
  }
}

/** A program that follows events says by a header which one it knows. */
function goingOn(path: readonly string[], input: unknown, after: string | null): unknown {
  if (after === null || path.join('.') !== 'events.follow') return input;
  return { after, ...(input as object) };
}

function isLong(procedure: AnyContractProcedure): boolean {
  return getEventIteratorSchemaDetails(procedure['~orpc'].outputSchema as AnySchema | undefined) !== undefined;
}

/** The router or contract with the address of each call in it, and with what else is said of it. */
export function withRoutes(
  part: unknown,
  path: readonly string[] = [],
  describe: (path: readonly string[]) => object = routeOf,
): unknown {
  if (isContractProcedure(part)) {
    const routed = { '~orpc': { ...part['~orpc'], route: describe(path) } } as AnyContractProcedure;
    return isProcedure(part) ? createContractedProcedure(part, routed) : routed;
  }
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]: [string, unknown]) => [
      name,
      withRoutes(inner, [...path, name], describe),
    ]),
  );
}

/** A query is text: what the schema takes as a number or a truth value becomes one. Whatever else it is stays. */
function readQuery(schema: AnySchema | undefined, input: unknown): unknown {
  if (!(schema instanceof z.ZodType) || typeof input !== 'object' || input === null) return input;
  const properties = z.toJSONSchema(schema, { io: 'input' }).properties ?? {};
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, typeof property === 'object' && typeof value === 'string' ? readText(property.type, value) : value];
    }),
  );
}

function readText(type: unknown, text: string): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return (type === 'integer' || type === 'number') && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
