/** Automatic failover: the lease of this console, or how it stands by for another one. Off until it is set. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { connectionIdSchema, errorReportSchema } from './common.ts';
import { leaseDurationSchema, leaseNameSchema, leasePauseSchema } from './leases.ts';
import { preflightCheckSchema } from './preflight-check.ts';

const count = z.number().int().nonnegative();
const time = z.string();

const witnessFields = {
  /** Of the site server that keeps the lease: `https://host:port`, or `http://` on this machine. */
  url: z.string().min(1).max(2048),
  /** SHA-256 of its certificate; null: an authority vouches for it. */
  fingerprint: z.string().max(200).nullable().default(null),
  lease: leaseNameSchema,
  /** This console, as it is called at the witness. */
  holder: leaseNameSchema,
  durationMs: leaseDurationSchema.default(60_000),
};

const passwordField = { password: z.string().min(1).max(1000) };

const standbyFields = {
  /** Id or name of the console that is followed, which this one watches. */
  peer: z.string().min(1).max(200),
  /** Id or name of the connected repository that has its copies. */
  replica: z.string().min(1).max(200),
  /** How long after the end of the lease it is still waited for. */
  graceMs: count.max(7 * 86_400_000).default(300_000),
  /** Of each source, how old its newest good snapshot there may be. */
  maxAgeMs: z
    .number()
    .int()
    .positive()
    .default(2 * 86_400_000),
};

const lossSchema = z.object({
  source: z.string(),
  newestFrom: time.nullable(),
  newestTo: time.nullable(),
});

export const automaticStateSchema = z.object({
  role: z.enum(['owner', 'standby']),
  witness: z.object({ url: z.string(), fingerprint: z.string().nullable() }),
  lease: leaseNameSchema,
  holder: leaseNameSchema,
  durationMs: count,
  /** What this console may do now: everything, take snapshots only, or nothing. */
  power: z.enum(['owner', 'snapshots', 'nothing']),
  /** What the witness said when it last answered, and how long ago; null: it has not answered yet. */
  heard: z
    .object({
      agoMs: z.number().nonnegative(),
      holder: leaseNameSchema.nullable(),
      token: count,
      leftMs: z.number().nonnegative(),
      overdueMs: z.number().nonnegative(),
      paused: leasePauseSchema.nullable(),
    })
    .nullable(),
  problem: errorReportSchema.nullable(),
  standby: z
    .object({
      peer: z.string(),
      replica: connectionIdSchema,
      replicaName: z.string(),
      graceMs: count,
      maxAgeMs: count,
    })
    .nullable(),
  /** What happens now, in a sentence. */
  standing: z.string(),
  obstacles: z.array(z.string()),
  promotion: z
    .object({
      at: time,
      from: z.string(),
      run: z.string().nullable(),
      done: z.boolean(),
      problem: z.string().nullable(),
      acknowledged: z.boolean(),
      losses: z.array(lossSchema),
    })
    .nullable(),
});
export type AutomaticState = z.infer<typeof automaticStateSchema>;

const state = z.object({ automatic: automaticStateSchema.nullable() });
const empty = z.object({});

export const automaticContract = {
  /** Null: it is off. AUTOMATIC_DAMAGED, as all of these. */
  show: oc.input(empty).output(state),
  /** This console is the owner, and needs the lease from now on. WITNESS_UNREACHABLE, WITNESS_REFUSED, NO_SECRET_STORE. */
  own: oc.input(z.object({ ...witnessFields, ...passwordField })).output(state),
  /** This console takes over where the owner is gone. As `own`, and PREFLIGHT_BLOCKED, PEER_UNKNOWN, CONNECTION_UNKNOWN. */
  standBy: oc.input(z.object({ ...witnessFields, ...passwordField, ...standbyFields })).output(state),
  /** What would happen if the owner fell silent now. AUTOMATIC_OFF, as those below. */
  check: oc
    .input(empty)
    .output(
      z.object({ wouldPromote: z.boolean(), checks: z.array(preflightCheckSchema), losses: z.array(lossSchema) }),
    ),
  /** No lease is asked for any more. A lease that this console has runs out, and nobody takes it by that. */
  off: oc.input(empty).output(state),
  /** Nobody is promoted until it is resumed, at either end. */
  pause: oc.input(z.object({ reason: z.string().min(1).max(500) })).output(state),
  resume: oc.input(empty).output(state),
  /** Somebody has seen the promotion: this console is the owner from now on. */
  acknowledge: oc.input(empty).output(state),
  /** This console acts no more, and stands by again where it did. LEASE_NOT_HELD. */
  giveBack: oc.input(empty).output(state),
};
