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
  at: z.string(),
});
export type Suspect = z.infer<typeof suspectSchema>;

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
  /** Somebody has looked at it, and nothing is wrong. SNAPSHOT_NOT_SUSPECT. */
  clearSuspect: oc.input(z.object({ snapshot: idSchema })).output(suspectSchema),
};
