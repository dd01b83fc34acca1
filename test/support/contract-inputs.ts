/** Inputs for every call of the contract, made from its schemas: so that a call that is new is tried as all others are. */
import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract';
import { z } from 'zod';
import { contract } from '../../shared/contract/index.ts';

export type ContractCall = { readonly name: string; readonly path: readonly string[]; readonly schema: JsonSchema };

export type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
};

export function contractCalls(router: object = contract, path: readonly string[] = []): ContractCall[] {
  return Object.entries(router).flatMap(([name, part]: [string, object]) => {
    const own = [...path, name];
    if (!isContractProcedure(part)) return contractCalls(part, own);
    return [{ name: own.join('.'), path: own, schema: schemaOf(part) }];
  });
}

function schemaOf(procedure: AnyContractProcedure): JsonSchema {
  const inputSchema: unknown = procedure['~orpc'].inputSchema;
  if (!(inputSchema instanceof z.ZodType)) return { type: 'object' };
  return z.toJSONSchema(inputSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** Nothing that is there, and nothing that is asked of another machine. */
const texts = [
  'nothing of that name',
  '/nowhere/at/all',
  'http://127.0.0.1:9/',
  'https://127.0.0.1:9/',
  'ssh://git@127.0.0.1:9/x.git',
  'nobody@example.org',
  'nothing',
  'nothing-1',
  '0'.repeat(16),
  '0'.repeat(64),
  '0'.repeat(8),
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01',
  '09:00',
  'eu-central-1',
  'arn:aws:iam::123456789012:role/none',
  'AKIAIOSFODNN7EXAMPLE',
  'i-0123456789abcdef0',
  'vol-0123456789abcdef0',
  'snap-0123456789abcdef0',
  '123456789012',
  'prune.days',
  'A1',
  '1',
  '',
];

/** `given` says what stands in a text of that name; null where it does not matter. */
export function inputOf(schema: JsonSchema, given: (name: string) => string | null): unknown {
  return sample(schema, '', given);
}

/** Names of texts that are to be given, wherever they stand. */
export function namesIn(schema: JsonSchema): string[] {
  const names = new Set<string>();
  sample(schema, '', (name) => {
    names.add(name);
    return null;
  });
  return [...names];
}

function sample(schema: JsonSchema, name: string, given: (name: string) => string | null): unknown {
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return sample(preferred(either), name, given);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => sample(part, name, given) as object)) as unknown;
  switch (schema.type ?? '') {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
          schema.required?.includes(key) === true || given(key) !== null ? [[key, sample(part, key, given)]] : [],
        ),
      );
    case 'array': {
      const items = schema.items ?? {};
      const wanted = Math.max(schema.minItems ?? 0, given(name) === null ? 0 : 1);
      return Array.from({ length: wanted }, () => sample(items, name, given));
    }
    case 'string':
      return textFor(schema, given(name));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

/** A repository by its id: by its place, it is opened for whoever has its password. */
function preferred(either: readonly JsonSchema[]): JsonSchema {
  const connected = either.find(
    ({ properties }) => properties !== undefined && Object.keys(properties).join() === 'id',
  );
  return connected ?? either.find(({ type }) => type !== 'null') ?? either[0] ?? {};
}

function textFor(schema: JsonSchema, wanted: string | null): string {
  const fits = (text: string): boolean =>
    (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text)) &&
    text.length >= (schema.minLength ?? 0) &&
    (schema.format !== 'date-time' || /T.*Z$/.test(text)) &&
    (schema.format !== 'uri' || text.startsWith('http')) &&
    (schema.format !== 'email' || text.includes('@'));
  return [...(wanted === null ? [] : [wanted]), ...texts].find(fits) ?? '';
}
