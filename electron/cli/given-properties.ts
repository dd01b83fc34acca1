/** Properties of a source as they were given, read one by one. */
import type { z } from 'zod';
import { badUsage } from './failure.ts';

/** Values by key; a key without any takes the property away. */
export type Properties = Map<string, string[]>;

export class Given {
  readonly #properties: Properties;

  constructor(properties: Properties) {
    this.#properties = properties;
  }

  list(key: string, was: readonly string[]): string[] {
    return [...(this.#properties.get(key) ?? was)];
  }

  /** `read` gets null where the property was taken away. */
  value<Value>(key: string, was: Value, read: (text: string | null) => Value): Value {
    const given = this.#properties.get(key);
    return given === undefined ? was : read(given[0] ?? null);
  }
}

const keyOfField: Readonly<Record<string, string>> = { urls: 'url', topics: 'topic' };

/** BAD_USAGE, which names what is wrong. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.findLast((part) => typeof part === 'string') ?? 'a property';
  throw badUsage(`${keyOfField[field] ?? field} is not as it should be: ${issue?.message ?? ''}.`);
}
