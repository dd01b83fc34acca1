import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { consistencyFields, idSchema, issueSchema, repositoryAccessSchema, runStatusSchema } from './common.ts';
import { diffCall } from './diff.ts';
import { holdSchema } from './holds.ts';

export const snapshotSchema = z.object({
  id: idSchema,
  /** Name of the source; for a snapshot that restic made, its paths. */
  source: z.string(),
  /** ISO-8601 UTC. */
  takenAt: z.string(),
  /** `unknown`: made by another program that does not say. */
  status: z.union([runStatusSchema, z.literal('unknown')]),
  tenant: z.string(),
  actor: z.string(),
  hostname: z.string(),
  paths: z.array(z.string()),
  tags: z.array(z.string()),
  program: z.string(),
  /** Files and bytes in the snapshot; null where the program that made it did not say. */
  files: z.number().int().nullable(),
  bytes: z.number().int().nullable(),
  ...consistencyFields,
  /** Why it is kept whatever retention says; null where it is not held. */
  hold: holdSchema.nullable(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** `<id>[:path]`: an id, a prefix of one, or `latest`, then an absolute path in the snapshot. */
export const snapshotReferenceSchema = z.string().min(1);

export const nodeTypeSchema = z.enum([
  'file',
  'dir',
  'symlink',
  'dev',
  'chardev',
  'fifo',
  'socket',
  'irregular',
  'unknown',
]);

export const entrySchema = z.object({
  /** Absolute path in the snapshot, for people and for `restore`: bytes that are not UTF-8 stand as `\xNN`. */
  path: z.string(),
  type: nodeTypeSchema,
  size: z.number().int(),
  /** Permission bits as in POSIX, with set-uid, set-gid and sticky: 0o0000 to 0o7777. */
  mode: z.number().int(),
  uid: z.number().int(),
  gid: z.number().int(),
  /** RFC 3339 with nanoseconds, as stored. */
  modifiedAt: z.string(),
  linkTarget: z.string().nullable(),
});
export type Entry = z.infer<typeof entrySchema>;

export const snapshotsContract = {
  /** As the repository itself lists them, oldest first. `after`: an id, for the page after it. */
  list: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        source: z.string().optional(),
        after: idSchema.optional(),
        limit: z.number().int().min(1).max(10_000).default(1_000),
      }),
    )
    .output(
      z.object({
        snapshots: z.array(snapshotSchema),
        unreadable: z.array(issueSchema),
        notices: z.array(z.string()).default([]),
        more: z.boolean().default(false),
      }),
    ),
  /** The entries of one folder, or all below it with `recursive`; in batches, in byte order of their paths. */
  ls: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        snapshot: snapshotReferenceSchema,
        source: z.string().optional(),
        recursive: z.boolean().default(false),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('entries'), entries: z.array(entrySchema) }),
          z.object({ type: z.literal('issue'), issue: issueSchema }),
        ]),
      ),
    ),
  diff: diffCall,
};
