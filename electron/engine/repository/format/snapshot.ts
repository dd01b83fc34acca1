/** Snapshot files: a tree, where and when it was taken, and immutable facts as tags (restic design, "Snapshots"). */
import { z } from 'zod';
import { consistencies, type Consistency } from '../../../../shared/model/hooks.ts';

const idSchema = z.string().regex(/^[0-9a-f]{64}$/);
/** What another program has written as one may be of any length. */
const longestProblem = 2_000;
const count = z.number().int().nonnegative().catch(0);
const strings = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const summarySchema = z.object({
  backup_start: z.string().optional(),
  backup_end: z.string().optional(),
  files_new: count,
  files_changed: count,
  files_unmodified: count,
  dirs_new: count,
  dirs_changed: count,
  dirs_unmodified: count,
  data_blobs: count,
  tree_blobs: count,
  data_added: count,
  data_added_packed: count,
  total_files_processed: count,
  total_bytes_processed: count,
});

export const snapshotFileSchema = z.object({
  time: z.string(),
  parent: idSchema.optional(),
  tree: idSchema,
  paths: strings,
  hostname: z.string().optional(),
  username: z.string().optional(),
  uid: z.number().int().nonnegative().optional(),
  gid: z.number().int().nonnegative().optional(),
  excludes: strings,
  tags: strings,
  original: idSchema.optional(),
  program_version: z.string().optional(),
  summary: summarySchema.optional().catch(undefined),
});

export type SnapshotFile = z.infer<typeof snapshotFileSchema>;

/** The JSON in restic's field order; empty lists and zero ids are left out as its encoder does. */
export function encodeSnapshot(snapshot: SnapshotFile): Buffer {
  const { excludes, tags, uid, gid, ...rest } = snapshot;
  const ordered = {
    time: rest.time,
    parent: rest.parent,
    tree: rest.tree,
    paths: rest.paths,
    hostname: rest.hostname,
    username: rest.username,
    uid: uid === 0 ? undefined : uid,
    gid: gid === 0 ? undefined : gid,
    excludes: excludes.length === 0 ? undefined : excludes,
    tags: tags.length === 0 ? undefined : tags,
    original: rest.original,
    program_version: rest.program_version,
    summary: rest.summary,
  };
  return Buffer.from(`${JSON.stringify(ordered)}\n`, 'utf8');
}

/** Facts that Holdfast writes as tags `holdfast:<name>=<value>`: restic has no room for fields of ours. */
export type SnapshotFact =
  | 'source'
  | 'tenant'
  | 'actor'
  | 'status'
  | 'incomplete'
  /** As `incomplete`, of what an operator has accepted. */
  | 'accepted'
  | 'mount-point'
  /** Why it looks as if something had happened to the source, in words. */
  | 'suspect'
  /** The profile it was taken for, and each of its periods that were due, or `manual`. */
  | 'profile'
  | 'period'
  | 'run'
  /** `application` or `crash`; without it, nothing was asked to hold still. */
  | 'consistency'
  /** What did not go as asked with that, in words. */
  | 'consistency-problem'
  | 'system'
  /** Of a part of a system snapshot: whether it is of one moment with the others (shared/model/together.ts). */
  | 'moment'
  /** Until when nobody removes it, ISO-8601 UTC, or `forever`. */
  | 'locked'
  /** The run whose native snapshots elsewhere it tells of, and how many they are. */
  | 'native'
  | 'natives'
  /** Of a copy: the repository it was taken into, and the site it was fetched back from, and until when it is kept then. */
  | 'origin'
  | 'fetched-from'
  | 'fetched-until'
  /** Of images: each snapshot in AWS that it holds the blocks of. */
  | 'image'
  | 'kind'
  | 'console'
  /** Of a configuration: the newest entries of the chains that its console writes, and the key that signs them. */
  | 'evidence-head'
  | 'evidence-key'
  | 'epoch'
  | 'replaces';

/** Tags may hold no comma (restic splits lists of tags there), so it is escaped, and with it the escape itself. */
export function encodeFact(fact: SnapshotFact, value: string): string {
  return `holdfast:${fact}=${value.replace(/[%,]/g, (special) => (special === '%' ? '%25' : '%2C'))}`;
}

export function readFacts(tags: readonly string[], fact: SnapshotFact): readonly string[] {
  const prefix = `holdfast:${fact}=`;
  return tags
    .filter((tag) => tag.startsWith(prefix))
    .map((tag) => tag.slice(prefix.length).replaceAll('%2C', ',').replaceAll('%25', '%'));
}

export function readFact(tags: readonly string[], fact: SnapshotFact): string | undefined {
  return readFacts(tags, fact)[0];
}

/** What it states of how its source held still. */
export function readConsistency(tags: readonly string[]): {
  readonly consistency: Consistency | null;
  readonly consistencyProblem: string | null;
} {
  const stated = readFact(tags, 'consistency');
  const consistency = consistencies.find((one) => one === stated) ?? null;
  return { consistency, consistencyProblem: readFact(tags, 'consistency-problem')?.slice(0, longestProblem) ?? null };
}
