/** The Git repositories of a snapshot, as a list: what each is, and what became of it in the run. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { repositoryOrders } from '../model/repository-orders.ts';
import { repositoryStates } from '../model/organisation.ts';
import { checkNoteSchema, idSchema, repositoryAccessSchema } from './common.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

const count = z.number().int().nonnegative();

export const gitRepositorySchema = z.object({
  /** Absolute path of the bare repository in the snapshot, for people and for other calls. */
  path: z.string(),
  /** The last two parts of it, without `.git`. */
  name: z.string(),
  /** The default branch as a whole name; null where none is known. */
  head: z.string().nullable(),
  branches: count,
  tags: count,
  otherRefs: count,
  /** Times that history was lost at its server, by a forced push or a deletion, and kept here. */
  lost: count,
  /** When and how its mirror was looked through last, as of the snapshot; null where nothing was noted. */
  verified: checkNoteSchema.nullable(),
  /** Why its refs cannot be told; null where they can. */
  problem: z.string().nullable(),
  /** False for one that a run was to fetch and that never came: the snapshot holds nothing of it. */
  stored: z.boolean(),
  /** What the run has made of it, with the reason and since when where that is not `ok`. Null where no run tells. */
  told: z
    .object({
      state: z.enum(repositoryStates),
      reason: z.string().nullable(),
      /** ISO-8601, as all times here. */
      since: z.string().nullable(),
      /** When the newest run began that had all of it: what is kept is as of then. Null while it is `ok`, or never was. */
      wholeAt: z.string().nullable(),
      private: z.boolean().nullable(),
      archived: z.boolean().nullable(),
      /** Null where it is empty, or not known. */
      pushedAt: z.string().nullable(),
      /** Of its Git objects, as they lay in the mirror. */
      bytes: count.nullable(),
    })
    .nullable(),
  /** Its objects of Git LFS; null where it has shown none. Amounts are null where no run tells. */
  lfs: z.object({ complete: z.boolean(), objects: count.nullable(), bytes: count.nullable() }).nullable(),
});
export type GitRepository = z.infer<typeof gitRepositorySchema>;

/** `trouble`: all that are not `ok`. `lfs`: those whose objects of Git LFS were not all had. */
export const repositoryChoices = ['all', 'trouble', ...repositoryStates, 'lfs'] as const;
export type RepositoryChoice = (typeof repositoryChoices)[number];

const choice = {
  repository: repositoryAccessSchema,
  snapshot: snapshotReferenceSchema,
  source: z.string().optional(),
  /** Only paths that hold this text, whatever the case. */
  filter: z.string().max(255).default(''),
  only: z.enum(repositoryChoices).default('all'),
  /** Without those that never came, also in what is counted. */
  stored: z.boolean().default(false),
};

/** Of all that match, as when all of them are chosen: nothing is read of each. */
export const repositoryPaths = oc.input(z.object(choice)).output(z.object({ paths: z.array(z.string()) }));

/**
 * Found by the folders `<name>.git` with a folder `<name>.meta` beside them, and by what a run has told of an owner. By
 * path, where they are otherwise equal.
 */
export const repositories = oc
  .input(
    z.object({
      ...choice,
      from: count.default(0),
      limit: z.number().int().min(1).max(1000).default(200),
      sort: z.enum(repositoryOrders).default('name'),
      descending: z.boolean().default(false),
    }),
  )
  .output(
    z.object({
      snapshot: idSchema,
      takenAt: z.string(),
      source: z.string(),
      total: count,
      matching: count,
      repositories: z.array(gitRepositorySchema),
      /** Of all of them, by each choice. */
      counts: z.record(z.enum(repositoryChoices), count),
      /** What the credential of the run did not show, and what no run captures, in words for people. */
      mayNotSee: z.array(z.string()),
      notCaptured: z.array(z.string()),
      /** False where the snapshot has more folders than were looked at. */
      whole: z.boolean(),
    }),
  );
