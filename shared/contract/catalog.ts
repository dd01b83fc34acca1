import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, issueSchema, operationEvents, progressSchema, repositoryAccessSchema } from './common.ts';
import { nodeTypeSchema } from './snapshots.ts';

const count = z.number().int().nonnegative();

const snapshotTimeSchema = z.object({ id: idSchema, /** ISO-8601 UTC. */ takenAt: z.string() });

/** A path that matches, as it is in the newest snapshot that has it, or in the one that was asked for. */
export const foundPathSchema = z.object({
  /** Absolute, for people and for `restore`. */
  path: z.string(),
  source: z.string(),
  hostname: z.string(),
  type: nodeTypeSchema,
  size: count,
  /** ISO-8601 UTC. */
  modifiedAt: z.string(),
  /** The oldest and the newest snapshot that have anything at the path. */
  first: snapshotTimeSchema,
  last: snapshotTimeSchema,
  versions: count,
  /** Whether the newest snapshot of the source has it. */
  current: z.boolean(),
});
export type FoundPath = z.infer<typeof foundPathSchema>;

/** What was at a path from one snapshot to another. */
export const pathVersionSchema = z.object({
  source: z.string(),
  hostname: z.string(),
  type: nodeTypeSchema,
  size: count,
  modifiedAt: z.string(),
  /** Equal where the content is: SHA-256 of a small file, of the list of pieces of a large one; null without content. */
  digest: z.string().nullable(),
  first: snapshotTimeSchema,
  last: snapshotTimeSchema,
  /** Snapshots that have it. */
  snapshots: count,
  current: z.boolean(),
});
export type PathVersion = z.infer<typeof pathVersionSchema>;

export const rebuildResultSchema = z.object({
  /** Snapshots that were new to the catalog, that it has forgotten, and whose files it has taken in. */
  listed: count,
  forgotten: count,
  indexed: count,
  /** Entries of folders that were looked at. */
  entries: count,
  /** All snapshots of the repository that can be searched now, and those that cannot be read. */
  searchable: count,
  unreadable: count,
  durationMs: z.number(),
  issues: z.array(issueSchema),
});
export type RebuildResult = z.infer<typeof rebuildResultSchema>;

/** `progress`, `issue` and `notice` come while the catalog is brought up to date, then the answer in batches. */
const answerEvents = <Batch extends z.ZodObject, Result extends z.ZodType>(batch: Batch, result: Result) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('progress'), progress: progressSchema }),
    z.object({ type: z.literal('issue'), issue: issueSchema }),
    z.object({ type: z.literal('notice'), text: z.string() }),
    batch,
    z.object({ type: z.literal('done'), result }),
  ]);

/** Where to go on: to be given back as it is; null when there is no more. */
const cursorSchema = z.string().max(100);
const pageResult = z.object({ cursor: cursorSchema.nullable() });

export const catalogContract = {
  /** Paths of all snapshots by parts of their names. */
  find: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        /** Words are found anywhere in a name; with `*` or `?` a whole name must match; with `/` folders count too. */
        pattern: z.string().min(1).max(1000),
        source: z.string().optional(),
        /** `<id>`, a prefix of one, or `latest`: only what this snapshot holds, as it is there. */
        snapshot: z.string().min(1).optional(),
        limit: z.number().int().min(1).max(100_000).default(100),
        after: cursorSchema.optional(),
      }),
    )
    .output(
      eventIterator(answerEvents(z.object({ type: z.literal('found'), paths: z.array(foundPathSchema) }), pageResult)),
    ),
  /** The versions of one path, newest first. */
  versions: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        /** Absolute, as `find` and `ls` show it. */
        path: z.string().min(1),
        source: z.string().optional(),
        limit: z.number().int().min(1).max(100_000).default(1000),
        after: cursorSchema.optional(),
      }),
    )
    .output(
      eventIterator(
        answerEvents(z.object({ type: z.literal('versions'), versions: z.array(pathVersionSchema) }), pageResult),
      ),
    ),
  /** Fills the catalog from the repository alone. What an earlier call has done is not done again. */
  rebuild: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        /** Forgets first what the catalog holds of this repository. */
        fresh: z.boolean().default(false),
      }),
    )
    .output(eventIterator(operationEvents(rebuildResultSchema))),
};
