import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { refActions } from '../model/git-restore-plan.ts';
import { partActions, partKinds } from '../model/github-restore-plan.ts';
import {
  detachSchema,
  idSchema,
  issueSchema,
  operationEvents,
  progressSchema,
  repositoryAccessSchema,
} from './common.ts';
import { repositories, repositoryPaths } from './git-repositories.ts';
import { snapshotReferenceSchema } from './snapshots.ts';

/** Git repositories inside snapshots: looking into them, comparing them, and giving them back. */

const count = z.number().int().nonnegative();
/** Of a Git object: SHA-1, or SHA-256 where the repository uses it. */
const objectIdSchema = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const refNameSchema = z.string().min(1).max(1024);

const inSnapshot = {
  repository: repositoryAccessSchema,
  snapshot: snapshotReferenceSchema,
  source: z.string().optional(),
};
/** A path as `repositories` gives it, or the end of one that only one repository has, such as `owner/name`. */
const gitPathSchema = z.string().min(1).max(65_536);
const ofRepository = { ...inSnapshot, path: gitPathSchema };

export const lostHistorySchema = z.object({
  /** ISO-8601: when it was noticed. */
  at: z.string(),
  ref: z.string(),
  kind: z.enum(['forced', 'deleted']),
  from: objectIdSchema,
  to: objectIdSchema.nullable(),
  /** The ref in the mirror that keeps it. */
  keptAs: z.string().nullable(),
  /** Commits that nothing else at the server led to. */
  commits: count.nullable(),
});
export type LostHistory = z.infer<typeof lostHistorySchema>;

export const gitRefSchema = z.object({
  name: z.string(),
  id: objectIdSchema,
  /** Of an annotated tag: what it points to. */
  peeled: objectIdSchema.nullable(),
});

const personSchema = z.object({
  name: z.string(),
  email: z.string(),
  /** ISO-8601, with its own offset. */ at: z.string(),
});

export const gitCommitSchema = z.object({
  id: objectIdSchema,
  parents: z.array(objectIdSchema),
  author: personSchema,
  committer: personSchema,
  subject: z.string(),
  /** What follows the first paragraph. */
  body: z.string(),
});
export type GitCommit = z.infer<typeof gitCommitSchema>;

export const gitTreeEntrySchema = z.object({
  name: z.string(),
  kind: z.enum(['file', 'executable', 'symlink', 'folder', 'submodule']),
  id: objectIdSchema,
  /** Bytes; null for what has none. */
  size: count.nullable(),
});
export type GitTreeEntry = z.infer<typeof gitTreeEntrySchema>;

export const gitFileSchema = z.object({
  path: z.string(),
  kind: gitTreeEntrySchema.shape.kind,
  id: objectIdSchema,
  size: count,
  binary: z.boolean(),
  /** At most the first MiB; null where it is binary. Bytes that are no UTF-8 are shown as `\xNN`. */
  text: z.string().nullable(),
  /** Whether there is more than what is given. */
  cut: z.boolean(),
  /** Where it only names an object of Git LFS: which, and whether the snapshot holds that. */
  lfs: z.object({ id: idSchema, size: count, stored: z.boolean() }).nullable(),
});
export type GitFile = z.infer<typeof gitFileSchema>;

export const refComparisonSchema = z.object({
  name: z.string(),
  kind: z.enum(['created', 'deleted', 'moved']),
  from: objectIdSchema.nullable(),
  to: objectIdSchema.nullable(),
  /** What the mirror has kept of it, where history was lost between the two snapshots. */
  lost: lostHistorySchema.nullable(),
});
export type RefComparison = z.infer<typeof refComparisonSchema>;

/**
 * `url`: may hold `{owner}` and `{name}`, and has to hold `{name}` for several repositories. A folder or a bundle is that
 * of the one repository that is named; for several they lie below it as `<owner>/<name>.git`, without `.git` where they
 * are checked out, or with `.bundle`.
 */
