/** The OpenAPI document: the contract as programs see it, made when it is asked for. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OpenAPIGenerator, type ConditionalSchemaConverter } from '@orpc/openapi';
import type { AnyContractRouter, OpenAPI } from '@orpc/contract';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { z } from 'zod';
import { contract } from '../../../../shared/contract/index.ts';
import { errorReportSchema } from '../../../../shared/contract/common.ts';
import { rights, type CallName } from '../../../../shared/contract/rights.ts';
import { errorCatalog, type ErrorCode } from '../../../../shared/model/errors.ts';
import { roleTable } from '../../../../shared/model/roles.ts';
import { callNotes } from './call-notes.ts';
import { exampleOf, type JsonSchema } from './examples.ts';
import { statusOf } from './failure.ts';
import { Idempotency, secretAnswers } from './idempotency.ts';
import { withNamedSchemas } from './named-schemas.ts';
import { restPrefix, withRoutes } from './rest.ts';
import { routeOf } from './routes.ts';

type Media = { readonly [type: string]: { readonly schema?: unknown; readonly example?: unknown } };
type Operation = OpenAPI.OperationObject;

const kept = new Map<string, Promise<OpenAPI.Document>>();

/** That of this engine's contract; it is made once. */
export function openApiOf(version: string, origin: string | null): Promise<OpenAPI.Document> {
  const key = `${version} ${origin}`;
  const made = kept.get(key) ?? openApiDocument(contract, version, origin);
  kept.clear();
  kept.set(key, made);
  return made;
}

/** OpenAPI 3.1. `origin`: where the API is served; null where it is not, as in a window of the desktop program. */
export async function openApiDocument(
  router: AnyContractRouter,
  version: string,
  origin: string | null,
): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({
    schemaConverters: [inTurns(new ZodToJsonSchemaConverter({ maxStructureDepth: 20 }))],
  });
  const document = await generator.generate(withRoutes(router, [], describe) as AnyContractRouter, {
    info: { title: 'Holdfast', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: `${origin ?? 'https://localhost'}${restPrefix}` }],
    tags: tagsOf(router),
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
      headers: {
        RetryAfter: { description: 'After how many seconds to ask again.', schema: { type: 'integer', minimum: 1 } },
        Replayed: {
          description: '`true`: the answer is that of an earlier request with the same Idempotency-Key.',
          schema: { type: 'string' },
        },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'Chosen anew for each request and sent again with each retry of it: within 24 hours it is carried out once, and a retry is answered as it was.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
          example: '7b0d4c2e-52f1-4c0e-9a55-1f6f5f3c2f10',
        },
        LastEventId: {
          name: 'Last-Event-ID',
          in: 'header',
          required: false,
          description: 'Id of the last event that was read: the stream goes on after it.',
          schema: { type: 'string', maxLength: 60 },
        },
      },
      responses: {
        Error: {
          description: 'The call failed: what happened, what it means, and what to do.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
        ...(Object.fromEntries(
          byStatus([...always, ...ofKeys]).map(([status, codes]) => [`Status${status}`, failure(status, codes)]),
        ) as object),
      },
    },
  });
  return withNamedSchemas(document);
}

/** Others run between two schemas: all of them at once would keep the main thread for half a second. */
function inTurns(converter: ZodToJsonSchemaConverter): ConditionalSchemaConverter {
  return {
    condition: (schema) => converter.condition(schema),
    convert: async (schema, options) => {
      await nextTurn();
      return converter.convert(schema, options);
    },
  };
}

