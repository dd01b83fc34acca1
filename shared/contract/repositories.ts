import { oc } from '@orpc/contract';
import { z } from 'zod';
import { accessSecrets } from '../model/repository-access.ts';
import { connectionIdSchema, errorReportSchema, idSchema } from './common.ts';
import { accessSettingsSchema, repositoryReachSchema } from './repository-access.ts';

/**
 * `open`: its password is in the engine's memory. `locked`: somebody has to enter it. `unreachable`: the place does not
 * answer, or what is there cannot be opened; it is tried again by itself.
 */
export const connectionStateSchema = z.enum(['open', 'locked', 'unreachable']);
export type ConnectionState = z.infer<typeof connectionStateSchema>;

/** A repository that this console works with. Its password is never part of an answer. */
export const connectionSchema = z.object({
  id: connectionIdSchema,
  name: z.string(),
  location: z.string(),
  /** What it is reached with, but secrets. */
  settings: accessSettingsSchema,
  /** The names of the secrets it is reached with. */
  secrets: z.array(z.enum(accessSecrets)),
  /** The id in the repository's own config. */
  repository: idSchema,
  /** Where sources are protected unless something else is said. */
  primary: z.boolean(),
  state: connectionStateSchema,
  problem: errorReportSchema.nullable(),
  /** Whether the password outlives this engine, in the keychain or a sealed file. */
  remembered: z.boolean(),
  /** ISO-8601 UTC: when a person last entered the password, and it was right. */
  provenAt: z.string(),
  addedAt: z.string(),
  addedBy: z.string(),
  /** Snapshots the catalog knows in it. */
  snapshots: z.number().int().nonnegative(),
  /** Grows whenever snapshots, holds or what is searchable change: answers from before are old then. */
  revision: z.number().int().nonnegative(),
});
export type Connection = z.infer<typeof connectionSchema>;

const locationSchema = z.string().min(1).max(4096);
const passwordSchema = z.string().min(1).max(4096);
const nameSchema = z.string().trim().min(1).max(100);
const byId = z.object({ id: connectionIdSchema });

const newConnection = z.object({
  location: locationSchema,
  password: passwordSchema,
  reach: repositoryReachSchema.optional(),
  /** By default the last part of the location. */
  name: nameSchema.optional(),
  /** Keeps the password, and the secrets of the place, beyond this engine, where there is a place for it. NO_SECRET_STORE. */
  remember: z.boolean().default(false),
});

/** What lies at a place that might become a repository. */
export const placeSchema = z.object({
  location: z.string(),
  /**
   * `missing`: it would be made. `empty`: an empty folder. `occupied`: other things lie there, and a repository would be
   * made among them. `unusable`: it cannot be reached or written to, or is no folder; `problem` says why.
   */
  kind: z.enum(['repository', 'missing', 'empty', 'occupied', 'unusable']),
  problem: errorReportSchema.nullable(),
  freeBytes: z.number().int().nonnegative().nullable(),
  /** Of the server's key, where `problem` is that nobody has confirmed it yet. */
  fingerprint: z.string().nullable(),
  /** Whether it lies on the same file system as the home folder of the account: a copy there dies with the machine. */
  sameDisk: z.boolean(),
});
export type Place = z.infer<typeof placeSchema>;

const oneConnection = z.object({ repository: connectionSchema });

export const repositoriesContract = {
  list: oc.input(z.object({})).output(z.object({ repositories: z.array(connectionSchema) })),
  /** Looks at a place without changing it. */
  inspect: oc
    .input(z.object({ location: locationSchema, reach: repositoryReachSchema.optional() }))
    .output(placeSchema),
  /** Makes a new repository and connects it. REPOSITORY_EXISTS. */
  create: oc.input(newConnection).output(oneConnection),
  /** NOT_A_REPOSITORY, WRONG_PASSWORD, CONNECTION_EXISTS. */
  connect: oc.input(newConnection).output(oneConnection),
  /** WRONG_PASSWORD, CONNECTION_UNKNOWN. */
  unlock: oc
    .input(
      byId.extend({
        password: passwordSchema,
        remember: z.boolean().default(false),
        /** Of the place, where they are not kept. */
        secrets: repositoryReachSchema.shape.secrets,
      }),
    )
    .output(oneConnection),
  /** What it is reached with from now on: all settings, and the secrets that are new. ACCESS_INVALID, NO_SECRET_STORE. */
  setReach: oc.input(byId.extend({ reach: repositoryReachSchema })).output(oneConnection),
  /** Forgets the password, in memory and where it is remembered. What runs goes on. */
  lock: oc.input(byId).output(oneConnection),
  /** Whether a person still knows the password. WRONG_PASSWORD. */
  prove: oc.input(byId.extend({ password: passwordSchema })).output(oneConnection),
  rename: oc.input(byId.extend({ name: nameSchema })).output(oneConnection),
  makePrimary: oc.input(byId).output(oneConnection),
  /** The console does not work with it any more; nothing in it changes. */
  disconnect: oc.input(byId).output(z.object({})),
};
