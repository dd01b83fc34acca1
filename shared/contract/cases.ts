/** Legal holds: snapshots and sources that are kept for a case, by its reference. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { holdSchema } from './holds.ts';
import { nameSchema } from './sources.ts';

const reason = z.string().trim().min(1).max(limits.reasonLength);
const time = z.iso.datetime();
const count = z.number().int().nonnegative();

export const caseReferenceSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]+$/u);
const reference = caseReferenceSchema;
const requestedBy = z.string().trim().min(1).max(200);
const sources = z.array(nameSchema).max(500);

/** As it is kept, and travels with the configuration. */
export const storedCaseSchema = z.object({
  reference,
  requestedBy,
  reason,
  /** ISO-8601 UTC, as all times here; null: nobody has said. */
  reviewAt: time.nullable(),
  /** All their snapshots are held, also those that are yet to be taken. */
  sources,
  openedAt: time,
  openedBy: z.string().max(256),
  /** Null while it is open. What it holds stays held until `endsAt`. */
  closed: z.object({ at: time, by: z.string().max(256), reason, endsAt: time }).nullable(),
});

export const holdCaseSchema = storedCaseSchema.extend({
  /** `closing`: closed, and what it holds is still held. */
  state: z.enum(['open', 'closing', 'closed']),
  /** Snapshots that are held for it one by one. */
  holds: z.array(holdSchema),
  /** How many snapshots of its sources the catalog knows; one that is at several sites counts once. */
  snapshotsOfSources: count,
});
export type HoldCase = z.infer<typeof holdCaseSchema>;

const repository = repositoryAccessSchema;
const changed = savedSchema.extend({ case: holdCaseSchema });

export const casesContract = {
  /** Open ones, or all; the oldest first. */
  list: oc.input(z.object({ all: z.boolean().default(false) })).output(z.object({ cases: z.array(holdCaseSchema) })),
  /** CASE_EXISTS. SOURCE_UNKNOWN is no failure: a name that is nobody's now may be somebody's later. */
  open: oc
    .input(
      z.object({
        repository,
        reference,
        requestedBy,
        reason,
        reviewAt: time.nullable().default(null),
        sources: sources.default([]),
      }),
    )
    .output(changed),
  /** What is left out stays. Sources are only added: nothing is let go but by closing. CASE_UNKNOWN. */
  update: oc
    .input(
      z.object({
        repository,
        reference,
        requestedBy: requestedBy.optional(),
        reason: reason.optional(),
        reviewAt: time.nullable().optional(),
        addSources: sources.default([]),
      }),
    )
    .output(changed),
  /** What it holds stays held for seven days more. CASE_UNKNOWN where it is closed already. */
  close: oc.input(z.object({ repository, reference, reason })).output(changed),
  /** Before its seven days are over. CASE_UNKNOWN. */
  reopen: oc.input(z.object({ repository, reference })).output(changed),
};
