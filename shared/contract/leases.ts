/** Leases that this home keeps for others as their witness, and what is said to a witness. */
import { oc } from '@orpc/contract';
import { z } from 'zod';

const count = z.number().int().nonnegative();
export const leaseNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'small letters, digits, - and _, at most 63, and a letter or digit first');

/** Longer than a request takes, shorter than anybody wants to wait. */
export const leaseDurationSchema = z.number().int().min(2_000).max(3_600_000);
const reason = z.string().min(1).max(500);

export const leaseRequestSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('look') }),
  z.object({ action: z.literal('take'), token: count, durationMs: leaseDurationSchema }),
  z.object({ action: z.literal('renew'), token: count }),
  z.object({ action: z.literal('release'), token: count }),
  z.object({ action: z.literal('pause'), reason }),
  z.object({ action: z.literal('resume') }),
]);

export const leasePauseSchema = z.object({ by: leaseNameSchema, reason });

export const leaseSchema = z.object({
  holder: leaseNameSchema.nullable(),
  token: count,
  durationMs: leaseDurationSchema,
  paused: leasePauseSchema.nullable(),
});

/** Durations by the clock of the witness. */
export const leaseAnswerSchema = leaseSchema.extend({
  granted: z.boolean(),
  leftMs: z.number().nonnegative(),
  overdueMs: z.number().nonnegative(),
});

export const keptLeaseSchema = leaseAnswerSchema.omit({ granted: true }).extend({
  name: leaseNameSchema,
  /** Who may have it. */
  holders: z.array(leaseNameSchema),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type KeptLeaseView = z.infer<typeof keptLeaseSchema>;

const named = z.object({ name: leaseNameSchema });

export const leasesContract = {
  /** SITE_LEASES_DAMAGED, as all of these. */
  list: oc.input(z.object({})).output(z.object({ leases: z.array(keptLeaseSchema) })),
  /** The answer is the only place where the passwords ever stand, by holder. LEASE_EXISTS. */
  add: oc
    .input(named.extend({ holders: z.array(leaseNameSchema).min(2).max(10) }))
    .output(z.object({ lease: keptLeaseSchema, passwords: z.record(z.string(), z.string()) })),
  /** Nobody has it any more, and nobody can. LEASE_UNKNOWN. */
  remove: oc.input(named).output(keptLeaseSchema),
};
