import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { figureNames } from '../model/trend-figures.ts';
import { consistencyFields, errorReportSchema, idSchema, jobIdSchema, repositoryAccessSchema } from './common.ts';
import { profileIdSchema } from './profiles.ts';

const count = z.number().int().nonnegative();
const time = z.string().nullable();

export const pauseSchema = z.object({
  scope: z.enum(['tenant', 'source']),
  /** Name of the source, or ''. */
  subject: z.string(),
  /** ISO-8601 UTC; null: until somebody ends it. */
  until: time,
  reason: z.string(),
  since: z.string(),
  by: z.string(),
});
export type Pause = z.infer<typeof pauseSchema>;

export const runStates = [
  'asked',
  'running',
  'complete',
  'completeWithExceptions',
  'partial',
  'failed',
  'cancelled',
  'interrupted',
  'missed',
] as const;

export const protectionRunSchema = z.object({
  run: z.string(),
  source: z.string(),
  profile: profileIdSchema.nullable(),
  periods: z.array(z.string()),
  dueAt: time,
  askedAt: z.string(),
  startedAt: time,
  endedAt: time,
  state: z.enum(runStates),
  late: z.boolean(),
  job: jobIdSchema.nullable(),
  snapshot: idSchema.nullable(),
  ...consistencyFields,
  files: z.object({ new: count, changed: count, unmodified: count }).nullable(),
  /** Of new data before and after compression, and of all there is. */
  bytes: z.object({ added: count, stored: count, total: count }).nullable(),
  error: errorReportSchema.nullable(),
  by: z.string(),
});
export type ProtectionRun = z.infer<typeof protectionRunSchema>;

/** What the runs of a day came to; a run is of the day on which it was asked for. */
export const trendDaySchema = z.object({
  /** ISO date. */
  date: z.string(),
  /** All that began and ended. */
  runs: count,
  /** Of these: with a snapshot that is not complete, and without one (failed, or lost with their engine). */
  partial: count,
  failed: count,
  /** Were due and never began. */
  missed: count,
  /** Of the runs that took a snapshot; null: none did. */
  taken: z
    .object({
      runs: count,
      durationMs: z.object({ median: z.number(), max: z.number(), sum: z.number() }),
      /** New data before and after compression. */
      bytesAdded: count,
      bytesStored: count,
      /** Files that were new or changed, and all files, of all these runs together. */
      filesChanged: count,
      filesSeen: count,
    })
    .nullable(),
});
export type TrendDay = z.infer<typeof trendDaySchema>;

const figureSchema = z.object({ mean: z.number(), p95: z.number(), max: z.number() }).nullable();

export const sourcePlanSchema = z.object({
  source: z.string(),
  profile: profileIdSchema.nullable(),
  /** Of the snapshots that the catalog knows; null: of none of them. */
  newestGoodAt: time,
  /** How old that may be, in milliseconds; null: nobody has said. */
  rpoMs: z.number().nullable(),
  /** Its periods that are due now, which are waited for. */
  due: z.array(z.string()),
  next: z.object({ at: z.string(), periods: z.array(z.string()) }).nullable(),
  pausedUntil: time,
  paused: z.boolean(),
  /** Why what is due does not run: paused, blackout, no password, on battery, … */
  waitsFor: z.string().nullable(),
});
export type SourcePlan = z.infer<typeof sourcePlanSchema>;

export const scheduleContract = {
  plan: oc.input(z.object({})).output(
    z.object({
      sources: z.array(sourcePlanSchema),
      pauses: z.array(pauseSchema),
      /** Whether this engine stays, and runs what is due by itself. */
      active: z.boolean(),
    }),
  ),
  /** Newest first; `before` is the id of a run, for the page after it. */
  runs: oc
    .input(
      z.object({
        source: z.string().optional(),
        before: z.string().optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ runs: z.array(protectionRunSchema), more: z.boolean() })),
  /** Runs of one source, or of all, by day, in the days of a time zone (IANA name). Days without any are left out. */
  trends: oc
    .input(
      z.object({
        source: z.string().max(200).optional(),
        /** The last day is today. As long as runs are kept, at most. */
        days: z.number().int().min(1).max(400).default(90),
        zone: z.string().max(64).default('UTC'),
      }),
    )
    .output(
      z.object({
        /** ISO date of the first day. */
        first: z.string(),
        days: z.array(trendDaySchema),
      }),
    ),
  /** What the runs of a source that took a snapshot came to, over the last so many days. SOURCE_UNKNOWN is no failure: nothing. */
  figures: oc
    .input(
      z.object({
        source: z.string().max(200),
        windows: z.array(z.number().int().min(1).max(400)).min(1).max(10).default([7, 30, 90, 400]),
      }),
    )
    .output(
      z.object({
        windows: z.array(
          z.object({
            days: count,
            runs: count,
            figures: z.record(z.enum(figureNames), figureSchema),
            /** Bytes that all these snapshots show, by bytes stored for them; null: nothing was stored. */
            dedupRatio: z.number().nullable(),
          }),
        ),
      }),
    ),
  pause: oc
    .input(
      z.object({
        scope: z.enum(['tenant', 'source']),
        subject: z.string().max(200),
        until: z.iso.datetime().nullable(),
        reason: z.string().max(1000).default(''),
      }),
    )
    .output(pauseSchema),
  /** Whether the clock of this machine is believed: what goes by age waits while it is not. */
  clock: oc.input(z.object({})).output(z.object({ now: z.string(), problem: z.string().nullable() })),
  /** An operator says that it is right as it is now. */
  confirmClock: oc.input(z.object({})).output(z.object({ now: z.string(), problem: z.string().nullable() })),
  resume: oc
    .input(z.object({ scope: z.enum(['tenant', 'source']), subject: z.string().max(200) }))
    .output(z.object({})),
  /** Runs what is due now and ends: for cron and systemd timers. */
  runDue: oc
    .input(
      z.object({
        dryRun: z.boolean().default(false),
        /** For sources whose profile names none, in place of the primary one. */
        repository: repositoryAccessSchema.optional(),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('run'), run: protectionRunSchema }),
          z.object({ type: z.literal('notice'), text: z.string() }),
          z.object({
            type: z.literal('done'),
            due: count,
            complete: count,
            partial: count,
            failed: count,
            waiting: count,
          }),
        ]),
      ),
    ),
};
