import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { runStates, runStepStates } from '../model/run-states.ts';
import {
  detachSchema,
  errorReportSchema,
  idSchema,
  issueSchema,
  jobIdSchema,
  operationEvents,
  progressSchema,
  repositoryAccessSchema,
} from './common.ts';
import { awsRestorePlanSchema, awsRunReportSchema, awsWhoSchema } from './aws-restores.ts';
import { moveSchema } from './failover.ts';
import { bucketRunPlanSchema } from './bucket-runs.ts';
import { preflightCheckSchema } from './preflight-check.ts';
import { overwriteSchema } from './recovery.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
const runIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
/** An id, or the beginning of one. RUN_NOT_FOUND, RUN_AMBIGUOUS. */
const runReference = z.object({ run: z.string().regex(/^[0-9a-f]{1,16}$/) });
const pageSchema = z.object({ after: count.default(0), limit: z.number().int().min(0).max(1000).default(200) });

export const runSelectionSchema = z.object({
  snapshot: idSchema,
  /** When that snapshot was taken. */
  takenAt: time,
  source: z.string(),
  /** Absolute path in the snapshot, `/` for all of it. */
  path: z.string(),
});
export type RunSelection = z.infer<typeof runSelectionSchema>;

const placeSchema = z.object({
  /** Folder to restore below, each path by its own absolute path; null restores to the original place. */
  target: z.string().min(1).nullable(),
  overwrite: overwriteSchema.default('never'),
  /** Whether all of it is read back and compared at the end. */
  verify: z.boolean().default(true),
  /**
   * To the original place: before anything is written, a snapshot of what is there now is taken of each folder source, into
   * the repository that is restored from. What is not there or empty has nothing to keep; any other failure stops the run.
   */
  protectFirst: z.boolean().optional(),
});

export const runRequestSchema = placeSchema.extend({
  repository: repositoryAccessSchema,
  selections: z
    .array(
      z.object({
        /** An id, the beginning of one, or `latest`. */
        snapshot: z.string().min(1),
        path: z.string().min(1).default('/'),
        /** The source that `latest` means. */
        source: z.string().optional(),
      }),
    )
    .min(1)
    .max(1000),
});
export type RunRequest = z.input<typeof runRequestSchema>;

const commandsSchema = z.object({
  /** The same with stock restic, a command for each snapshot. The password is asked for. */
  restic: z.array(z.string()),
  holdfast: z.array(z.string()),
});

export const runPreviewSchema = z.object({
  selections: z.array(runSelectionSchema),
  /** Real path; null for the original place. */
  target: z.string().nullable(),
  files: count,
  folders: count,
  others: count,
  bytes: count,
  /** Of these, bytes that would be written. */
  writtenBytes: count,
  unchangedFiles: count,
  freeBytes: count.nullable(),
  /** What is in the way. */
  conflicts: z.object({
    total: count,
    kept: count,
    replaced: count,
    page: z.array(z.object({ path: z.string(), action: z.enum(['kept', 'replaced']) })),
  }),
  /** What cannot come back as stored, the first of them; `checks` say how many. */
  issues: z.array(issueSchema),
  checks: z.array(preflightCheckSchema),
  commands: commandsSchema,
});
export type RunPreview = z.infer<typeof runPreviewSchema>;

