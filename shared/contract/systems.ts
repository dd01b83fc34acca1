import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { consistencies } from '../model/hooks.ts';
import { holdLimits, moments } from '../model/together.ts';
import { memberStates, systemStates } from '../model/system-snapshots.ts';
import { detachSchema, idSchema, issueSchema, jobIdSchema, progressSchema, repositoryAccessSchema } from './common.ts';

const time = z.string().nullable();

export const systemIdSchema = z.string().regex(/^[0-9a-f]{16}-\d{1,4}$/);

export const systemMemberSchema = z.object({
  source: z.string(),
  state: z.enum(memberStates),
  snapshot: idSchema.nullable(),
  /** Id in the config of the repository it lies in; null where none is known. */
  repository: z.string().nullable(),
  /** When it began to be read, or, where it was taken together with others, its point; and when it was stored; ISO-8601 UTC. */
  takenAt: time,
  endedAt: time,
  /** Null: nothing was asked to hold still. */
  consistency: z.enum(consistencies).nullable(),
  /** Why it is not as it should be. */
  problem: z.string().nullable(),
  /** From when to when a hook held it still; ISO-8601 UTC; null: none did, or it is not known. */
  heldFrom: time,
  heldTo: time,
  /** When its point was taken, from its beginning to its end; ISO-8601 UTC; null: it is not known. */
  pointFrom: time,
  pointTo: time,
  /** Whether it is of the moment at which all were held; null: nothing was taken, or it is not known. */
  moment: z.enum(moments).nullable(),
  /** How far what it shows may be from that moment, in milliseconds; null: it is apart, or it is not known. */
  withinMs: z.number().nullable(),
  /** Why it is apart, in a sentence. */
  apartBecause: z.string().nullable(),
});
export type SystemMember = z.infer<typeof systemMemberSchema>;

export const systemSnapshotSchema = z.object({
  id: systemIdSchema,
  description: z.string(),
  state: z.enum(systemStates),
  /** ISO-8601 UTC: when the first part began. */
  takenAt: z.string(),
  endedAt: time,
  /** Between the first byte read and the last part stored, in milliseconds; null where it is not known. */
  skewMs: z.number().nullable(),
  /** When all were held; ISO-8601 UTC; null: they never were, or it is not known. */
  commonAt: time,
  /** The weakest of all that are there; null: it is not known. */
  moment: z.enum(moments).nullable(),
  withinMs: z.number().nullable(),
  /** For how long they may be held, in milliseconds; null: it is not known. */
  holdMs: z.number().nullable(),
  by: z.string(),
  job: jobIdSchema.nullable(),
  members: z.array(systemMemberSchema),
});
export type SystemSnapshot = z.infer<typeof systemSnapshotSchema>;

export const systemEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job: jobIdSchema }),
  /** Comes first, and each time a part has ended. */
  z.object({ type: z.literal('member'), member: systemMemberSchema }),
  z.object({ type: z.literal('progress'), progress: progressSchema }),
  z.object({ type: z.literal('issue'), issue: issueSchema }),
  z.object({ type: z.literal('notice'), text: z.string() }),
  z.object({ type: z.literal('done'), result: systemSnapshotSchema }),
]);

export const systemsContract = {
  /**
   * Takes the named registered sources together, or all of them where none is named: all are held still by their hooks, in
   * that order, each is taken while all are held, and all are let go in the reverse order. `holdMs`: for how long at most,
   * from the first hook; without it, as the setting `systems.hold-seconds` says. What fails is named, and the others go on:
   * where one cannot be held, each by itself. SOURCE_UNKNOWN, BAD_USAGE without any.
   */
  take: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        sources: z.array(z.string().min(1).max(200)).max(limits.sources).default([]),
        description: z.string().max(limits.reasonLength).default(''),
        holdMs: z.number().int().min(holdLimits.leastMs).max(holdLimits.mostMs).optional(),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(systemEventSchema)),
  /** Newest first. `job`: only the one that this job takes, or has taken. */
  list: oc
    .input(
      z.object({
        before: z.iso.datetime().optional(),
        job: jobIdSchema.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(
      z.object({
        systems: z.array(systemSnapshotSchema),
        more: z.boolean(),
        /** `before` of the page after this one (ISO-8601 UTC); null where there is none. */
        older: time,
      }),
    ),
  /** By its id or the beginning of it. SYSTEM_UNKNOWN, SYSTEM_AMBIGUOUS. */
  show: oc.input(z.object({ system: z.string().regex(/^[0-9a-f]{4,16}(?:-\d{1,4})?$/) })).output(systemSnapshotSchema),
};
