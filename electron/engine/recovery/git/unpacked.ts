/** One Git repository of a snapshot: what it is by the snapshot alone, and unpacked where its history is needed. */
import { join } from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import type { Progress } from '../../../../shared/contract/common.ts';
import type { RefsManifest } from '../../../../shared/model/git-refs.ts';
import type { Repository } from '../../repository/repository.ts';
import type { GitCache } from './cache.ts';
import { GitProcess } from './git-process.ts';
import { materialise } from './materialise.ts';
import { formatOf, type ObjectFormat } from './plain-bare.ts';
import { serverRefs } from './refs.ts';
import { readManifest, type FoundRepository, type SnapshotTree } from './snapshot-tree.ts';

export type GitSource = {
  readonly repository: Repository;
  readonly home: string;
  readonly cache: GitCache;
  /** Whole id, and its tree. */
  readonly snapshot: string;
  readonly tree: SnapshotTree;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};

export type Unpacked = {
  readonly folder: string;
  readonly format: ObjectFormat;
  readonly git: GitProcess;
  /** Its refs at the moment of the snapshot. */
  readonly manifest: RefsManifest;
};

/** Gives the repository to `work` as it lies in the cache, where it is put if need be. GIT_REPOSITORY_INVALID. */
export async function withUnpacked<Result>(
  source: GitSource,
  found: FoundRepository,
  work: (unpacked: Unpacked) => Promise<Result>,
): Promise<Result> {
  const { repository, cache, tree, signal } = source;
  const manifest = await readManifest(tree, found.path);
  const key = { repository: repository.config.id, tree: found.tree };
  return cache.use(
    key,
    (folder) => unpack(source, found, folder),
    async (folder) => {
      const git = new GitProcess({ folder, signal });
      return work({ folder, format: await formatOf(folder), git, manifest: manifest ?? (await serverRefs(git)) });
    },
  );
}

/** Whether `withUnpacked` would find it there. */
export async function isUnpacked({ repository, cache }: GitSource, { tree }: FoundRepository): Promise<boolean> {
  return cache.has({ repository: repository.config.id, tree });
}

async function unpack(source: GitSource, { path }: FoundRepository, folder: string): Promise<void> {
  const { repository, home, snapshot, signal, onProgress } = source;
  const workFolder = join(folder, '..', 'work');
  await mkdir(workFolder, { mode: 0o700 });
  const request = { repository, home, snapshot, path, workFolder, isOwnFolder: true, signal, onProgress };
  await materialise(request, folder);
  await rm(workFolder, { recursive: true, force: true });
}
