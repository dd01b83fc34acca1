/** A REST call on its way to its handler, and how what it says is read. */
import { type IncomingMessage } from 'node:http';
import { type z } from 'zod';
import { type Access, type Viewer } from '../access.ts';
import { type RateLimit } from '../rate-limit.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { Refusal, type Answer } from './answer.ts';

export type Call = {
  readonly world: World;
  readonly access: Access;
  readonly rateLimit: RateLimit;
  readonly viewer: Viewer;
  readonly query: URLSearchParams;
  readonly accept: string;
  /** What stands for `:name` in the pattern. */
  readonly parameters: Readonly<Record<string, string>>;
  /** JSON as it came; of an upload nothing, it is read from the request. */
  readonly body: unknown;
  readonly request: IncomingMessage;
};

export type RepositoryCall = Call & { readonly repository: Repository };

export type Route<Of extends Call = Call> = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Segments, `:name` for any; for a repository what comes after its name. */
  readonly pattern: string;
  /** The permission of a fine-grained token that it takes: `issues=read`, or one of several with `; ` between them. */
  readonly needs?: `${string}=${'read' | 'write'}`;
  /** Whether it is below the address for uploads, with a body of any kind. */
  readonly isUpload?: boolean;
  answer(call: Of): Answer | Promise<Answer>;
};

/** The body in the shape of the schema, else a 422. */
export function bodyOf<Schema extends z.ZodType>(call: Call, schema: Schema, resource: string): z.output<Schema> {
  const read = schema.safeParse(call.body ?? {});
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => ({
    resource,
    code: 'invalid',
    field: path.join('.'),
    message,
  }));
  throw new Refusal(422, 'Validation Failed', { body: { errors } });
}

/** A parameter that is a number; one that is none is of nothing that exists. */
export function numberOf(call: Call, name: string): number {
  const text = call.parameters[name] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
