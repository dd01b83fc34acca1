/**
 * Removing packs so that a crash at any instruction leaves a repository without fault: an index file is replaced by one
 * without those packs, and only when no index file lists a pack any more does it go. A few replacements at a time need
 * little space, so that a full disk can be emptied.
 */
import type { Repository } from '../repository.ts';
import { maximumIndexBlobs } from '../format/index-file.ts';
import type { PackTable } from './pack-table.ts';
import type { UpkeepPool, UpkeepThread } from './pool.ts';

/** Index files with fewer blobs are joined when the index is rewritten anyway. */
const smallIndexBlobs = maximumIndexBlobs / 2;
const removedAtOnce = 16;

export type Removal = {
  readonly repository: Repository;
  readonly pool: UpkeepPool;
  readonly table: PackTable;
  /** Asked before each write. Rejects where the lock was lost or the run was cancelled. */
  readonly mayWrite: () => Promise<void>;
  /** False where the file was missing already. */
  readonly isThere: (pack: number) => boolean;
  readonly onRemoved: (pack: number) => void;
};

export async function removePacks(removal: Removal, packs: ReadonlySet<number>): Promise<void> {
  const { table } = removal;
  if (packs.size === 0) return;
  const { retention } = removal.repository.backend;
  const groups = [...groupFiles(table, packs, retention === undefined)];
  const ended = await Promise.allSettled(
    removal.pool.threads.map(async (thread) => {
      for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
        await replaceFiles(removal, thread, group, packs);
      }
    }),
  );
  throwFirst(ended);
}

/** After all have ended: the lock must not be gone while one of them still removes. */
function throwFirst(ended: readonly PromiseSettledResult<void>[]): void {
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
}

type FileGroup = { readonly names: string[]; blobs: number };

/**
 * Index files that list such a pack, and small ones beside them where others may be joined, in groups that fit into one
 * file.
 */
function groupFiles(table: PackTable, packs: ReadonlySet<number>, joinsOthers: boolean): readonly FileGroup[] {
  const groups: FileGroup[] = [];
  for (const [name, file] of table.indexFiles) {
    const isAffected = file.packs.some((pack) => packs.has(pack));
    const total = file.blobCounts.reduce((sum, blobs) => sum + blobs, 0);
    if (!isAffected && (!joinsOthers || total >= smallIndexBlobs)) continue;
    const blobs = file.packs.reduce((sum, pack, at) => sum + (packs.has(pack) ? 0 : (file.blobCounts[at] ?? 0)), 0);
    const group = groups.at(-1);
    if (group !== undefined && group.blobs + blobs <= maximumIndexBlobs) {
      group.names.push(name);
      group.blobs += blobs;
    } else groups.push({ names: [name], blobs });
  }
  // A single small file that lists none of them would only be written again.
  return groups.filter(
    ({ names }) =>
      names.length > 1 || names.some((name) => table.indexFiles.get(name)?.packs.some((pack) => packs.has(pack))),
  );
}

async function replaceFiles(
  removal: Removal,
  thread: UpkeepThread,
  { names }: FileGroup,
  packs: ReadonlySet<number>,
): Promise<void> {
  const { repository, table, mayWrite } = removal;
  const { backend } = repository;
  const replaced = names.map((name) => ({ name, file: table.indexFiles.get(name) }));
  const files = [];
  for (const { name, file } of replaced) {
    const keep = Uint8Array.from(file?.packs ?? [], (pack) => (packs.has(pack) ? 0 : 1));
    files.push({ sealed: await backend.load({ type: 'index', name }), keep });
  }
  const sealed = await thread.call(
    'rewriteIndex',
    { files },
    files.map((file) => file.sealed.buffer),
  );
  await mayWrite();
  if (sealed !== null) {
    await backend.save({ type: 'index', name: sealed.id }, sealed.data);
    const counts = new Map<number, number>();
    for (const { file } of replaced) {
      for (const [at, pack] of (file?.packs ?? []).entries())
        counts.set(pack, Math.max(counts.get(pack) ?? 0, file?.blobCounts[at] ?? 0));
    }
    const kept = sealed.packs.map((id) => table.find(id));
    table.addWritten(
      sealed.id,
      kept,
      kept.map((pack) => counts.get(pack) ?? 0),
    );
  }
  for (const { name } of replaced) {
    await mayWrite();
    await backend.remove({ type: 'index', name });
    table.forgetFile(name);
  }
  const touched = new Set(replaced.flatMap(({ file }) => [...(file?.packs ?? [])]));
  await removeUnlisted(
    removal,
    [...touched].filter((pack) => packs.has(pack) && table.listings(pack) === 0),
  );
}

async function removeUnlisted(
  { repository, table, mayWrite, isThere, onRemoved }: Removal,
  packs: readonly number[],
): Promise<void> {
  const waiting = [...packs];
  const work = async (): Promise<void> => {
    for (let pack = waiting.pop(); pack !== undefined; pack = waiting.pop()) {
      await mayWrite();
      if (isThere(pack)) await repository.backend.remove({ type: 'data', name: table.id(pack) });
      onRemoved(pack);
    }
  };
  throwFirst(await Promise.allSettled(Array.from({ length: removedAtOnce }, work)));
}
