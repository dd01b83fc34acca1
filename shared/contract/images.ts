/** Images of volumes: blocks of snapshots in AWS brought into the repository, and written into AWS again. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { snapshotPattern, tagLimits } from '../model/aws.ts';
import { namePattern } from '../model/configuration.ts';
import { awsPlaceSchema, endpointSchema, regionSchema } from './aws-sources.ts';
import { detachSchema, operationEvents, repositoryAccessSchema } from './common.ts';
import { protectResultSchema } from './protection.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

const nativeIdSchema = z.string().regex(snapshotPattern, 'a snapshot in AWS is written as snap-0123456789abcdef0');

export const storeImagesInputSchema = z.object({
  repository: repositoryAccessSchema,
  place: awsPlaceSchema,
  /** Of one region; each becomes an image of its own. */
  snapshots: z.array(nativeIdSchema).min(1).max(200),
  /** What the snapshots in the repository are called by. */
  source: z.string().min(1).max(100),
  /** Read all of it, whatever an earlier image could be built on. */
  whole: z.boolean().default(false),
  detach: detachSchema,
});
export type StoreImagesInput = z.input<typeof storeImagesInputSchema>;

const imageReadSchema = z.object({
  /** Where it lies in the snapshot. */
  path: z.string(),
  volume: z.string(),
  snapshot: z.string(),
  sizeBytes: z.number().int(),
  /** The snapshot that it was compared with; null: all of it was read. */
  comparedWith: z.string().nullable(),
  /** Blocks of 512 KiB that AWS was asked for. */
  readBlocks: z.number().int(),
  /** Blocks that an interrupted run had stored already. */
  keptBlocks: z.number().int(),
});
export type ImageRead = z.infer<typeof imageReadSchema>;

export const storeImagesResultSchema = protectResultSchema.extend({ images: z.array(imageReadSchema) });
export type StoreImagesResult = z.infer<typeof storeImagesResultSchema>;

const tagsSchema = z
  .record(z.string().min(1).max(tagLimits.key), z.string().max(tagLimits.value))
  .refine((tags) => Object.keys(tags).length <= 40, 'no more than 40 tags')
  .refine(
    (tags) => Object.keys(tags).every((key) => !/^(?:aws|holdfast):/i.test(key)),
    'tags of aws: and holdfast: are not given by hand',
  );

export const restoreImageInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** `<snapshot>[:path]`: an image of ours, or any file that is a disk as it is. */
  selection: snapshotReferenceSchema,
  /** What `latest` is of. */
  source: z.string().optional(),
  to: awsPlaceSchema.extend({ region: regionSchema }),
  encrypted: z.boolean().default(false),
  /** ARN; null: the key that the account uses by itself. */
  kmsKey: z.string().min(1).max(2048).nullable().default(null),
  description: z.string().max(255).nullable().default(null),
  tags: tagsSchema.default({}),
  /** Put only what differs from a snapshot of the same volume that is still there, where there is one. */
  onParent: z.boolean().default(true),
  dryRun: z.boolean().default(false),
  detach: detachSchema,
});
export type RestoreImageInput = z.input<typeof restoreImageInputSchema>;

export const imageCheckSchema = z.object({
  what: z.string(),
  state: z.enum(['allowed', 'refused', 'unknown', 'note']),
  detail: z.string(),
});
export type ImageCheck = z.infer<typeof imageCheckSchema>;

const plannedCallSchema = z.object({
  operation: z.string(),
  /** Null: as often as it takes. */
  times: z.number().int().nullable(),
  parameters: z.record(z.string(), z.unknown()),
});
export type PlannedCall = z.infer<typeof plannedCallSchema>;

export const restoreImageResultSchema = z.object({
  dryRun: z.boolean(),
  /** The new snapshot; null after a dry run. */
  snapshot: z.string().nullable(),
  account: z.string(),
  region: z.string(),
  /** What was brought back: the snapshot in the repository, and the path in it. */
  from: z.object({ snapshot: z.string(), path: z.string() }),
  bytes: z.number().int(),
  sizeGib: z.number().int(),
  /** Zeros behind the end of the image, since volumes are whole GiB. */
  paddedBytes: z.number().int(),
  parent: z.string().nullable(),
  blocks: z.object({
    put: z.number().int(),
    /** Of these, before this run. */
    putBefore: z.number().int(),
    /** Zeros, or as in the parent: not put. */
    left: z.number().int(),
  }),
  /** Null: not looked at, or a dry run. */
  verified: z.object({ listedBlocks: z.number().int(), readBlocks: z.number().int() }).nullable(),
  checks: z.array(imageCheckSchema),
  calls: z.array(plannedCallSchema),
  durationMs: z.number(),
});
export type RestoreImageResult = z.infer<typeof restoreImageResultSchema>;

export const uploadSchema = z.object({
  /** Null: begun, and AWS has not named it yet. */
  snapshot: z.string().nullable(),
  account: z.string().nullable(),
  accountId: z.string(),
  region: z.string(),
  endpoint: endpointSchema.nullable(),
  what: z.string(),
  sizeGib: z.number().int(),
  /** ISO-8601. */
  begunAt: z.string(),
});
export type Upload = z.infer<typeof uploadSchema>;

const accountNameSchema = z.string().max(100).regex(namePattern).nullable();

export const imagesContract = {
  store: oc.input(storeImagesInputSchema).output(eventIterator(operationEvents(storeImagesResultSchema))),
  restore: oc.input(restoreImageInputSchema).output(eventIterator(operationEvents(restoreImageResultSchema))),
  /** Snapshots that were begun in AWS and are not known to be complete. */
  uploads: oc.input(z.object({})).output(z.array(uploadSchema)),
  /** Removes one of those from AWS, and forgets it. `account`: another than it was begun with. */
  abandon: oc
    .input(z.object({ snapshot: nativeIdSchema, account: accountNameSchema.optional() }))
    .output(z.object({ snapshot: z.string(), removed: z.boolean() })),
};
