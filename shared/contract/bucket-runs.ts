/** Restore runs into a bucket: objects of a snapshot given back, what is archived there brought back, or both. */
import { z } from 'zod';
import { bucketPattern } from '../model/aws.ts';
import { archiveClasses, thawTiers } from '../model/s3-archive.ts';
import { awsWhoSchema } from './aws-restores.ts';
import { endpointSchema, regionSchema } from './aws-sources.ts';
import { repositoryAccessSchema } from './common.ts';
import { preflightCheckSchema } from './preflight-check.ts';
import { overwriteSchema } from './recovery.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

const count = z.number().int().nonnegative();

export const bucketNameSchema = z
  .string()
  .regex(bucketPattern, 'a bucket has 3 to 255 letters, digits, dots and hyphens');

/** What each key is now; or all versions and delete markers that the snapshot has of it, in their order. */
export const versionsToGiveSchema = z.enum(['newest', 'all']).default('newest');

export const thawSchema = z.object({
  tier: z.enum(thawTiers).default('Standard'),
  /** How long the copy that can be read stays. */
  days: z.number().int().min(1).max(365).default(7),
});

export const bucketRunRequestSchema = z.object({
  /** Null: nothing is given back. */
  give: z
    .object({
      repository: repositoryAccessSchema,
      /** `<snapshot>[:prefix]`: what its keys begin with. */
      selection: snapshotReferenceSchema,
      source: z.string().optional(),
      overwrite: overwriteSchema.default('never'),
      verify: z.boolean().default(true),
      versions: versionsToGiveSchema,
    })
    .nullable(),
  bucket: bucketNameSchema,
  /** Put before each key; without `give`: what keys begin with. */
  prefix: z.string().max(1024).default(''),
  /** Null: what is archived stays so. */
  thaw: thawSchema.nullable().default(null),
  who: awsWhoSchema.prefault({}),
  region: regionSchema.nullable().default(null),
  endpoint: endpointSchema.nullable().default(null),
});
export type BucketRunRequest = z.input<typeof bucketRunRequestSchema>;

/** No secret is in it. */
export const bucketRunPlanSchema = z.object({
  version: z.literal(1),
  give: z
    .object({
      /** What keys begin with. */
      from: z.string(),
      overwrite: z.enum(['never', 'if-changed', 'always']),
      verify: z.boolean(),
      versions: z.enum(['newest', 'all']),
    })
    .nullable(),
  bucket: z.string(),
  prefix: z.string(),
  thaw: thawSchema.nullable(),
  region: z.string(),
  endpoint: z.string().nullable(),
  /** Twelve digits; null where what speaks there as S3 does knows no accounts. */
  account: z.string().nullable(),
  /** ISO-8601 UTC. */
  plannedAt: z.string(),
});
export type BucketRunPlan = z.infer<typeof bucketRunPlanSchema>;

export const bucketRunPreviewSchema = z.object({
  plan: bucketRunPlanSchema,
  steps: z.array(z.object({ id: z.string(), title: z.string(), detail: z.string().nullable(), noUndo: z.string() })),
  checks: z.array(preflightCheckSchema),
  /** Of what is given back; null where nothing is. */
  objects: z
    .object({ written: count, bytes: count, unchanged: count, kept: count, replaced: count, newer: count })
    .nullable(),
  /** Objects in the way: the first thousand by name. */
  conflicts: z.array(z.object({ key: z.string(), action: z.enum(['kept', 'replaced']), newer: z.boolean() })),
  /** What is there in classes that cannot be read, and has not been asked for. */
  archived: z.array(z.object({ storageClass: z.enum(archiveClasses), objects: count, bytes: count })),
  /** How long that takes and what is paid for, a sentence each. */
  thawSentences: z.array(z.string()),
  notGivenBack: z.array(z.string()),
});
export type BucketRunPreview = z.infer<typeof bucketRunPreviewSchema>;
