/** The REST API for programs: the contract's calls at addresses of their own, and the OpenAPI document that tells of them. */
import type { AnyContractProcedure, AnySchema, OpenAPI } from '@orpc/contract';
import { isContractProcedure } from '@orpc/contract';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { createContractedProcedure, isProcedure, type AnyRouter } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { z } from 'zod';
import { errorReportSchema } from '../../../../shared/contract/common.ts';
import { rights } from '../../../../shared/contract/rights.ts';
import { asRequestError, restBody, RestError } from './failure.ts';
import type { Client, LiveCalls } from './live-calls.ts';
import { routeOf, type CallRoute } from './routes.ts';

export const restPrefix = '/api/v1';

export type DoorContext = { readonly client: Client; readonly isGet: boolean };

/** Each call is given to the engine as it came: there it is checked, and there it runs. */
export function restHandler(router: AnyRouter, calls: LiveCalls): OpenAPIHandler<DoorContext> {
  return new OpenAPIHandler<DoorContext>(withRoutes(router, []) as never, {
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
        return calls.run(context.client, path, given ?? {}, {
          gone: signal ?? new AbortController().signal,
          failure: (error) => new RestError(error),
        });
      },
    ],
  });
}

/** OpenAPI 3.1. */
export async function openApiDocument(contract: object, version: string, origin: string): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({
    schemaConverters: [new ZodToJsonSchemaConverter({ maxStructureDepth: 20 })],
  });
  return generator.generate(withRoutes(contract, []) as never, {
    info: {
      title: 'Holdfast',
      version,
      description:
        'Every call of the engine. Long operations answer with a stream of events (text/event-stream): `message` events ' +
        'until the last one, whose type is `done`, or an `error` event with the same JSON as other failures; closing the stream stops an operation unless it was detached.',
    },
    servers: [{ url: `${origin}${restPrefix}` }],
    security: [{ token: [] }],
    commonSchemas: { Error: { schema: errorSchema } },
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token, made with `holdfast token create`. Each call names the role that it asks for.',
        },
      },
      responses: {
        Error: {
          description: 'The call failed: what happened, what it means, and what to do.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  });
}

const errorSchema = errorReportSchema.extend({
  issues: z
    .array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }))
    .optional(),
});

/** The router or contract with the address of each call in it. */
function withRoutes(part: unknown, path: readonly string[]): unknown {
  if (isContractProcedure(part)) {
    const { method, path: address, summary } = routeOf(path);
    const route = { ...routing({ method, path: address, summary }, path) };
    const routed = { '~orpc': { ...part['~orpc'], route } } as AnyContractProcedure;
    return isProcedure(part) ? createContractedProcedure(part, routed) : routed;
  }
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]: [string, unknown]) => [name, withRoutes(inner, [...path, name])]),
  );
}

function routing({ method, path: address, summary }: CallRoute, path: readonly string[]) {
  const role = (rights as Readonly<Record<string, string>>)[path.join('.')] ?? 'admin';
  return {
    method,
    path: address,
    summary,
    tags: [path[0] ?? 'engine'],
    operationId: path.join('.'),
    description: `Asks for the role \`${role}\`.`,
    spec: (operation: OpenAPI.OperationObject) => ({
      ...operation,
      'x-holdfast-role': role,
      responses: { ...operation.responses, default: { $ref: '#/components/responses/Error' } },
    }),
  };
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
