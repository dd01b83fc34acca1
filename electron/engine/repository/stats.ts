/** How much a repository holds, and how much of it is saved by deduplication and compression. */
import type { RepositoryStats } from '../../../shared/contract/repository.ts';
import { HoldfastError, throwIfCancelled } from '../../../shared/model/errors.ts';
import type { FileType } from './backend/backend.ts';
import { ReadPool } from './read-pool.ts';
import type { Repository } from './repository.ts';
import { listSnapshots } from './snapshots.ts';
import { forEachEntry } from './upkeep/yielding.ts';

const fileTypes: readonly FileType[] = ['config', 'keys', 'locks', 'snapshots', 'index', 'data'];

export async function repositoryStats(
  repository: Repository,
  signal: AbortSignal | undefined,
): Promise<RepositoryStats> {
  const { snapshots } = await listSnapshots(repository);
  const pool = await ReadPool.open(repository);
  try {
    const files = await Promise.all(fileTypes.map((type) => repository.backend.list(type)));
    const plainBytes = { data: 0, tree: 0 };
    let packedBytes = 0;
    await forEachEntry(pool.index.blobCount, signal ?? new AbortController().signal, (entry) => {
      plainBytes[pool.index.blobType(entry)] += pool.index.plainLength(entry);
      packedBytes += pool.index.lengthOf(entry);
    });
    const sizes = new TreeSizes(pool, signal);
    let restorableBytes = 0;
    for (const { file } of snapshots) restorableBytes += await sizes.bytesOf(file.tree);
    return {
      snapshots: snapshots.length,
      storedBytes: sizeOf(files.flat()),
      packs: files[fileTypes.indexOf('data')]?.length ?? 0,
      blobs: pool.index.blobCount,
      uniqueBytes: plainBytes.data,
      folderBytes: plainBytes.tree,
      restorableBytes,
      unreadableFolders: sizes.unreadable,
      deduplicationRatio: plainBytes.data === 0 ? null : restorableBytes / plainBytes.data,
      compressionRatio: packedBytes === 0 ? null : (plainBytes.data + plainBytes.tree) / packedBytes,
    };
  } finally {
    await pool.close();
  }
}

/** Bytes on disk of all files of the repository: what `storedBytes` says, and nothing else is looked at. */
export async function filesBytes({ backend }: Repository): Promise<number> {
  return sizeOf((await Promise.all(fileTypes.map((type) => backend.list(type)))).flat());
}

function sizeOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Bytes of all files below a tree; each distinct tree is read once. */
class TreeSizes {
  readonly #pool: ReadPool;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, number>();
  /** Distinct trees that are damaged or missing: what is below them is not counted. `check` is who names them. */
  unreadable = 0;

  constructor(pool: ReadPool, signal: AbortSignal | undefined) {
    this.#pool = pool;
    this.#signal = signal;
  }

  async bytesOf(tree: string): Promise<number> {
    const known = this.#known.get(tree);
    if (known !== undefined) return known;
    throwIfCancelled(this.#signal);
    let bytes = 0;
    try {
      for await (const { nodes } of this.#pool.tree(tree)) {
        for (const { size, type, subtree } of nodes) {
          if (subtree !== null) bytes += await this.bytesOf(subtree);
          else if (type === 'file') bytes += size;
        }
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.unreadable += 1;
    }
    this.#known.set(tree, bytes);
    return bytes;
  }
}
