import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema } from './common.ts';
import { profileIdSchema } from './profiles.ts';

const count = z.number().int().nonnegative();
const reviewIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** Why a snapshot of a source stays or goes, were its periods asked now. */
export const retainedSchema = z.object({
  snapshot: idSchema,
  /** ISO-8601 UTC, as all times here. */
  takenAt: z.string(),
  profile: profileIdSchema.nullable(),
  /** Ids of periods, or `manual`. */
  periods: z.array(z.string()),
  keep: z.boolean(),
  /** When its life ends or has ended; null: for ever, or as long as something else keeps it. */
  until: z.string().nullable(),
  reasons: z.array(z.string()),
  /** Until when nobody removes it; `forever`; null: it is not locked. */
  lockedUntil: z.string().nullable(),
});
export type Retained = z.infer<typeof retainedSchema>;

/** More than a third of the snapshots of a source would go at once: nothing goes until somebody has decided. */
export const reviewSchema = z.object({
  id: reviewIdSchema,
  source: z.string(),
  reason: z.string(),
  snapshots: z.array(idSchema),
  /** How many would stay. */
  kept: count,
  askedAt: z.string(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decision: z.enum(['remove', 'keep']).nullable(),
});
export type RetentionReview = z.infer<typeof reviewSchema>;

/** A locked snapshot that somebody wants to be able to remove. */
export const unlockSchema = z.object({
  snapshot: idSchema,
  source: z.string(),
  reason: z.string(),
  by: z.string(),
  requestedAt: z.string(),
  /** Not before; its own time may be over earlier. */
  readyAt: z.string(),
});
export type Unlock = z.infer<typeof unlockSchema>;

const reasonSchema = z.string().trim().min(1).max(1000);

export const retentionContract = {
  /** Of a source on this machine, newest first; as the catalog knows it. */
  show: oc.input(z.object({ source: z.string().min(1).max(200) })).output(
    z.object({
      snapshots: z.array(retainedSchema),
      /** Why nothing is decided now; null: all is as it should be. */
      refused: z.string().nullable(),
    }),
  ),
  /** Newest first. */
  reviews: oc
    .input(z.object({ open: z.boolean().default(true), limit: z.number().int().min(1).max(1000).default(100) }))
    .output(z.object({ reviews: z.array(reviewSchema) })),
  /** `remove` lets them go after the next good run, `keep` keeps them until somebody removes them. REVIEW_UNKNOWN. */
  decide: oc.input(z.object({ review: reviewIdSchema, decision: z.enum(['remove', 'keep']) })).output(reviewSchema),
  unlocks: oc.input(z.object({})).output(z.object({ unlocks: z.array(unlockSchema) })),
  /** After seven days it can be removed by hand. `snapshot` is an id or its beginning. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS, SNAPSHOT_NOT_LOCKED. */
  requestUnlock: oc
    .input(z.object({ snapshot: z.string().regex(/^[0-9a-f]{1,64}$/), reason: reasonSchema }))
    .output(unlockSchema),
  /** It stays locked. SNAPSHOT_NOT_LOCKED where nobody has asked. */
  cancelUnlock: oc.input(z.object({ snapshot: z.string().regex(/^[0-9a-f]{1,64}$/) })).output(unlockSchema),
};
