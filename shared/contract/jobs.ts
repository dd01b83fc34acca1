import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { jobPriorities, jobStates, logLevels } from '../model/job-states.ts';
import { errorReportSchema, jobIdSchema, progressSchema } from './common.ts';

/** How far a job is, and how fast. */
export const jobProgressSchema = progressSchema.extend({
  /** 0 to 100; null before the total is known. */
  percent: z.number().min(0).max(100).nullable(),
  /** What `percent` and `perSecond` count. */
  measure: z.enum(['bytes', 'items']),
  /** Null during the first second, and once the job has ended. */
  perSecond: z.number().nonnegative().nullable(),
  /** Milliseconds; null before the total is known and while the speed changes too much for an estimate. */
  remainingMs: z.number().nonnegative().nullable(),
  /** ISO-8601 UTC: when anything last moved. */
  movedAt: z.string(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobSchema = z.object({
  id: jobIdSchema,
  /** What is done: `protect`, `restore`, `check`. */
  kind: z.string(),
  /** To what, in words. */
  title: z.string(),
  state: z.enum(jobStates),
  priority: z.enum(jobPriorities),
  /** The restore run it works on. */
  run: z.string().optional(),
  tenant: z.string(),
  actor: z.string(),
  /** ISO-8601 UTC. */
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  progress: jobProgressSchema.nullable(),
  /** Why it does not run yet. */
  waitsFor: z.string().nullable(),
  /** What came of it, in a sentence. */
  summary: z.string().nullable(),
  error: errorReportSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobLogLineSchema = z.object({
  line: z.number().int().positive(),
  at: z.string(),
  level: z.enum(logLevels),
  message: z.string(),
  /** What it is about, for people. */
  path: z.string().nullable(),
  code: z.string().nullable(),
});
export type JobLogLine = z.infer<typeof jobLogLineSchema>;

/** An id, or the beginning of one. */
const jobReference = z.object({ job: z.string().regex(/^[0-9a-f]{1,16}$/) });

export const jobsContract = {
  /** Newest first, those that have not ended before all others. `before`: an id, for the page after it. */
  list: oc
    .input(
      z.object({
        /** Also those that ended long ago; without it the 20 that ended last. */
        all: z.boolean().default(false),
        before: jobIdSchema.optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(
      z.object({
        jobs: z.array(jobSchema),
        more: z.boolean(),
        /** Why earlier jobs are missing: the catalog could not be read. */
        notice: z.string().nullable(),
      }),
    ),
  show: oc.input(jobReference).output(jobSchema),
  log: oc
    .input(
      z.object({
        job: jobIdSchema,
        /** Lines after this one. */
        after: z.number().int().nonnegative().default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ lines: z.array(jobLogLineSchema), more: z.boolean() })),
  /** Asks it to stop; what it is writing is brought to an end. JOB_OVER when there is nothing to stop. */
  cancel: oc.input(jobReference).output(jobSchema),
  /** The job each time something about it has changed, a few times a second at most; ends with its last state. */
  follow: oc.input(jobReference).output(eventIterator(jobSchema)),
};