export const runStepSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** To what; what came of it, once it has ended. */
  detail: z.string().nullable(),
  state: z.enum(runStepStates),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  /** What undoing it does, in a sentence; null where there is nothing to undo. */
  undo: z.string().nullable(),
  /** Why there is nothing to undo; null where there is. */
  noUndo: z.string().nullable(),
  /** Facts, by name. */
  result: z.record(z.string(), z.json()).nullable(),
  error: errorReportSchema.nullable(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const restoreRunSchema = z.object({
  id: runIdSchema,
  tenant: z.string(),
  /** Who created it. */
  actor: z.string(),
  kind: z.enum(['folder', 'aws', 'bucket', 'failover', 'failback']),
  title: z.string(),
  /** Null where it restores from snapshots that only AWS has. */
  repository: z.object({ id: idSchema, location: z.string() }).nullable(),
  selections: z.array(runSelectionSchema),
  /** Of a run of files. */
  where: placeSchema.nullable(),
  /** Of a run in AWS: what it does there, call by call. */
  aws: awsRestorePlanSchema.nullable(),
  /** Of a run that moves protection to another repository. */
  move: moveSchema.nullable(),
  /** Of a run into a bucket. */
  bucket: bucketRunPlanSchema.nullable(),
  state: z.enum(runStates),
  /** It is going to pause after the step it is at. */
  pausing: z.boolean(),
  steps: z.array(runStepSchema),
  /** The newest job that works or worked on it. */
  job: jobIdSchema.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  /** When it was closed: nothing of it can be undone any more, and its snapshots are not held. */
  closedAt: time.nullable(),
  error: errorReportSchema.nullable(),
});
export type RestoreRun = z.infer<typeof restoreRunSchema>;

export const undoItemSchema = z.object({
  path: z.string(),
  action: z.enum(['remove', 'put back', 'remove folder', 'leave']),
  /** Why it is left. */
  reason: z.string().nullable(),
});
export const undoResultSchema = z.object({
  removed: count,
  putBack: count,
  /** Folders, where they are empty then. */
  folders: count,
  left: count,
  /** Those that are left first. */
  items: z.array(undoItemSchema),
});
export type UndoResult = z.infer<typeof undoResultSchema>;

export const runReportSchema = z.object({
  run: restoreRunSchema,
  madeAt: time,
  files: count,
  folders: count,
  others: count,
  bytes: count,
  writtenBytes: count,
  unchangedFiles: count,
  /** Read back at the end and found to be as the snapshot has it; null where that was not done, or not yet. */
  verifiedFiles: count.nullable(),
  verifiedBytes: count.nullable(),
  kept: count,
  replaced: count,
  /** What it was read from, by name; null: nothing was yet. */
  from: z.string().nullable(),
  /** What came from other places: damaged there, or it did not answer any more. Plain bytes. */
  elsewhere: z.array(z.object({ from: z.string(), pieces: count, bytes: count })),
  /** What did not come back as stored: the first thousand. */
  exceptions: z.array(issueSchema),
  exceptionCount: count,
  /** From its start to its end, pauses included; null while it has no end. */
  durationMs: z.number().nonnegative().nullable(),
  /** Time that steps took. */
  workedMs: z.number().nonnegative(),
  commands: commandsSchema,
  /** Of a run in AWS: what was made there, and what is left to do inside the machine. */
  aws: awsRunReportSchema.nullable(),
});
export type RunReport = z.infer<typeof runReportSchema>;

const runEvents = z.union([
  operationEvents(restoreRunSchema),
  /** A step has begun or ended. */
  z.object({ type: z.literal('run'), run: restoreRunSchema }),
]);

export const restoreRunsContract = {
  /** What a run would do, without creating it. `conflicts`: which of them. */
  preview: oc
    .input(runRequestSchema.extend({ conflicts: pageSchema.default({ after: 0, limit: 200 }) }))
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({ type: z.literal('issue'), issue: issueSchema }),
          z.object({ type: z.literal('notice'), text: z.string() }),
          z.object({ type: z.literal('done'), result: runPreviewSchema }),
        ]),
      ),
    ),
  /** From now on its snapshots are held. */
  create: oc
    .input(runRequestSchema.extend({ title: z.string().trim().min(1).max(200).optional() }))
    .output(restoreRunSchema),
  /**
   * Begins, or goes on with the first step that is not done: after a pause, a stop, a failure, an end of the engine. Ends
   * with the run as it is then: done, partial, paused. RUN_BUSY, RUN_OVER, PREFLIGHT_BLOCKED.
   */
  start: oc
    .input(
      runReference.extend({
        /** What a run of files reads from; of one in AWS, where its description lies. */
        repository: repositoryAccessSchema.nullable().default(null),
        /** As whom a run in AWS or into a bucket asks, each time it begins or goes on: it is not kept. */
        aws: awsWhoSchema.nullable().default(null),
        /** False: it pauses where it would have to wait for S3 to bring back what is archived. */
        wait: z.boolean().default(true),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(runEvents)),
  /** After the step it is at. Not asked again when it goes on. */
  pause: oc.input(runReference).output(restoreRunSchema),
  /** At once; all that was written stays. */
  stop: oc.input(runReference).output(restoreRunSchema),
  /** What `undo` would do now. */
  undoPreview: oc
    .input(runReference.extend({ ...pageSchema.shape, aws: awsWhoSchema.nullable().default(null) }))
    .output(undoResultSchema),
  /** Newest first; what somebody has changed since is left. RUN_BUSY, RUN_OVER. */
  undo: oc
    .input(runReference.extend({ aws: awsWhoSchema.nullable().default(null), detach: detachSchema }))
    .output(eventIterator(operationEvents(undoResultSchema))),
  /** What it replaced is discarded, its snapshots are held no longer, nothing can be undone. RUN_BUSY. */
  close: oc.input(runReference).output(restoreRunSchema),
  list: oc
    .input(
      z.object({
        /** Only those that are not closed. */
        open: z.boolean().default(false),
        before: runIdSchema.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ runs: z.array(restoreRunSchema), more: z.boolean() })),
  get: oc.input(runReference).output(restoreRunSchema),
  report: oc.input(runReference).output(runReportSchema),
};
