import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { detachSchema, issueSchema, operationEvents, repositoryAccessSchema } from './common.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

export const overwriteSchema = z.enum(['never', 'if-changed', 'always']);

export const restoreInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** A site to read from in its place; snapshots are named by their ids in either. SITE_UNKNOWN, PASSWORD_NEEDED. */
  from: z.string().min(1).max(200).optional(),
  /** `<snapshot>[:path]`, one or several, from one or several snapshots. */
  selections: z.array(snapshotReferenceSchema).min(1),
  source: z.string().optional(),
  /** Folder to restore below, each path by its own absolute path; null restores to the original place. */
  target: z.string().min(1).nullable(),
  overwrite: overwriteSchema.default('never'),
  dryRun: z.boolean().default(false),
  verify: z.boolean().default(true),
  /** As of restore runs: a snapshot of what is there now, before anything is written to the original place. */
  protectFirst: z.boolean().default(false),
  /** Begin although it is certain that it cannot fit: TARGET_TOO_SMALL otherwise. */
  ignoreFreeSpace: z.boolean().default(false),
  detach: detachSchema,
});
export type RestoreInput = z.input<typeof restoreInputSchema>;

export const restoreResultSchema = z.object({
  dryRun: z.boolean(),
  target: z.string().nullable(),
  files: z.number().int(),
  folders: z.number().int(),
  others: z.number().int(),
  /** Bytes the selected files have, and bytes that were (or would be) written. */
  bytes: z.number().int(),
  writtenBytes: z.number().int(),
  /** Files that were found in place with the snapshot's content, and left. */
  unchangedFiles: z.number().int(),
  /** Files whose content was read back and compared with the snapshot's hashes. */
  verifiedFiles: z.number().int(),
  verifiedBytes: z.number().int(),
  /** Existing things in the way: kept (`never`) or replaced (`always`, `if-changed`). */
  conflicts: z.array(z.object({ path: z.string(), action: z.enum(['kept', 'replaced']) })),
  freeBytes: z.number().int().nullable(),
  issues: z.array(issueSchema),
  /** What came from other places than the one it was restored from: damaged there, or it did not answer. Plain bytes. */
  elsewhere: z.array(z.object({ from: z.string(), pieces: z.number().int(), bytes: z.number() })),
  durationMs: z.number(),
});
export type RestoreResult = z.infer<typeof restoreResultSchema>;

/** Dry runs also list what would be written, in batches. */
export const recoveryContract = {
  restore: oc.input(restoreInputSchema).output(
    eventIterator(
      z.union([
        operationEvents(restoreResultSchema),
        z.object({
          type: z.literal('planned'),
          entries: z.array(
            z.object({
              path: z.string(),
              from: z.string(),
              bytes: z.number().int(),
              action: z.enum(['create', 'replace', 'keep', 'unchanged']),
            }),
          ),
        }),
      ]),
    ),
  ),
};
