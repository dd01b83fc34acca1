/**
 * Packs of a copy that was cut off before an index listed them: they are there, and what is in them need not travel again.
 * They are found by their absence from the index, whoever has written them.
 */
import { throwIfCancelled } from '../../../../shared/model/errors.ts';
import { BlobCodec } from '../blob-codec.ts';
import type { StoredFile } from '../backend/backend.ts';
import type { Repository } from '../repository.ts';
import { readListedBlobs } from '../upkeep/index-files.ts';
import { forEachEntry } from '../upkeep/yielding.ts';
import type { RepositoryWriter } from '../writer.ts';

const readAtOnce = 8;

/** Returns how many there were. One whose header cannot be read is left to prune. */
export async function takeInLeftovers(to: Repository, writer: RepositoryWriter, signal: AbortSignal): Promise<number> {
  const unlisted = await unlistedPacks(to, writer, signal);
  const codec = new BlobCodec(to.key, to.config.version);
  const tail = (name: string, size: number, length: number): Promise<Buffer> =>
    to.backend.load({ type: 'data', name }, { offset: size - length, length });
  let taken = 0;
  const work = async (): Promise<void> => {
    for (let file = unlisted.pop(); file !== undefined; file = unlisted.pop()) {
      throwIfCancelled(signal);
      const pack = { packId: file.name, size: file.size };
      const blobs = await readListedBlobs(codec, { tail }, pack).catch(() => null);
      if (blobs === null) continue;
      // Another writer's, whose index is still to come, are listed twice then: that does no harm.
      await writer.takeIn(file.name, blobs);
      taken += 1;
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, work));
  return taken;
}

async function unlistedPacks(to: Repository, writer: RepositoryWriter, signal: AbortSignal): Promise<StoredFile[]> {
  const files = new Map((await to.backend.list('data')).map((file) => [file.name, file]));
  await forEachEntry(writer.index.packCount, signal, (pack) => void files.delete(writer.index.packId(pack)));
  return [...files.values()];
}
