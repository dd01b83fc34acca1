/** Input that the contract refuses, in a sentence about the command's own arguments. */

/** Options by the name their value has in the contract. */
const argumentNames: Readonly<Record<string, string>> = {
  repository: '--repository',
  paths: '<path>',
  source: '--source',
  excludes: '--exclude',
  excludeLargerThanBytes: '--exclude-larger-than',
  tags: '--tag',
  selections: '<snapshot>',
  pattern: '<pattern>',
  path: '<path>',
  before: '<before>',
  after: '<after>',
  limit: '--limit',
  snapshot: '<snapshot>',
  target: '--to',
  overwrite: '--overwrite',
  readDataPercent: '--read-data-subset',
  key: '<key>',
  newPassword: 'the new password',
  snapshots: '<snapshot>',
  rules: '--keep-*',
  maxUnused: '--max-unused',
  maxRepackBytes: '--max-repack-size',
};

/** Input that the contract refuses: oRPC's BAD_REQUEST with the schema's issues, or the schema's own error. */
export function inputSentence(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const fromDoor = property(error, 'code') === 'BAD_REQUEST' ? property(property(error, 'data'), 'issues') : undefined;
  const fromSchema = /^\$?ZodError$/.test(error.name) ? property(error, 'issues') : undefined;
  const issues = fromDoor ?? fromSchema;
  if (!Array.isArray(issues)) return null;
  const path = property(issues[0], 'path');
  const field: unknown = Array.isArray(path) ? path[0] : undefined;
  const name = typeof field === 'string' ? (argumentNames[field] ?? field) : 'the arguments';
  return `Not usable for ${name}: ${reasonOf(issues[0])}.`;
}

/** How zod begins its messages. */
const zodsOwn = /^(?:Invalid|Too|Unrecognized) /;

/** What a schema finds wrong, for someone who does not know of schemas. Sentences of our own schemas stay. */
function reasonOf(issue: unknown): string {
  const [code, message, origin] = ['code', 'message', 'origin'].map((name) => property(issue, name));
  const fallback = 'it is not as the command expects it';
  if (typeof message === 'string' && !zodsOwn.test(message)) return message.replace(/\.$/, '');
  switch (code) {
    case 'too_small':
      return boundOf(origin, property(issue, 'minimum'), 'at least') ?? fallback;
    case 'too_big':
      return boundOf(origin, property(issue, 'maximum'), 'at most') ?? fallback;
    case 'invalid_type':
      return typeof message === 'string' && message.includes('received undefined') ? 'it is missing' : fallback;
    case 'invalid_value': {
      const values = property(issue, 'values');
      return Array.isArray(values) ? `it can be ${values.map(String).join(', ')}` : fallback;
    }
    default:
      return fallback;
  }
}

function boundOf(origin: unknown, bound: unknown, words: string): string | null {
  if (typeof bound !== 'number') return null;
  if (words === 'at least' && bound === 1 && (origin === 'string' || origin === 'array')) return 'it is empty';
  if (origin === 'string') return `it must have ${words} ${bound} ${bound === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `it must be given ${words} ${bound} times`;
  return origin === 'number' || origin === 'int' ? `it must be ${words} ${bound}` : null;
}

export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