export const gitTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('url'), url: z.string().min(1).max(4096) }),
  z.object({
    kind: z.literal('github'),
    /** Address of its API; null: that of github.com. */
    api: z.url().max(1024).nullable().default(null),
    owner: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/),
    /** May hold `{owner}` and `{name}`. */
    name: z.string().min(1).max(200).default('{name}'),
    /** Of a repository that is made for it. */
    private: z.boolean().default(true),
  }),
  z.object({ kind: z.enum(['bare', 'checkout', 'bundle']), /** Absolute. */ path: z.string().min(1).max(4096) }),
]);
export type GitTarget = z.infer<typeof gitTargetSchema>;

export const gitRestoreInputSchema = z.object({
  ...inSnapshot,
  /** Null: all of the snapshot. */
  paths: z.array(gitPathSchema).min(1).max(10_000).nullable(),
  /**
   * Single refs of one repository: `from` is a ref of the snapshot, one that is kept (`refs/holdfast/lost/…`), or the id
   * of a commit; `to` its name on the target, by default the name it had. Null: all branches, tags and notes.
   */
  refs: z
    .array(z.object({ from: refNameSchema, to: refNameSchema.optional() }))
    .min(1)
    .max(1000)
    .nullable()
    .default(null),
  target: gitTargetSchema,
  /** What the target's server is asked with: kept nowhere, and gone with the job. */
  access: z
    .object({ user: z.string().min(1).max(256).default('x-access-token'), token: z.string().min(1).max(65_536) })
    .nullable()
    .default(null),
  /** Refs whose history on the target would be lost are moved too; otherwise they are named and left. */
  overwrite: z.boolean().default(false),
  /** Refs that only the target has are deleted there; otherwise they are left. */
  deletes: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  /**
   * To GitHub: also settings, topics, releases with their assets, the wiki, and whether it is archived. Values that
   * somebody has set there are replaced with `overwrite` only. With single refs nothing but those is given back.
   */
  beside: z.boolean().default(true),
  /** Compare the target's refs afterwards, and what was given back beside them, and check a fresh clone of it. */
  verify: z.boolean().default(true),
  detach: detachSchema,
});
export type GitRestoreInput = z.input<typeof gitRestoreInputSchema>;

export const restoredRefSchema = z.object({
  name: z.string(),
  action: z.enum(refActions),
  from: objectIdSchema.nullable(),
  to: objectIdSchema.nullable(),
  /** `heldBack`: it would have lost history of the target. `planned`: in a dry run. */
  result: z.enum(['planned', 'done', 'heldBack', 'failed']),
  problem: z.string().nullable(),
});
export type RestoredRef = z.infer<typeof restoredRefSchema>;

/** What goes to GitHub beside the refs. */
export const restoredPartSchema = z.object({
  kind: z.enum(partKinds),
  /** Of the setting, the release by its tag, the asset as `tag/name`, the ref of the wiki. */
  name: z.string(),
  /** `finish`: a draft that an earlier try has left is published. `leave`: it is there otherwise, and stays so. */
  action: z.enum(partActions),
  /** What is there, and what the snapshot has, for people; null for nothing. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** `heldBack`: somebody has set it there. `planned`: in a dry run. */
  result: z.enum(['planned', 'done', 'heldBack', 'failed']),
  problem: z.string().nullable(),
});
export type RestoredPart = z.infer<typeof restoredPartSchema>;

export const restoredGitRepositorySchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Where to, without anything secret; null where that was never found out. */
  target: z.string().nullable(),
  /** `empty`: it has no refs, so there was nothing to give back but itself. */
  state: z.enum(['planned', 'done', 'partial', 'failed', 'empty']),
  /** Whether the target was made for it, or would be. */
  created: z.boolean(),
  refs: z.array(restoredRefSchema),
  /** The default branch there is to be, and whether it is; null where none is known. */
  head: z.object({ name: z.string(), set: z.boolean() }).nullable(),
  /** Objects of Git LFS that went along. */
  lfsObjects: count,
  /** In the order in which they are given back; empty where the target is none of GitHub. */
  parts: z.array(restoredPartSchema),
  /** What the snapshot keeps of it that cannot be given back, such as `issues`. */
  notGivenBack: z.array(z.string()),
  /** Null where nothing was looked at afterwards. */
  verified: z
    .object({
      /** Refs of the target that are not as in the snapshot. */
      otherRefs: z.array(z.string()),
      /** Settings, releases and assets of the target that are not as they were given back. */
      otherParts: z.array(z.string()),
      /** Whether a fresh clone passes `git fsck`. */
      sound: z.boolean(),
      /** Whether that looked at how objects hang together only, because there are many. */
      connectivityOnly: z.boolean(),
      problem: z.string().nullable(),
    })
    .nullable(),
  problem: z.string().nullable(),
});
export type RestoredGitRepository = z.infer<typeof restoredGitRepositorySchema>;

