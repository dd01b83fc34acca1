/** Which stored files one snapshot needs, and how much of each: all of its folders are read, none of its data. */
import type { Repository } from '../repository.ts';
import { beginReadLock } from '../lock.ts';
import { loadIndexes } from '../index-loading.ts';
import { startUpkeepThreads, UpkeepPool, type UpkeepThread } from './pool.ts';
import { MarkWalk } from './used-blobs.ts';
import { forEachEntry } from './yielding.ts';

export type NeededPacks = {
  /** Stored bytes that are needed, by name of the pack. */
  readonly packs: ReadonlyMap<string, number>;
  /** What folders name and no index knows. */
  readonly missingPieces: number;
  /** Folders that cannot be read. */
  readonly unreadableFolders: number;
};

export type NeedVoice = {
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
  /** Folders that were read so far. */
  readonly onFolders: (done: number) => void;
};

/** `tree` is the root of the snapshot. */
export async function neededPacks(repository: Repository, tree: string, voice: NeedVoice): Promise<NeededPacks> {
  const lock = await beginReadLock(repository, voice.onNotice);
  try {
    const pool = await UpkeepPool.open(repository, startUpkeepThreads());
    try {
      const names = (await repository.backend.list('index')).map(({ name }) => name);
      await loadIndexes(repository.backend, names, pool.threads.map(asLoader));
      await lock.confirmed;
      return await walk(pool, tree, { ...voice, signal: AbortSignal.any([voice.signal, lock.signal]) });
    } finally {
      await pool.close();
    }
  } finally {
    await lock.release();
  }
}

function asLoader(thread: UpkeepThread) {
  return {
    loadIndex: async (sealed: Uint8Array<ArrayBuffer>) =>
      (await thread.call('loadIndex', { sealed }, [sealed.buffer]))?.intact ?? false,
  };
}

async function walk(pool: UpkeepPool, tree: string, { signal, onFolders }: NeedVoice): Promise<NeededPacks> {
  let [missingPieces, unreadableFolders, folders] = [0, 0, 0];
  const marks = new MarkWalk(
    pool,
    { signal },
    {
      onFaults: (faults) => {
        for (const { code } of faults) {
          if (code === 'BLOB_MISSING') missingPieces += 1;
          else unreadableFolders += 1;
        }
      },
      onTrees: (count) => {
        folders += count;
        onFolders(folders);
      },
    },
  );
  const { index, used } = pool;
  const root = index.findHex('tree', tree);
  if (root < 0) missingPieces += 1;
  else marks.add(root, 0);
  await marks.run();
  const bytes = new Map<number, number>();
  await forEachEntry(index.blobCount, signal, (entry) => {
    if (used[entry] !== 1) return;
    const pack = index.packOf(entry);
    bytes.set(pack, (bytes.get(pack) ?? 0) + index.lengthOf(entry));
  });
  const packs = new Map([...bytes].map(([pack, sum]) => [index.packId(pack), sum]));
  return { packs, missingPieces, unreadableFolders };
}
