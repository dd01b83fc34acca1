import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { idSchema, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';

/** Why a snapshot is kept whatever retention says. */
export const holdSchema = z.object({
  snapshot: idSchema,
  reason: z.string().min(1).max(limits.reasonLength),
  author: z.string(),
  /** ISO-8601 UTC. */
  since: z.string(),
  /** Reference of the case it is held for. */
  case: z.string().max(100).nullable().optional(),
});
export type Hold = z.infer<typeof holdSchema>;

const changed = savedSchema.extend({ hold: holdSchema });

export const holdsContract = {
  /** `snapshot` is an id, a prefix of one, or `latest`. A hold that is there is given the new reason. */
  hold: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        snapshot: z.string().min(1),
        source: z.string().optional(),
        reason: holdSchema.shape.reason,
        /** Reference of an open case. CASE_UNKNOWN. */
        case: z.string().max(100).optional(),
      }),
    )
    .output(changed),
  /** `snapshot` is an id or a prefix of one. HOLD_NOT_FOUND; HOLD_OF_CASE where closing the case is the way. */
  release: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        snapshot: z.string().min(1),
        /** Why, for the audit log. */
        reason: holdSchema.shape.reason.optional(),
      }),
    )
    .output(changed),
};