export const gitRestoreResultSchema = z.object({
  dryRun: z.boolean(),
  repositories: z.object({ done: count, partial: count, failed: count, empty: count }),
  /** Of all of them, by what was done, or would be. */
  refs: z.object({
    create: count,
    'fast-forward': count,
    overwrite: count,
    delete: count,
    leave: count,
    unchanged: count,
    heldBack: count,
    failed: count,
  }),
  /** Of what goes to GitHub beside refs: what was written or would be, and what was not. */
  parts: z.object({ written: count, unchanged: count, left: count, heldBack: count, failed: count }),
  issues: z.array(issueSchema),
  durationMs: z.number(),
});
export type GitRestoreResult = z.infer<typeof gitRestoreResultSchema>;

/** All of them: SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS, GIT_REPOSITORY_UNKNOWN, GIT_REPOSITORY_INVALID. */
export const gitContract = {
  repositories,
  repositoryPaths,
  /** By name, and what was lost, newest first. Read without unpacking anything. */
  refs: oc
    .input(
      z.object({
        ...ofRepository,
        from: count.default(0),
        limit: z.number().int().min(1).max(10_000).default(1000),
        filter: z.string().max(255).default(''),
      }),
    )
    .output(
      z.object({
        path: z.string(),
        head: z.string().nullable(),
        total: count,
        matching: count,
        refs: z.array(gitRefSchema),
        lost: z.array(lostHistorySchema),
      }),
    ),
  /** What became of the refs from one snapshot (`snapshot`) to another (`after`). Read without unpacking anything. */
  compare: oc
    .input(z.object({ ...ofRepository, after: snapshotReferenceSchema, afterPath: gitPathSchema.optional() }))
    .output(
      z.object({
        path: z.string(),
        head: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
        changes: z.array(refComparisonSchema),
      }),
    ),
  /** Unpacks the repository, so that the calls below answer at once; they do so too, without a word about it. */
  open: oc
    .input(z.object(ofRepository))
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({ type: z.literal('done'), result: z.object({ path: z.string() }) }),
        ]),
      ),
    ),
  /** Newest first. GIT_REF_UNKNOWN. */
  commits: oc
    .input(
      z.object({
        ...ofRepository,
        /** A ref of the snapshot, one that is kept, or the id of a commit. */
        at: refNameSchema,
        /** Only those that no ref of the snapshot leads to: what a forced push or a deletion has lost. */
        lostOnly: z.boolean().default(false),
        from: count.default(0),
        limit: z.number().int().min(1).max(500).default(50),
      }),
    )
    .output(z.object({ at: objectIdSchema, commits: z.array(gitCommitSchema), more: z.boolean() })),
  /** A folder of a commit, folders first. PATH_NOT_IN_SNAPSHOT where the commit holds no such folder. */
  tree: oc
    .input(
      z.object({
        ...ofRepository,
        at: refNameSchema,
        /** Of the folder, without a slash at its start; empty for all of it. */
        folder: z.string().max(65_536).default(''),
        from: count.default(0),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ commit: objectIdSchema, total: count, entries: z.array(gitTreeEntrySchema) })),
  /** PATH_NOT_IN_SNAPSHOT. */
  file: oc
    .input(z.object({ ...ofRepository, at: refNameSchema, file: z.string().min(1).max(65_536) }))
    .output(gitFileSchema),
  /** One `repository` event for each, when it is over. */
  restore: oc
    .input(gitRestoreInputSchema)
    .output(
      eventIterator(
        z.union([
          operationEvents(gitRestoreResultSchema),
          z.object({ type: z.literal('repository'), repository: restoredGitRepositorySchema }),
        ]),
      ),
    ),
};
