import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { parseRetentionDuration } from '../model/retention.ts';
import { idSchema, issueSchema, operationEvents, repositoryAccessSchema } from './common.ts';

const keepCountSchema = z.union([z.number().int().nonnegative(), z.literal('unlimited')]);
const durationSchema = z
  .string()
  .refine((text) => parseRetentionDuration(text) !== null, { error: 'a duration such as 1y5m7d2h is expected' });

/** Of each hour, day, … */
const perPeriod = <Value extends z.ZodType>(value: Value) =>
  z.object({ hourly: value, daily: value, weekly: value, monthly: value, yearly: value }).partial();

/** As the `--keep-*` options of restic; see shared/model/retention.ts. */
export const retentionRulesSchema = z.object({
  last: keepCountSchema.optional(),
  counts: perPeriod(keepCountSchema).optional(),
  within: durationSchema.optional(),
  withinPeriods: perPeriod(durationSchema).optional(),
  /** Snapshots that have all tags of any of the lists. */
  tags: z.array(z.array(z.string().regex(/^[^,]+$/)).min(1)).optional(),
});

export const forgetInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** Ids or prefixes of ids: exactly these go. Without any, the rules decide. */
  snapshots: z.array(z.string().min(1)).default([]),
  source: z.string().optional(),
  rules: retentionRulesSchema.default({}),
  /** Also the last good snapshot of a source, where it is named. */
  allowLast: z.boolean().default(false),
  /** Why named snapshots go that a rule holds until they are sent; without it they stay. */
  unsentReason: z.string().trim().min(1).max(500).optional(),
  dryRun: z.boolean().default(false),
});
export type ForgetInput = z.input<typeof forgetInputSchema>;

export const forgetGroupSchema = z.object({
  /** Null where the program that took the snapshots knows no sources. */
  source: z.string().nullable(),
  hostname: z.string(),
  paths: z.array(z.string()),
  /** Newest first. */
  decisions: z.array(
    z.object({
      snapshot: idSchema,
      /** ISO-8601 UTC. */
      takenAt: z.string(),
      keep: z.boolean(),
      reasons: z.array(z.string()),
    }),
  ),
});
export type ForgetGroup = z.infer<typeof forgetGroupSchema>;

export const forgetResultSchema = z.object({
  dryRun: z.boolean(),
  groups: z.array(forgetGroupSchema),
  /** What was removed, or would be. */
  removed: z.array(idSchema),
  /** Snapshots that could not be read and so not be judged; they stay. */
  unreadable: z.array(issueSchema),
  /** How many would have gone, and stay until the store lets them go. */
  kept: z.number().int().nonnegative(),
});
export type ForgetResult = z.infer<typeof forgetResultSchema>;

const count = z.number().int().nonnegative();
const packsSchema = z.object({ packs: count, bytes: count });

/** What goes and what stays, one category for each reason. Bytes are of packs, or of blobs as they lie in them. */
export const prunePlanSchema = z.object({
  snapshots: count,
  /** Blobs that snapshots need, one copy of each. */
  used: z.object({ blobs: count, bytes: count }),
  /** No snapshot needs anything in these packs. */
  dead: packsSchema.extend({ blobs: count }),
  /** Packs in no index: an interrupted run left them. */
  leftovers: packsSchema,
  /** Files that killed saves have left under temporary names. */
  unfinished: z.object({ files: count, bytes: count }),
  /** Packs that are gone and that nobody needs: they leave the index. */
  missing: z.object({ packs: count }),
  /** Packs whose needed blobs are copied, so that the rest can go. */
  repack: packsSchema.extend({ copiedBlobs: count, copiedBytes: count, freedBlobs: count, freedBytes: count }),
  /** Further copies of needed blobs; they are among the others. */
  duplicates: z.object({ blobs: count, bytes: count }),
  /** Unneeded data that stays because it is less than the limit, and because the budget does not allow more. */
  withinLimit: packsSchema,
  overBudget: packsSchema,
  /** Bytes by which the repository becomes smaller. */
  freedBytes: count,
});
export type PrunePlan = z.infer<typeof prunePlanSchema>;

export const pruneInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** Unneeded data that may stay beside needed data. */
  maxUnused: z
    .union([z.object({ percent: z.number().min(0).max(100) }), z.object({ bytes: count }), z.literal('unlimited')])
    .default({ percent: 5 }),
  /** Bytes of packs to copy from at most; null is no limit. */
  maxRepackBytes: count.nullable().default(null),
  /** How long to wait for others to leave the repository. */
  waitMs: count.default(10_000),
  dryRun: z.boolean().default(false),
});
export type PruneInput = z.input<typeof pruneInputSchema>;

export const pruneResultSchema = z.object({
  dryRun: z.boolean(),
  plan: prunePlanSchema,
  removedPacks: count,
  /** Bytes of packs removed less those of packs written; below zero where more was copied than freed. */
  freedBytes: z.number().int(),
  copiedBlobs: count,
  copiedBytes: count,
  /** Damaged blobs. Their packs were not removed. */
  issues: z.array(issueSchema),
  durationMs: z.number(),
});
export type PruneResult = z.infer<typeof pruneResultSchema>;

export const repairIndexResultSchema = z.object({
  /** What the new index lists. */
  packs: count,
  blobs: count,
  written: count,
  replaced: count,
  /** Packs whose header cannot be read. */
  unreadable: z.array(issueSchema),
  /** Packs that the old index listed and that are gone. */
  missing: z.array(issueSchema),
  /** How many of the unreadable packs stay listed as the old index had them. */
  kept: count,
  durationMs: z.number(),
});
export type RepairIndexResult = z.infer<typeof repairIndexResultSchema>;

/** What goes is told (`planned`) before it goes. */
export const upkeepContract = {
  forget: oc
    .input(forgetInputSchema)
    .output(
      eventIterator(
        z.union([
          operationEvents(forgetResultSchema),
          z.object({ type: z.literal('planned'), groups: z.array(forgetGroupSchema) }),
        ]),
      ),
    ),
  prune: oc
    .input(pruneInputSchema)
    .output(
      eventIterator(
        z.union([operationEvents(pruneResultSchema), z.object({ type: z.literal('planned'), plan: prunePlanSchema })]),
      ),
    ),
  repairIndex: oc
    .input(z.object({ repository: repositoryAccessSchema }))
    .output(eventIterator(operationEvents(repairIndexResultSchema))),
};
