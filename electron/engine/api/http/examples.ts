/** An example for a schema: what a call may be asked with, and may answer. It is made of the schema, so it never grows old. */

export type JsonSchema = {
  readonly [key: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
};

const hex = (digits: number): string => '4f1c2a9be07d53861d9c5f60b8a3e714'.repeat(4).slice(0, digits);

/** Values that stand for what a field of that name holds. One that its schema does not take is left aside. */
const byName: Readonly<Record<string, unknown>> = {
  id: hex(16),
  job: hex(16),
  session: hex(16),
  snapshot: hex(64),
  repository: { id: hex(16) },
  tenant: 'default',
  actor: 'token:ci',
  name: 'papers',
  source: 'papers',
  title: 'papers',
  path: '/home/anna/papers',
  paths: ['/home/anna/papers'],
  password: 'as chosen when the repository was made',
  location: '/srv/backup',
  folder: '/home/anna/papers',
  address: 'ops@example.org',
  hostname: 'workstation',
  endpoint: 'https://s3.example.org',
  system: `${hex(16)}-3`,
  reason: 'asked for by the auditor',
  message: 'There is no job 4f1c.',
  version: '0.1.0',
  limit: 50,
};

/** Deeper than any schema that says something. */
const maximumDepth = 12;

/** Fields that must be there, and the first few of those that need not. */
export function exampleOf(schema: JsonSchema, io: 'input' | 'output', name = '', depth = 0): unknown {
  if ('const' in schema) return schema['const'];
  if (io === 'input' && 'default' in schema) return schema['default'];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[])[0];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return ofChoice(choices, io, name, depth);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, io, name, depth)));
  const type = Array.isArray(schema.type) ? (schema.type as string[])[0] : schema.type;
  const known = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (type === 'object' || schema.properties !== undefined) return ofObject(schema, io, depth);
  if (type === 'array') return ofArray(schema, io, name, depth);
  if (type === 'string') return typeof known === 'string' && takes(schema, known) ? known : textOf(schema, name);
  if (type === 'integer' || type === 'number') return typeof known === 'number' ? known : numberOf(schema);
  if (type === 'boolean') return false;
  return type === 'null' ? null : {};
}

/** A repository is named by its id, which is simpler than by its place. */
function ofChoice(choices: readonly JsonSchema[], io: 'input' | 'output', name: string, depth: number): unknown {
  const best = choices.find(({ properties, required }) => properties?.['id'] !== undefined && required?.length === 1);
  const first = best ?? choices.find(({ type }) => type !== 'null') ?? choices[0];
  return first === undefined ? null : exampleOf(first, io, name, depth + 1);
}

function ofObject(
  { properties = {}, required = [], ...rest }: JsonSchema,
  io: 'input' | 'output',
  depth: number,
): unknown {
  const made: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (depth > maximumDepth || !required.includes(name)) continue;
    made[name] = exampleOf(schema, io, name, depth + 1);
  }
  const more = rest['additionalProperties'];
  if (io === 'output' && Object.keys(properties).length === 0 && typeof more === 'object' && more !== null && depth < 4)
    for (const name of namesOf(rest['propertyNames'] as { enum?: string[] } | undefined))
      made[name] = exampleOf(more as JsonSchema, io, name, depth + 1);
  return made;
}

function ofArray(schema: JsonSchema, io: 'input' | 'output', name: string, depth: number): unknown {
  const prefix = schema['prefixItems'];
  if (Array.isArray(prefix)) return (prefix as JsonSchema[]).map((one) => exampleOf(one, io, '', depth + 1));
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 1;
  if (depth > maximumDepth || schema.items === undefined) return [];
  const singular = name.endsWith('s') ? name.slice(0, -1) : name;
  const item = exampleOf(schema.items, io, singular, depth + 1);
  return Array.from({ length: Math.max(1, least) }, () => item);
}

/** Of an object whose fields are of one kind: those it must have, else one. */
function namesOf({ enum: names }: { readonly enum?: readonly string[] } = {}): readonly string[] {
  return names ?? ['papers'];
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-03-14T02:00:00.000Z',
  date: '2026-03-14',
  email: 'operator@example.org',
  uri: 'https://backup.example.org',
  uuid: '7b0d4c2e-52f1-4c0e-9a55-1f6f5f3c2f10',
};

/** Texts for patterns: the first that fits is taken. */
const candidates: readonly string[] = [
  'papers',
  hex(16),
  hex(64),
  hex(8),
  hex(32),
  hex(40),
  `${hex(16)}-3`,
  '2026-03-14T02:00:00.000Z',
  '2026-03-14',
  '02:00',
  'eu-central-1',
  'vol-0a1b2c3d4e5f60718',
  'i-0a1b2c3d4e5f60718',
  'snap-0a1b2c3d4e5f60718',
  'ami-0a1b2c3d4e5f60718',
  'subnet-0a1b2c3d4e5f60718',
  'sg-0a1b2c3d4e5f60718',
  'vpc-0a1b2c3d4e5f60718',
  'arn:aws:iam::123456789012:role/holdfast',
  '123456789012',
  '123456',
  '/home/anna/papers',
  'https://backup.example.org',
  'refs/heads/main',
  'main',
  'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  hex(64).toUpperCase(),
  'AA:'.repeat(31) + 'AA',
];

function textOf(schema: JsonSchema, name: string): string {
  const { format, pattern, contentEncoding } = schema as Readonly<Record<string, string | undefined>>;
  if (contentEncoding === 'base64') return 'SG9sZGZhc3Q=';
  const isTime = /(?:At|since|until|^at|^from|^to)$/i.test(name);
  const first =
    format === undefined ? (isTime ? '2026-03-14T02:00:00.000Z' : name === '' ? 'papers' : name) : formats[format];
  const texts = [...(first === undefined ? [] : [first]), ...candidates];
  if (pattern === undefined) return texts.find((text) => takes(schema, text)) ?? 'papers';
  return texts.find((text) => takes(schema, text)) ?? 'papers';
}

function takes({ pattern, minLength = 0, maxLength = Infinity }: JsonSchema, text: string): boolean {
  if (text.length < Number(minLength) || text.length > Number(maxLength)) return false;
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text);
}

function numberOf({ minimum, exclusiveMinimum, maximum }: JsonSchema): number {
  const least = Math.max(Number(minimum ?? 0), exclusiveMinimum === undefined ? 0 : Number(exclusiveMinimum) + 1);
  return Math.min(Math.max(least, 0), Number(maximum ?? Infinity));
}
