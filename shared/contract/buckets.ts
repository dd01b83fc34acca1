/** Objects in snapshots of buckets: given back to a bucket. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { awsPlaceSchema } from './aws-sources.ts';
import {
  bucketNameSchema,
  bucketRunPreviewSchema,
  bucketRunRequestSchema,
  versionsToGiveSchema,
} from './bucket-runs.ts';
import { detachSchema, issueSchema, operationEvents, progressSchema, repositoryAccessSchema } from './common.ts';
import { overwriteSchema } from './recovery.ts';
import { restoreRunSchema } from './restore-runs.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

const count = z.number().int().nonnegative();

export const bucketRestoreInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** `<snapshot>[:prefix]`: what its keys begin with. */
  selection: snapshotReferenceSchema,
  source: z.string().optional(),
  bucket: bucketNameSchema,
  /** Put before each key. */
  prefix: z.string().max(1024).default(''),
  /** As whom it is written, and where: asked for by this call, and kept nowhere. */
  place: awsPlaceSchema.prefault({}),
  overwrite: overwriteSchema.default('never'),
  versions: versionsToGiveSchema,
  dryRun: z.boolean().default(false),
  /** Ask S3 afterwards what it keeps. */
  verify: z.boolean().default(true),
  detach: detachSchema,
});
export type BucketRestoreInput = z.input<typeof bucketRestoreInputSchema>;

export const bucketRestoreResultSchema = z.object({
  snapshot: z.string(),
  dryRun: z.boolean(),
  bucket: z.string(),
  prefix: z.string(),
  /** Written, or to be written. */
  objects: count,
  bytes: count,
  /** Found with the snapshot's content, and left. */
  unchanged: count,
  /** Of those written: whether S3 was asked what it keeps, and keeps that. */
  verified: count,
  /** Objects in the way: the first thousand by name. */
  conflicts: z.object({
    kept: count,
    replaced: count,
    /** Of those replaced, or to be replaced: written to after what the snapshot has of them. */
    newer: count,
    named: z.array(z.object({ key: z.string(), action: z.enum(['kept', 'replaced']), newer: z.boolean() })),
  }),
  /** What the snapshot keeps of them that was not given back, each in a sentence. */
  notGivenBack: z.array(z.string()),
  issues: z.array(issueSchema),
  durationMs: z.number(),
});
export type BucketRestoreResult = z.infer<typeof bucketRestoreResultSchema>;

/** What is known of a bucket that is protected. */
export const bucketAboutSchema = z.object({
  /** Of the newest snapshot; null where there is none. */
  snapshot: z.object({ id: z.string(), takenAt: z.string() }).nullable(),
  objects: count,
  bytes: z.number().nonnegative(),
  /** Largest first; empty where the snapshot does not say. */
  classes: z.array(z.object({ storageClass: z.string(), objects: count, bytes: z.number().nonnegative() })),
  /** Asked of S3 now; null: it does not say. */
  versioning: z.enum(['on', 'suspended', 'off']).nullable(),
});
export type BucketAbout = z.infer<typeof bucketAboutSchema>;

export const keysRestoreInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** `<snapshot>[:prefix]`: what its keys begin with. */
  selection: snapshotReferenceSchema,
  source: z.string().optional(),
  /** A folder: an absolute path. */
  target: z.string().min(1),
  overwrite: overwriteSchema.default('never'),
  dryRun: z.boolean().default(false),
  /** Read what was written, and compare it. */
  verify: z.boolean().default(true),
  detach: detachSchema,
});

export const keysRestoreResultSchema = z.object({
  snapshot: z.string(),
  dryRun: z.boolean(),
  target: z.string(),
  /** Written, or to be written. */
  objects: count,
  bytes: count,
  /** Found with the snapshot's content, and left. */
  unchanged: count,
  verified: count,
  /** Files in the way: the first thousand by key. */
  conflicts: z.object({
    kept: count,
    replaced: count,
    named: z.array(z.object({ key: z.string(), action: z.enum(['kept', 'replaced']) })),
  }),
  /** Keys that no disk can hold, or not beside another: the first thousand, with where they lie below the target. */
  escaped: z.object({ count, named: z.array(z.object({ key: z.string(), path: z.string() })) }),
  issues: z.array(issueSchema),
  durationMs: z.number(),
});
export type KeysRestoreResult = z.infer<typeof keysRestoreResultSchema>;

/** SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS, PATH_NOT_IN_SNAPSHOT, AWS_… */
export const bucketsContract = {
  restore: oc.input(bucketRestoreInputSchema).output(eventIterator(operationEvents(bucketRestoreResultSchema))),
  about: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        source: z.string(),
        bucket: bucketNameSchema,
        place: awsPlaceSchema.prefault({}),
      }),
    )
    .output(bucketAboutSchema),
  /** Into a folder, each under its key. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS, PATH_NOT_IN_SNAPSHOT, TARGET_UNUSABLE. */
  toFolder: oc.input(keysRestoreInputSchema).output(eventIterator(operationEvents(keysRestoreResultSchema))),
  /** What a restore run into a bucket would do. Nothing of it becomes an object. */
  preview: oc
    .input(bucketRunRequestSchema)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({ type: z.literal('issue'), issue: issueSchema }),
          z.object({ type: z.literal('notice'), text: z.string() }),
          z.object({ type: z.literal('done'), result: bucketRunPreviewSchema }),
        ]),
      ),
    ),
  /** What becomes of it is asked of `restoreRuns`, as of all restore runs. Nothing is written before it is started. */
  create: oc
    .input(bucketRunRequestSchema.extend({ title: z.string().trim().min(1).max(200).optional() }))
    .output(restoreRunSchema),
};
