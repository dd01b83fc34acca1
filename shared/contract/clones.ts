/** Clones for development: what is brought back for a while only, marked, and removed when its time is over. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { cloneStates, cloneTroubles } from '../model/clones.ts';
import { awsPlaceSchema } from './aws-sources.ts';
import { bucketNameSchema } from './bucket-runs.ts';
import { detachSchema, idSchema, operationEvents, repositoryAccessSchema } from './common.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
const moment = z.iso.datetime();
const sourceSchema = z.string().min(1).max(200);
const pathSchema = z.string().min(1).max(4096);

/** Not empty: what lies at the top of a bucket is never a clone. */
const prefixSchema = z
  .string()
  .min(2)
  .max(512)
  .regex(/^[^/].*\/$/, 'a prefix that ends in a slash');

export const clonePlaceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), path: pathSchema }),
  /** Of one repository it is that repository, of several a folder with `<owner>/<name>` in it. */
  z.object({ kind: z.literal('git'), as: z.enum(['bare', 'checkout']), path: pathSchema }),
  z.object({ kind: z.literal('bucket'), bucket: z.string(), prefix: prefixSchema, ...awsPlaceSchema.shape }),
  /** Launched by a restore run in AWS, which its tag says the expiry of. */
  z.object({ kind: z.literal('instance'), run: z.string(), title: z.string() }),
]);
export type ClonePlace = z.infer<typeof clonePlaceSchema>;

export const cloneOfSchema = z.object({
  repository: idSchema,
  source: z.string(),
  snapshot: idSchema,
  /** When that snapshot was taken. */
  takenAt: time,
  /** In the snapshot; `/` is all of it. */
  paths: z.array(z.string()),
});
export type CloneOf = z.infer<typeof cloneOfSchema>;

/** Why one is still there. `items`: the first hundred. */
export const cloneTroubleSchema = z.object({
  kind: z.enum(cloneTroubles),
  at: time,
  count,
  detail: z.string(),
  items: z.array(z.string()),
});

export const cloneSchema = z.object({
  /** 16 hexadecimal digits; its mark says it too. */
  id: z.string(),
  state: z.enum(cloneStates),
  /** Null of an instance. */
  of: cloneOfSchema.nullable(),
  place: clonePlaceSchema,
  items: count,
  bytes: z.number().nonnegative(),
  madeAt: time,
  madeBy: z.string(),
  /** Null of an instance whose tag cannot be read. */
  expiresAt: time.nullable(),
  trouble: cloneTroubleSchema.nullable(),
  /** Sources whose folders or prefixes it lies in: their snapshots hold it too. */
  within: z.array(z.string()),
});
export type Clone = z.infer<typeof cloneSchema>;

export const newCloneSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('folder'),
    /** Each path comes below the target by its own absolute path. */
    selections: z.array(snapshotReferenceSchema).min(1).max(1000),
    source: sourceSchema.optional(),
    /** Absolute. */
    target: pathSchema,
  }),
  z.object({
    kind: z.literal('git'),
    snapshot: snapshotReferenceSchema,
    source: sourceSchema.optional(),
    /** Null: all of the snapshot. */
    paths: z.array(z.string().min(1).max(65_536)).min(1).max(10_000).nullable(),
    as: z.enum(['bare', 'checkout']),
    target: pathSchema,
  }),
  z.object({
    kind: z.literal('bucket'),
    /** `<snapshot>[:prefix]`: what its keys begin with. */
    selection: snapshotReferenceSchema,
    source: sourceSchema.optional(),
    bucket: bucketNameSchema,
    prefix: prefixSchema,
    /** As whom it is written, and removed when its time is over. */
    place: awsPlaceSchema.prefault({}),
  }),
]);
export type NewClone = z.input<typeof newCloneSchema>;

const reference = z.object({
  /** An id, or the beginning of one. CLONE_UNKNOWN. */
  clone: z.string().regex(/^[0-9a-f]{1,16}$/),
});

export const cloneLookSchema = z.object({
  /** What lies there of what the clone has made. */
  items: count,
  changed: count,
  /** The first hundred, each with what is other. */
  names: z.array(z.string()),
  /** It is not where it was made. */
  missing: z.boolean(),
});
export type CloneLook = z.infer<typeof cloneLookSchema>;

export const cloneRemovalSchema = z.object({
  removed: count,
  left: count,
  /** The first hundred of what is left, each with why. */
  names: z.array(z.string()),
});
export type CloneRemoval = z.infer<typeof cloneRemovalSchema>;

export const clonesContract = {
  /** Newest first, clones of instances among them. */
  list: oc.input(z.object({})).output(z.object({ clones: z.array(cloneSchema) })),
  /**
   * Brings it back to a place where nothing is yet, and marks it. It appears there whole, and not before.
   * CLONE_PLACE_TAKEN, TARGET_UNUSABLE, CLONE_INCOMPLETE.
   */
  make: oc
    .input(
      z.object({ repository: repositoryAccessSchema, what: newCloneSchema, expiresAt: moment, detach: detachSchema }),
    )
    .output(eventIterator(operationEvents(cloneSchema))),
  /** Whether somebody has changed it; nothing is changed by that. */
  look: oc.input(reference).output(cloneLookSchema),
  /** Until another time, later or earlier. */
  extend: oc.input(reference.extend({ expiresAt: moment })).output(cloneSchema),
  /** It is no clone any more: its mark goes, all else stays for good. */
  keep: oc.input(reference).output(cloneSchema),
  /** CLONE_CHANGED where somebody has changed it, unless with what was changed. */
  remove: oc
    .input(reference.extend({ withChanges: z.boolean().default(false), detach: detachSchema }))
    .output(eventIterator(operationEvents(cloneRemovalSchema))),
};
