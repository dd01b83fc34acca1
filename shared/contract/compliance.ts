/** Whether sources are kept as their profiles ask: copies by failure domain, immutability, verification, retention. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { findingRules } from '../model/compliance.ts';
import { connectionIdSchema, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { copyTargetSchema, profileIdSchema } from './profiles.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
const state = z.enum(['met', 'missed', 'unknown']);

export const complianceFindingSchema = z.object({
  rule: z.enum(findingRules),
  /** What nobody knows is `unknown`. */
  state,
  words: z.string(),
  evidence: z.array(
    z.object({
      kind: z.enum(['snapshot', 'site', 'repository', 'drill', 'record']),
      id: z.string(),
      label: z.string(),
    }),
  ),
});
export type ComplianceFinding = z.infer<typeof complianceFindingSchema>;

export const sourceComplianceSchema = z.object({
  source: z.string(),
  profile: z.object({ id: profileIdSchema, name: z.string() }).nullable(),
  target: copyTargetSchema,
  /** Whether the profile says so itself; else it is the usual one. */
  targetFrom: z.enum(['profile', 'default']),
  verdict: state,
  findings: z.array(complianceFindingSchema),
  kept: z.object({
    periods: z.array(
      z.object({ period: z.string(), name: z.string(), expected: count, missing: count, gaps: z.array(time) }),
    ),
    snapshots: count,
    oldestAt: time.nullable(),
    newestAt: time.nullable(),
    /** `forever`, or ISO-8601 UTC; null: nothing is locked. */
    lockedUntil: z.string().nullable(),
  }),
});
export type SourceCompliance = z.infer<typeof sourceComplianceSchema>;

/** What was found when a store was asked about its locks, and a removal was tried. */
export const lockProofSchema = z.object({
  at: time,
  by: z.string(),
  /** Whether the removal was refused, and all files that were asked about are locked. */
  holds: z.boolean(),
  /** Files that were asked about, and how many of them the store says are locked. */
  asked: count,
  locked: count,
  /** When the first of these ends. */
  firstEndAt: time.nullable(),
  modes: z.object({ governance: count, compliance: count }),
  /** `refused`: by the store; `removed`: it went, so nothing is enforced; `bypassed`: this key may override it. */
  removal: z.enum(['refused', 'removed', 'bypassed', 'untried']),
  words: z.array(z.string()),
  /** Id of the signed record. */
  record: z.string().nullable(),
});
export type LockProof = z.infer<typeof lockProofSchema>;

export const lockedPlaceSchema = z.object({
  connection: connectionIdSchema,
  name: z.string(),
  site: z.boolean(),
  location: z.string(),
  /** `store`: Object Lock; `server`: append-only; `console`: only this console declines; `none`. */
  by: z.enum(['store', 'server', 'console', 'none']),
  mode: z.enum(['governance', 'compliance']).nullable(),
  days: count.nullable(),
  /** In a sentence, what that is worth. */
  words: z.string(),
  proof: lockProofSchema.nullable(),
});
export type LockedPlace = z.infer<typeof lockedPlaceSchema>;

export const lockedNativesSchema = z.object({
  source: z.string(),
  snapshots: count,
  /** By what AWS said at the last look. */
  locked: count,
  governance: count,
  compliance: count,
  firstEndAt: time.nullable(),
});

export const complianceContract = {
  /** Of one source, or of all, by name. */
  report: oc
    .input(z.object({ source: z.string().max(200).optional() }))
    .output(z.object({ at: time, sources: z.array(sourceComplianceSchema) })),
  /** What is asked of the sources of a profile; null: the usual. PROFILE_UNKNOWN. */
  setTarget: oc
    .input(
      z.object({ repository: repositoryAccessSchema, profile: profileIdSchema, target: copyTargetSchema.nullable() }),
    )
    .output(savedSchema),
  /** Who keeps what is stored in each place, and what was found when that was tried. */
  places: oc
    .input(z.object({}))
    .output(z.object({ places: z.array(lockedPlaceSchema), natives: z.array(lockedNativesSchema) })),
  /**
   * Asks the store of a repository about its locks, and tries to remove a small file that was stored for this. What it stores
   * stays where removal is refused. CONNECTION_UNKNOWN, REPOSITORY_DECLINED where nothing but this console keeps it.
   */
  verify: oc.input(z.object({ connection: connectionIdSchema })).output(lockedPlaceSchema),
};
