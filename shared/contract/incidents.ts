import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { idSchema, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';

export const incidentReasonSchema = z.string().min(1).max(limits.reasonLength);

/** While one is open: nothing expires, nothing is pruned, and nobody removes a snapshot by hand. */
export const incidentSchema = z.object({
  id: z.string(),
  reason: incidentReasonSchema,
  author: z.string(),
  /** ISO-8601 UTC. */
  since: z.string(),
  endedAt: z.string().nullable(),
  endedBy: z.string().nullable(),
});
export type Incident = z.infer<typeof incidentSchema>;

/** A snapshot at which far more had changed than usual; see shared/model/change-rate.ts. */
export const suspectSchema = z.object({
  snapshot: idSchema,
  source: z.string(),
  reason: z.string(),
  /** When it was taken; ISO-8601 UTC. */
  at: z.string(),
});
export type Suspect = z.infer<typeof suspectSchema>;

export const restorePointSchema = z.object({
  source: z.string(),
  hostname: z.string(),
  /** Id in the config of the repository; null where there is no such snapshot. */
  repository: z.string().nullable(),
  snapshot: idSchema.nullable(),
  /** ISO-8601 UTC. */
  takenAt: z.string().nullable(),
  /** How many newer ones before that moment were passed over: suspect, or not complete. */
  passedOver: z.number().int().nonnegative(),
  /** How many were taken since that moment, and would be left out. */
  since: z.number().int().nonnegative(),
});
export type RestorePoint = z.infer<typeof restorePointSchema>;

const changed = savedSchema.extend({ incident: incidentSchema });

export const incidentsContract = {
  state: oc
    .input(z.object({}))
    .output(
      z.object({ open: incidentSchema.nullable(), past: z.array(incidentSchema), suspects: z.array(suspectSchema) }),
    ),
  /** Holds also where the repository cannot be reached; other consoles learn of it once it was written there. INCIDENT_OPEN. */
  freeze: oc.input(z.object({ repository: repositoryAccessSchema, reason: incidentReasonSchema })).output(changed),
  /** NO_INCIDENT. */
  end: oc.input(z.object({ repository: repositoryAccessSchema })).output(changed),
  /**
   * Of each source, or of the named ones, the newest good snapshot taken before a moment that nobody has to suspect: what
   * a restore as of before an incident begins with.
   */
  restorePoints: oc
    .input(
      z.object({ before: z.iso.datetime(), sources: z.array(z.string().max(200)).max(limits.sources).default([]) }),
    )
    .output(z.object({ points: z.array(restorePointSchema) })),
  /** Somebody has looked at it, and nothing is wrong. SNAPSHOT_NOT_SUSPECT. */
  clearSuspect: oc.input(z.object({ snapshot: idSchema })).output(suspectSchema),
};
