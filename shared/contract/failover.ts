/** Moving protection to another repository and back: seen ahead, and made a run of steps that can be gone on with. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { automaticContract } from './automatic-failover.ts';
import { connectionIdSchema, idSchema } from './common.ts';
import { preflightCheckSchema } from './preflight-check.ts';

const count = z.number().int().nonnegative();
const time = z.string().nullable();

const endSchema = z.object({
  /** As it is called: of a site, or of a connected repository. */
  name: z.string(),
  connection: connectionIdSchema,
  repository: idSchema,
  location: z.string(),
});

export const sourceLossSchema = z.object({
  source: z.string(),
  /** ISO-8601 UTC, of the newest good snapshot in either; null: there is none. */
  newestFrom: time,
  newestTo: time,
  missing: count,
  /** Milliseconds; null: what is moved to has no good snapshot of it. */
  lossMs: z.number().nonnegative().nullable(),
});
export type SourceLoss = z.infer<typeof sourceLossSchema>;

export const moveSchema = z.object({
  /** `failback`: to where protection was before it was moved away. */
  kind: z.enum(['failover', 'failback']),
  /** Whose sources are taken over; missing: they are this console's own. */
  takesOver: z.string().optional(),
  from: endSchema,
  to: endSchema,
  /** When it was looked at, and what would be lost then: worst first. */
  plannedAt: z.string(),
  losses: z.array(sourceLossSchema),
});
export type Move = z.infer<typeof moveSchema>;

/** A snapshot that only the end which is left holds. */
export const leftBehindSchema = z.object({
  source: z.string(),
  /** Where it was taken. */
  snapshot: idSchema,
  takenAt: z.string(),
  status: z.string(),
});
export type LeftBehind = z.infer<typeof leftBehindSchema>;

export const movePreviewSchema = moveSchema.extend({
  checks: z.array(preflightCheckSchema),
  /** Newest first, the first 500 of them; `losses` counts all. */
  missing: z.array(leftBehindSchema),
});
export type MovePreview = z.infer<typeof movePreviewSchema>;

/** Name of a site, or name or id of a connected repository; without it, where protection was before the last move. */
const target = z.object({ to: z.string().min(1).max(200).optional() });

export const failoverContract = {
  automatic: automaticContract,
  /** How this console stands: both are null where protection is where it always was, and nobody else writes there. */
  status: oc.input(z.object({})).output(
    z.object({
      /** Where protection was before it was moved: a move without a name leads back there. */
      cameFrom: z.object({ connection: connectionIdSchema, name: z.string() }).nullable(),
      /** Who has taken over from this console, in a sentence: then it writes and removes nothing. */
      takenOver: z.string().nullable(),
    }),
  ),
  /** SITE_UNKNOWN, NOTHING_TO_MOVE. */
  preview: oc.input(target).output(movePreviewSchema),
  /** A run that is then started, paused, gone on with and undone as any restore run. PREFLIGHT_BLOCKED, and as above. */
  create: oc.input(target).output(z.object({ run: z.string() })),
};
