import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits, isPlainPath, namePattern } from '../model/configuration.ts';
import { isGitUrl } from '../model/git-url.ts';
import { hookLimits, isProgram, isWebhookUrl } from '../model/hooks.ts';
import { verifyEveryDays } from '../model/mirror-checks.ts';
import { githubOwnerPattern, isApiUrl, usualGithubApi } from '../model/source-kinds.ts';
import { ec2Fields, s3BucketFields } from './aws-sources.ts';
import { mostProbes } from '../model/drill-probes.ts';
import { drillProbeSchema } from './checks-of-plans.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { check } from './source-check.ts';

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
  z.object({ kind: z.literal('ssm'), script: textSchema, timeoutMs }),
  z.object({ kind: z.literal('ssm-powershell'), script: textSchema, timeoutMs }),
]);

export const hooksSchema = z.object({
  before: hookSchema.nullable(),
  after: hookSchema.nullable(),
  required: z.boolean().default(false),
  maximumHoldMs: between(hookLimits.maximumHoldMs),
  checks: z.array(drillProbeSchema).max(mostProbes).readonly().optional(),
});

const pathSchema = z.string().max(limits.textLength).refine(isPlainPath, 'a path is absolute and without `.` and `..`');

/** What every source has. */
const common = {
  name: nameSchema,
  /** What runs around a capture. */
  commands: hooksSchema,
  /** By which profiles are given to several at once. */
  tags: z.array(nameSchema).max(limits.tags).default([]),
  /** How old its newest good snapshot may be, in milliseconds; null: as its profile says. */
  rpoMs: z.number().int().min(60_000).nullable().default(null),
};

/** As they are stored; every field is there. */
export const folderDefinitionSchema = z.object({
  kind: z.literal('folder'),
  ...common,
  paths: z.array(pathSchema).min(1).max(limits.paths),
  /** gitignore patterns, relative to each path. */
  excludes: z.array(textSchema).max(limits.excludes),
  excludeCaches: z.boolean(),
  excludeLargerThanBytes: z.number().int().positive().nullable(),
  oneFileSystem: z.boolean(),
});
export type FolderDefinition = z.infer<typeof folderDefinitionSchema>;

const exceptionSchema = z.object({
  /** A name of the repository, its number at GitHub, or its address. */
  part: textSchema,
  reason: textSchema,
  /** ISO-8601 UTC. */
  acceptedAt: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
});

const mirrored = {
  /** The folder that mirrors lie in; null: `mirrors` in the home. */
  mirrors: pathSchema.nullable().default(null),
  /** Large files that Git keeps elsewhere. */
  lfs: z.boolean().default(true),
  /** The heads of pull requests too. */
  pullRefs: z.boolean().default(false),
  /** How old the last look at every object of a mirror may get. */
  verifyEveryDays: between(verifyEveryDays),
  /** Repositories that are known to be gone or closed: see shared/model/source-exceptions.ts. */
  exceptions: z.array(exceptionSchema).max(limits.excludes).default([]),
};

export const gitDefinitionSchema = z.object({
  kind: z.literal('git'),
  ...common,
  ...mirrored,
  urls: z
    .array(textSchema.refine(isGitUrl, 'an address begins with https://, http:// or ssh://, and holds no password'))
    .min(1)
    .max(limits.paths),
  /** The name that goes with the secret `token`; null: any will do. */
  user: wordSchema.nullable().default(null),
});
export type GitDefinition = z.infer<typeof gitDefinitionSchema>;

const globsSchema = z.array(textSchema).max(limits.excludes).default([]);

/** Which repositories of an owner: all that every filter lets through. */
export const githubFiltersSchema = z.object({
  /** Names, with `*` and `?`; empty: all. */
  include: globsSchema,
  exclude: globsSchema,
  /** One of them at least; empty: any. */
  topics: globsSchema,
  visibility: z.enum(['all', 'public', 'private']).default('all'),
  forks: z.boolean().default(true),
  archived: z.boolean().default(true),
  /** Pushed to within so many days; null: whenever. */
  pushedWithinDays: z.number().int().min(1).max(100_000).nullable().default(null),
});

export const githubPartsSchema = z.object({
  wiki: z.boolean().default(true),
  /** Issues, comments, pull requests, reviews, labels, milestones, settings and protection, as JSON. */
  issues: z.boolean().default(true),
  /** Releases with their assets. */
  releases: z.boolean().default(true),
});

export const githubDefinitionSchema = z.object({
  kind: z.literal('github'),
  ...common,
  ...mirrored,
  /** An organisation, or a user. */
  owner: z.string().regex(githubOwnerPattern, 'a login is of letters, digits and hyphens'),
  api: z
    .string()
    .max(limits.textLength)
    .refine(isApiUrl, 'an address that begins with https://')
    .default(usualGithubApi),
  /** A GitHub App, whose private key is the secret `app-key`; null: the secret `token`, or none. */
  app: z
    .object({ id: z.number().int().positive(), installation: z.number().int().positive() })
    .nullable()
    .default(null),
  filters: githubFiltersSchema.prefault({}),
  parts: githubPartsSchema.prefault({}),
});
export type GithubDefinition = z.infer<typeof githubDefinitionSchema>;

export const ec2DefinitionSchema = z.object({ kind: z.literal('ec2'), ...common, ...ec2Fields });
export type Ec2Definition = z.infer<typeof ec2DefinitionSchema>;

export const s3BucketDefinitionSchema = z.object({ kind: z.literal('s3-bucket'), ...common, ...s3BucketFields });
export type S3BucketDefinition = z.infer<typeof s3BucketDefinitionSchema>;

