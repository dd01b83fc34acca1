import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits, isPlainPath, namePattern } from '../model/configuration.ts';
import { hookLimits, isProgram, isWebhookUrl } from '../model/hooks.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';

export const nameSchema = z
  .string()
  .max(100)
  .regex(namePattern, 'a name is of letters, digits, spaces and . _ @ + -, begins with a letter or digit');

const textSchema = z
  .string()
  .min(1)
  .max(limits.textLength)
  .refine((text) => !text.includes('\0'), 'a NUL character');

const between = ({ least, most, usual }: { least: number; most: number; usual: number }) =>
  z.number().int().min(least).max(most).default(usual);
const timeoutMs = between(hookLimits.timeoutMs);
const wordSchema = z
  .string()
  .max(limits.textLength)
  .refine((text) => !text.includes('\0'), 'a NUL character');

/** What each is: shared/model/hooks.ts. */
export const hookSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    argv: z
      .array(wordSchema)
      .min(1)
      .max(hookLimits.words)
      .refine(([program = '']) => isProgram(program), 'a program is a whole path, or a name without a slash')
      .readonly(),
    timeoutMs,
  }),
  z.object({ kind: z.literal('shell'), script: textSchema, timeoutMs }),
  z.object({
    kind: z.literal('webhook'),
    url: textSchema.refine(isWebhookUrl, 'an address begins with http:// or https:// and holds no name or password'),
    timeoutMs,
  }),
]);

export const hooksSchema = z.object({
  before: hookSchema.nullable(),
  after: hookSchema.nullable(),
  required: z.boolean().default(false),
  maximumHoldMs: between(hookLimits.maximumHoldMs),
});

/** A folder source as it is stored; every field is there. */
export const sourceDefinitionSchema = z.object({
  kind: z.literal('folder'),
  name: nameSchema,
  paths: z
    .array(z.string().max(limits.textLength).refine(isPlainPath, 'a path is absolute and without `.` and `..`'))
    .min(1)
    .max(limits.paths),
  /** gitignore patterns, relative to each path. */
  excludes: z.array(textSchema).max(limits.excludes),
  excludeCaches: z.boolean(),
  excludeLargerThanBytes: z.number().int().positive().nullable(),
  oneFileSystem: z.boolean(),
  /** What runs around a capture. */
  commands: hooksSchema,
  /** By which profiles are given to several at once. */
  tags: z.array(nameSchema).max(limits.tags).default([]),
  /** How old its newest good snapshot may be, in milliseconds; null: as its profile says. */
  rpoMs: z.number().int().min(60_000).nullable().default(null),
});
export type SourceDefinition = z.infer<typeof sourceDefinitionSchema>;

export const registeredSourceSchema = sourceDefinitionSchema.extend({
  /** ISO-8601 UTC, and the actor. */
  addedAt: z.string(),
  addedBy: z.string(),
  /** Whether its commands may run on this machine: null without commands. */
  approved: z.boolean().nullable(),
});
export type RegisteredSource = z.infer<typeof registeredSourceSchema>;

const byName = z.object({ name: z.string().min(1).max(200) });
const changed = savedSchema.extend({ source: registeredSourceSchema });

export const sourcesContract = {
  /** SOURCE_EXISTS. */
  add: oc.input(z.object({ repository: repositoryAccessSchema, source: sourceDefinitionSchema })).output(changed),
  /**
   * Gives the source of that name another definition. Commands that change have been approved by whoever changes them;
   * as long as one is there that nobody has approved, none of them runs. SOURCE_UNKNOWN.
   */
  update: oc.input(z.object({ repository: repositoryAccessSchema, source: sourceDefinitionSchema })).output(changed),
  list: oc.input(z.object({})).output(z.object({ sources: z.array(registeredSourceSchema) })),
  /** Null where no source has the name. With a repository, a configuration that was lost is read from there first. */
  find: oc
    .input(byName.extend({ repository: repositoryAccessSchema.optional() }))
    .output(registeredSourceSchema.nullable()),
  /** Snapshots of it are kept. SOURCE_UNKNOWN. */
  remove: oc.input(byName.extend({ repository: repositoryAccessSchema })).output(changed),
  /**
   * Lets its commands run on this machine. `commands` are those that were read: where others have come in their place,
   * nothing is approved. SOURCE_UNKNOWN, BAD_USAGE.
   */
  approve: oc.input(byName.extend({ commands: hooksSchema.optional() })).output(registeredSourceSchema),
};
