import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  consistencyFields,
  idSchema,
  issueSchema,
  progressSchema,
  repositoryAccessSchema,
  runStatusSchema,
} from './common.ts';
import { holdSchema } from './holds.ts';
import { entrySchema } from './snapshots.ts';
import { systemIdSchema } from './systems.ts';

/** Quick looks at snapshots, from the catalog and from threads that keep a repository open: what screens are made of. */

const count = z.number().int().nonnegative();

/** A snapshot as the catalog knows it. */
export const knownSnapshotSchema = z.object({
  id: idSchema,
  source: z.string(),
  hostname: z.string(),
  takenAt: z.string(),
  status: z.union([runStatusSchema, z.literal('unknown')]),
  actor: z.string(),
  files: count.nullable(),
  bytes: count.nullable(),
  ...consistencyFields,
  hold: holdSchema.nullable(),
  /** Id of the system snapshot it is part of; null: of none. */
  system: systemIdSchema.nullable(),
  /** Whether it can be searched yet; `unreadable` with the reason in `problem`. */
  state: z.enum(['listed', 'indexing', 'indexed', 'unreadable']),
  problem: z.string().nullable(),
});
export type KnownSnapshot = z.infer<typeof knownSnapshotSchema>;

const bySource = { source: z.string().optional(), hostname: z.string().optional() };
const cursorSchema = z.string().max(100);

/** How an entry stands against the newest snapshot of its source. */
export const againstNewestSchema = z.enum(['same', 'changed since', 'deleted since', 'newest']);

export const folderEntrySchema = entrySchema.extend({
  name: z.string(),
  /** Owner's name where the snapshot has it. */
  user: z.string(),
  group: z.string(),
  against: againstNewestSchema.nullable(),
});
export type FolderEntry = z.infer<typeof folderEntrySchema>;

export const folderPageSchema = z.object({
  /** Absolute, for people and for `restore`. */
  path: z.string(),
  snapshot: idSchema,
  takenAt: z.string(),
  source: z.string(),
  /** Entries of the whole folder, and those that the filter lets through. */
  total: count,
  matching: count,
  entries: z.array(folderEntrySchema),
  /** Parts of the folder that cannot be read. */
  issues: z.array(issueSchema),
});
export type FolderPage = z.infer<typeof folderPageSchema>;

const dayCellSchema = z.object({
  /** Days since the first of the answer. */
  day: count,
  complete: count,
  completeWithExceptions: count,
  partial: count,
  failed: count,
});

export const browseContract = {
  /** Newest first. */
  snapshots: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        ...bySource,
        limit: z.number().int().min(1).max(500).default(100),
        after: cursorSchema.optional(),
      }),
    )
    .output(z.object({ snapshots: z.array(knownSnapshotSchema), cursor: cursorSchema.nullable(), total: count })),
  /** SNAPSHOT_NOT_FOUND. */
  snapshot: oc.input(z.object({ repository: repositoryAccessSchema, snapshot: idSchema })).output(knownSnapshotSchema),
  /** All snapshots of a source for a picture of them, oldest first, the newest 10,000; columns of equal length. */
  timeline: oc.input(z.object({ repository: repositoryAccessSchema, ...bySource })).output(
    z.object({
      ids: z.array(idSchema),
      /** Epoch seconds. */
      takenAt: z.array(z.number().int()),
      statuses: z.array(z.union([runStatusSchema, z.literal('unknown')])),
      bytes: z.array(count.nullable()),
      held: z.array(z.boolean()),
      more: z.boolean(),
    }),
  ),
  /** A part of one folder of a snapshot. SNAPSHOT_NOT_FOUND, PATH_NOT_IN_SNAPSHOT, TREE_INVALID, BLOB_MISSING. */
  folder: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        snapshot: idSchema,
        path: z.string().max(65_536).default('/'),
        from: count.default(0),
        limit: z.number().int().min(1).max(1000).default(200),
        sort: z.enum(['name', 'size', 'modified', 'type']).default('name'),
        descending: z.boolean().default(false),
        /** Only names that hold this text, whatever the case; folders first in any order. */
        filter: z.string().max(255).default(''),
        foldersOnly: z.boolean().default(false),
        /** Whether `against` is found out. */
        compare: z.boolean().default(false),
      }),
    )
    .output(folderPageSchema),
  /**
   * Protections of each source by day, in the days of a time zone (IANA name): good and partial snapshots, and runs that
   * failed. Days and sources without any are left out.
   */
  days: oc
    .input(
      z.object({
        sources: z.array(z.string()).max(500),
        /** The last day is today. */
        days: z.number().int().min(1).max(366).default(21),
        zone: z.string().max(64).default('UTC'),
      }),
    )
    .output(
      z.object({
        /** ISO date of the first day. */
        first: z.string(),
        /** By key of the source. */
        sources: z.record(z.string(), z.array(dayCellSchema)),
      }),
    ),
  /** Folders of this machine, for choosing one where there is no dialog of the system. Names that start with a dot last. */
  machineFolders: oc.input(z.object({ path: z.string().min(1).max(4096).nullable() })).output(
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), path: z.string() })),
      /** Whether there are more than the ten thousand that are shown. */
      more: z.boolean(),
      places: z.array(z.object({ name: z.string(), path: z.string(), freeBytes: count.nullable() })),
    }),
  ),
  /** What a run over these paths would find: counted without reading a file. Ends by itself after a minute. */
  probe: oc
    .input(
      z.object({
        /** Absolute. */
        paths: z.array(z.string().min(1).max(4096)).min(1).max(100),
        excludes: z.array(z.string().max(4096)).max(1000).default([]),
        excludeCaches: z.boolean().default(false),
        excludeLargerThanBytes: z.number().int().positive().nullable().default(null),
        oneFileSystem: z.boolean().default(false),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({
            type: z.literal('done'),
            result: z.object({
              paths: z.array(
                z.object({
                  path: z.string(),
                  exists: z.boolean(),
                  type: z.enum(['folder', 'file', 'other', 'missing', 'unreadable']),
                  /** Where its file system is mounted, and its kind, as `/mnt/nas` and `nfs4`. */
                  mount: z.object({ path: z.string(), kind: z.string() }).nullable(),
                  empty: z.boolean(),
                }),
              ),
              files: count,
              folders: count,
              bytes: count,
              /** What cannot be read, the first hundred. */
              issues: z.array(issueSchema),
              /** False where it ended before everything was seen. */
              whole: z.boolean(),
            }),
          }),
        ]),
      ),
    ),
};