export const sourceDefinitionSchema = z.discriminatedUnion('kind', [
  folderDefinitionSchema,
  gitDefinitionSchema,
  githubDefinitionSchema,
  ec2DefinitionSchema,
  s3BucketDefinitionSchema,
]);
export type SourceDefinition = z.infer<typeof sourceDefinitionSchema>;

const registered = {
  /** ISO-8601 UTC, and the actor. */
  addedAt: z.string(),
  addedBy: z.string(),
  /** Whether its commands may run on this machine: null without commands. */
  approved: z.boolean().nullable(),
};

export const registeredSourceSchema = z.discriminatedUnion('kind', [
  folderDefinitionSchema.extend(registered),
  gitDefinitionSchema.extend(registered),
  githubDefinitionSchema.extend(registered),
  ec2DefinitionSchema.extend(registered),
  s3BucketDefinitionSchema.extend(registered),
]);
export type RegisteredSource = z.infer<typeof registeredSourceSchema>;

export const secretKeys = ['token', 'app-key'] as const;

/**
 * What a source elsewhere is reached with. Kept where this machine keeps secrets; where it has no such place, `variable`
 * is remembered, and each run reads it from the environment.
 */
export const sourceSecretSchema = z.object({
  key: z.enum(secretKeys),
  value: z
    .string()
    .min(1)
    .max(64 * 1024),
  /** The environment variable it came from. */
  variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
    .nullable()
    .default(null),
});
export type SourceSecret = z.infer<typeof sourceSecretSchema>;

const secretsSchema = z.array(sourceSecretSchema).max(secretKeys.length).default([]);

const byName = z.object({ name: z.string().min(1).max(200) });
const changed = savedSchema.extend({
  source: registeredSourceSchema,
  /** Where its secrets are now; null where none were given. */
  secretsKept: z.enum(['store', 'environment']).nullable().default(null),
});

const count = z.number().int().nonnegative();

export const githubPreviewSchema = z.object({
  owner: z.object({ login: z.string(), kind: z.enum(['organization', 'user']) }),
  credential: z.object({
    kind: z.enum(['none', 'token', 'fineGrained', 'app']),
    /** Of a classic token; empty otherwise. */
    scopes: z.array(z.string()),
    /** ISO-8601; null where it does not expire, or does not say. */
    expiresAt: z.string().nullable(),
  }),
  /** What it may not read, each in a sentence. */
  mayNotSee: z.array(z.string()),
  /** What no run captures, whatever the credential. */
  notCaptured: z.array(z.string()),
  /** All there are, by name. */
  repositories: z.array(
    z.object({
      id: count,
      name: z.string(),
      private: z.boolean(),
      fork: z.boolean(),
      archived: z.boolean(),
      topics: z.array(z.string()),
      /** As the server says; without Git LFS. */
      bytes: count,
      /** ISO-8601; null for an empty one. */
      pushedAt: z.string().nullable(),
      /** Whether the filters let it through. */
      selected: z.boolean(),
    }),
  ),
});
export type GithubPreview = z.infer<typeof githubPreviewSchema>;

export const sourcesContract = {
  /**
   * What a credential sees of an owner, and what the filters let through; nothing is changed. Without secrets, those of
   * the registered source of that name are used, if there are. GITHUB_….
   */
  preview: oc.input(z.object({ source: githubDefinitionSchema, secrets: secretsSchema })).output(githubPreviewSchema),
  check,
  /** SOURCE_EXISTS. */
  add: oc
    .input(z.object({ repository: repositoryAccessSchema, source: sourceDefinitionSchema, secrets: secretsSchema }))
    .output(changed),
  /**
   * Gives the source of that name another definition. Commands that change have been approved by whoever changes them;
   * as long as one is there that nobody has approved, none of them runs. SOURCE_UNKNOWN.
   */
  update: oc
    .input(z.object({ repository: repositoryAccessSchema, source: sourceDefinitionSchema, secrets: secretsSchema }))
    .output(changed),
  list: oc.input(z.object({})).output(z.object({ sources: z.array(registeredSourceSchema) })),
  /** Null where no source has the name. With a repository, a configuration that was lost is read from there first. */
  find: oc
    .input(byName.extend({ repository: repositoryAccessSchema.optional() }))
    .output(registeredSourceSchema.nullable()),
  /**
   * Accepts that a part of it is gone, from now on until it is back, or until a moment. A run that misses only such parts
   * is complete with exceptions. SOURCE_UNKNOWN, BAD_USAGE for a source of this machine.
   */
  accept: oc
    .input(
      byName.extend({
        repository: repositoryAccessSchema,
        part: textSchema,
        reason: textSchema,
        until: z.iso.datetime().nullable().default(null),
      }),
    )
    .output(changed),
  /** Takes that back. SOURCE_UNKNOWN, BAD_USAGE where nothing of that name was accepted. */
  withdraw: oc.input(byName.extend({ repository: repositoryAccessSchema, part: textSchema })).output(changed),
  /** Snapshots of it are kept. SOURCE_UNKNOWN. */
  remove: oc.input(byName.extend({ repository: repositoryAccessSchema })).output(changed),
  /**
   * Lets its commands run on this machine. `commands` are those that were read: where others have come in their place,
   * nothing is approved. SOURCE_UNKNOWN, BAD_USAGE.
   */
  approve: oc.input(byName.extend({ commands: hooksSchema.optional() })).output(registeredSourceSchema),
};
