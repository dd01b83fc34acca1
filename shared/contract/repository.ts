import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  detachSchema,
  idSchema,
  issueSchema,
  locatedRepositorySchema,
  operationEvents,
  repositoryAccessSchema,
} from './common.ts';

export const repositoryInfoSchema = z.object({
  id: idSchema,
  location: z.string(),
  version: z.union([z.literal(1), z.literal(2)]),
});
export type RepositoryInfo = z.infer<typeof repositoryInfoSchema>;

export const repositoryStatsSchema = z.object({
  snapshots: z.number().int(),
  /** Bytes on disk, all files of the repository. */
  storedBytes: z.number().int(),
  /** All that lie there, those in no index too. */
  packs: z.number().int(),
  blobs: z.number().int(),
  /** Bytes of all distinct pieces of files, and of all distinct folders' descriptions, before compression. */
  uniqueBytes: z.number().int(),
  folderBytes: z.number().int(),
  /** Bytes a restore of every snapshot together would write. */
  restorableBytes: z.number().int(),
  /** Folders that could not be read; what is below them is missing from restorableBytes. */
  unreadableFolders: z.number().int(),
  /** restorableBytes / uniqueBytes; null while nothing is stored. */
  deduplicationRatio: z.number().nullable(),
  /** uniqueBytes and folderBytes / bytes of the stored blobs; null while nothing is stored. */
  compressionRatio: z.number().nullable(),
});
export type RepositoryStats = z.infer<typeof repositoryStatsSchema>;

export const checkResultSchema = z.object({
  snapshots: z.number().int(),
  trees: z.number().int(),
  packs: z.number().int(),
  packsRead: z.number().int(),
  bytesRead: z.number().int(),
  /** Damage: each finding names the stored file and, where known, the snapshots' paths that need it. */
  errors: z.array(issueSchema),
  /** Harmless leftovers: packs in no index, files of an interrupted run. */
  hints: z.array(issueSchema),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

const withRepository = z.object({ repository: repositoryAccessSchema });

export const repositoryContract = {
  init: oc
    .input(z.object({ repository: locatedRepositorySchema, version: z.union([z.literal(1), z.literal(2)]).default(2) }))
    .output(repositoryInfoSchema),
  info: oc.input(withRepository).output(repositoryInfoSchema),
  stats: oc.input(withRepository).output(repositoryStatsSchema),
  check: oc
    .input(
      withRepository.extend({
        /** Percentage of the packs to read and verify completely: 0 is structure only. */
        readDataPercent: z.number().min(0).max(100).default(0),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(checkResultSchema))),
  /** Removes locks whose process is gone (`all`: every lock). */
  unlock: oc
    .input(withRepository.extend({ all: z.boolean().default(false) }))
    .output(z.object({ removed: z.number().int() })),
};