const description = [
  'Every call of the engine. Long operations answer with a stream of events (text/event-stream): `message` events until the last ' +
    'one, whose type is `done`, or an `error` event with the same JSON as other failures; closing the stream stops an operation ' +
    'unless it was detached.',
  'Each call names the least role that it asks for: ' +
    `${Object.entries(roleTable)
      .map(([role, { name }]) => `\`${role}\` (${name})`)
      .join(', ')}; each may do what those before it may.`,
  'A call that changes something takes an `Idempotency-Key`. Too many requests are answered with 429 and `Retry-After`. Lists that ' +
    'grow take `limit` and `before` (or `after`), and say `more`.',
].join('\n\n');

const errorSchema = errorReportSchema.extend({
  issues: z
    .array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }))
    .optional(),
});

/** What any call may fail with. */
const always: readonly ErrorCode[] = [
  'BAD_USAGE',
  'NOT_SIGNED_IN',
  'FORBIDDEN',
  'TOO_MANY_REQUESTS',
  'ENGINE_BUSY',
  'ENGINE_STOPPED',
  'INTERNAL',
];
const ofRepositories: readonly ErrorCode[] = [
  'CONNECTION_UNKNOWN',
  'NOT_A_REPOSITORY',
  'WRONG_PASSWORD',
  'PASSWORD_NEEDED',
  'REPOSITORY_UNREACHABLE',
];
const ofKeys: readonly ErrorCode[] = [
  'IDEMPOTENCY_KEY_USED',
  'IDEMPOTENCY_UNDER_WAY',
  'IDEMPOTENCY_DONE',
  'IDEMPOTENCY_UNKNOWN',
];

function describe(path: readonly string[]): object {
  const call = path.join('.');
  const role = rights[call as CallName] ?? 'admin';
  const { text = '', codes = [] } = callNotes[call] ?? {};
  const keyed = Idempotency.counts(path);
  const secret = secretAnswers.has(call as CallName)
    ? ' Its answer holds a secret, and is not kept for an Idempotency-Key: a retry is told IDEMPOTENCY_DONE.'
    : '';
  return {
    ...routeOf(path),
    tags: [path[0] ?? 'engine'],
    operationId: call,
    description: `${text}${text === '' ? '' : '\n\n'}Asks for the role \`${role}\` (${roleTable[role].name}).${secret}`,
    spec: (operation: Operation): Operation => {
      const parameters = [
        ...(operation.parameters ?? []),
        ...(keyed ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
        ...(call === 'events.follow' ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
      ];
      const own = asksForRepository(operation) ? ofRepositories : [];
      const failures = [...new Set([...always, ...(codes as ErrorCode[]), ...own, ...(keyed ? ofKeys : [])])];
      return {
        ...operation,
        ...(parameters.length > 0 && { parameters: parameters.map(withParameterExample) as never }),
        ...(operation.requestBody !== undefined && { requestBody: withExamples(operation.requestBody, 'input') }),
        'x-holdfast-role': role,
        'x-holdfast-errors': failures.toSorted(),
        responses: { ...answersOf(operation, keyed), ...failuresOf(failures) },
      } as Operation;
    },
  };
}

function asksForRepository({ requestBody }: Operation): boolean {
  return JSON.stringify(requestBody ?? null).includes('"repository"');
}

function withParameterExample(parameter: unknown): unknown {
  const { schema, name } = parameter as { schema?: JsonSchema; name?: string };
  if (schema === undefined) return parameter;
  return { ...(parameter as object), example: exampleOf(schema, 'input', name) };
}

function answersOf({ responses = {} }: Operation, keyed: boolean): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, answer]) => [
      status,
      {
        ...(withExamples(answer, 'output') as object),
        ...(keyed && { headers: { 'Idempotent-Replayed': { $ref: '#/components/headers/Replayed' } } }),
      },
    ]),
  );
}

function withExamples<Part>(part: Part, io: 'input' | 'output'): Part {
  const { content } = part as { content?: Media };
  if (content === undefined) return part;
  const media = Object.entries(content).map(([type, { schema, ...rest }]) => {
    if (schema === undefined) return [type, rest];
    const example = exampleOf(schema as JsonSchema, io);
    return [type, { ...rest, schema, example: type === 'text/event-stream' ? lineOf(schema as JsonSchema) : example }];
  });
  return { ...part, content: Object.fromEntries(media) as Media };
}

/** What one event of a stream looks like. */
function lineOf(schema: JsonSchema): string {
  const message = (schema.oneOf ?? [schema]).find(({ properties }) => properties?.['event']?.['const'] === 'message');
  const data = message?.properties?.['data'];
  return `event: message\ndata: ${JSON.stringify(data === undefined ? {} : exampleOf(data, 'output'))}\n\n`;
}

/** By status; what calls have in common stands once in the document. */
function failuresOf(codes: readonly ErrorCode[]): Record<string, unknown> {
  const common: readonly ErrorCode[] = [...always, ...ofKeys];
  const made = byStatus(codes).map(([status, own]) => {
    const shared = own.every((code) => common.includes(code)) && own.length === statusCodes(status, common).length;
    return [status, shared ? { $ref: `#/components/responses/Status${status}` } : failure(status, own)];
  });
  return { ...(Object.fromEntries(made) as object), default: { $ref: '#/components/responses/Error' } };
}

function byStatus(codes: readonly ErrorCode[]): [status: string, codes: ErrorCode[]][] {
  return [...Map.groupBy(codes, (code) => String(statusOf(code)))].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function statusCodes(status: string, codes: readonly ErrorCode[]): readonly ErrorCode[] {
  return codes.filter((code) => String(statusOf(code)) === status);
}

function failure(status: string, codes: readonly ErrorCode[]): object {
  const waits = status === '429' || status === '503';
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCatalog[code].meaning}`).join('\n'),
    ...(waits && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: failureExample(codes[0]) },
    },
  };
}

function failureExample(code: ErrorCode = 'INTERNAL'): object {
  const { meaning, action } = errorCatalog[code];
  return { code, message: 'What happened, in a sentence.', meaning, action };
}

function tagsOf(router: AnyContractRouter): { name: string }[] {
  return Object.keys(router).map((name) => ({ name }));
}
