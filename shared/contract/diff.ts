import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { issueSchema, repositoryAccessSchema } from './common.ts';

const count = z.number().int().nonnegative();

/**
 * `changed`: other content; `typeChanged`: a file where a folder was, and the like; `metadata`: same content, other
 * mode, owner, time or attributes.
 */
export const changeSchema = z.enum(['added', 'removed', 'changed', 'typeChanged', 'metadata']);

const sideSchema = z.object({
  type: z.enum(['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular']),
  size: count,
  /** RFC 3339 with nanoseconds, as stored. */
  modifiedAt: z.string(),
});

export const diffEntrySchema = z.object({
  /** Absolute, for people and for `restore`. */
  path: z.string(),
  change: changeSchema,
  /** Null for what was not there. */
  before: sideSchema.nullable(),
  after: sideSchema.nullable(),
});
export type DiffEntry = z.infer<typeof diffEntrySchema>;

export const diffSummarySchema = z.object({
  added: count,
  removed: count,
  changed: count,
  typeChanged: count,
  metadata: count,
  /** Bytes of files that were added or changed, as they are now; of files that were removed or changed, as they were. */
  addedBytes: count,
  removedBytes: count,
});
export type DiffSummary = z.infer<typeof diffSummarySchema>;

/** What differs between two snapshots, in the order of paths; what lies in an added or a removed folder is named too. */
export const diffCall = oc
  .input(
    z.object({
      repository: repositoryAccessSchema,
      /** Ids or prefixes; `latest` is the newest of the source. */
      before: z.string().min(1),
      after: z.string().min(1),
      source: z.string().optional(),
      /** Whether entries of which only metadata differs are listed; they are counted in any case. */
      metadata: z.boolean().default(false),
    }),
  )
  .output(
    eventIterator(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('entries'), entries: z.array(diffEntrySchema) }),
        z.object({ type: z.literal('issue'), issue: issueSchema }),
        z.object({ type: z.literal('done'), result: diffSummarySchema }),
      ]),
    ),
  );
