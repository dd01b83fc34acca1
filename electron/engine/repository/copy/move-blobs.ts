/** The main thread's half of moving blobs: hands the needed ones to the threads, pack by pack as they lie at the source. */
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import type { BlobIndex } from '../blob-index.ts';
import type { CopyFault } from '../upkeep/protocol.ts';
import type { RepositoryWriter } from '../writer.ts';
import type { RescuedBlobs } from './damage.ts';
import { standing } from './protocol.ts';
import type { CopyPool, CopyThread } from './threads.ts';
import { isDamage } from './walk-folders.ts';

export type MoveContext = {
  readonly pool: CopyPool;
  readonly writer: RepositoryWriter;
  readonly rescued: RescuedBlobs;
  readonly signal: AbortSignal;
  readonly onMoved: (bytes: number) => void;
};

/** Returns how many blobs nobody has. When it returns, packs may still be on their way. */
export async function moveNeeded(context: MoveContext): Promise<number> {
  const { pool, writer, signal } = context;
  const packs = neededByPack(pool.index, pool.standings);
  let lost = 0;
  let failed = false;
  const work = async (thread: CopyThread): Promise<void> => {
    for (const entries of packs) {
      throwIfCancelled(signal);
      if (failed) return;
      try {
        for (const fault of await thread.call('move', { entries })) lost += await findElsewhere(context, thread, fault);
      } catch (error) {
        failed = true;
        throw error;
      }
      context.onMoved(entries.reduce((sum, entry) => sum + pool.index.lengthOf(entry), 0));
    }
  };
  await writer.guard(pool.everywhere(work));
  return lost;
}

async function findElsewhere(
  { pool, rescued }: MoveContext,
  thread: CopyThread,
  { entry, code, fault }: CopyFault,
): Promise<number> {
  if (!isDamage(code, pool.isLocal)) throw new HoldfastError(code, fault);
  const [type, blob] = [pool.index.blobType(entry), pool.index.blobId(entry)];
  const found = await rescued.find(thread, { type, blob, code, message: fault });
  return found === null ? 1 : 0;
}

/** What lies in one pack has numbers that follow each other, since it was loaded together. */
function* neededByPack(index: BlobIndex, standings: Uint8Array): Generator<Int32Array> {
  const next = (from: number): number => standings.indexOf(standing.needed, from);
  const end = index.blobCount;
  for (let at = next(0); at >= 0 && at < end;) {
    const pack = index.packOf(at);
    const entries: number[] = [];
    for (; at >= 0 && at < end && index.packOf(at) === pack; at = next(at + 1)) entries.push(at);
    yield Int32Array.from(entries);
  }
}
