/** From index files to the shared table. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { describeHandle, type Backend } from './backend/backend.ts';
import type { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { decodeIndex, type DecodedIndex, type IndexedPack } from './format/index-file.ts';
import { leastPackSize, packEntries } from './format/packed-entries.ts';
import { openUnpacked } from './unpacked.ts';

/** A pack as one index file lists it. */
export type ListedPack = {
  readonly id: string;
  /** See packed-entries.ts. */
  readonly entries: Uint8Array<ArrayBuffer>;
  /** Bytes the pack must have at least. */
  readonly leastSize: number;
};

/** An index file of 50,000 blobs, as all programs write them, has about 10 MiB; a forged one may inflate without end. */
const maximumIndexBytes = 64 * 1024 * 1024;

/** Reads one sealed index file into the table; null where it is damaged. Runs in a worker thread. */
export function loadIndexFile(index: BlobIndex, codec: BlobCodec, sealed: Uint8Array): DecodedIndex | null {
  const json = openUnpacked(codec, sealed, maximumIndexBytes);
  const decoded = json === null ? null : decodeIndex(json);
  if (decoded === null) return null;
  for (const { id, blobs } of decoded.packs) {
    const ids = Buffer.allocUnsafe(blobs.length * 32);
    for (const [position, blob] of blobs.entries()) ids.write(blob.id, position * 32, 'hex');
    index.addBlobs(index.addPack(Buffer.from(id, 'hex')), blobs, ids);
  }
  return decoded;
}

export function listPacks(packs: readonly IndexedPack[]): readonly ListedPack[] {
  return packs.map(({ id, blobs }) => ({ id, entries: packEntries(blobs), leastSize: leastPackSize(blobs) }));
}

/** No stored index entry is shorter than this, compressed: its id alone is 32 random bytes. */
const minimumEntryBytes = 34;

/** A thread that reads index files. */
export interface IndexLoader {
  /** False where the file is damaged. `sealed` is transferred. */
  loadIndex(sealed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

export type IndexDamage = { readonly name: string; readonly error: HoldfastError };

/** An empty table with room for all that the repository's index files can hold. */
export async function createIndex(
  backend: Backend,
): Promise<{ readonly index: BlobIndex; readonly names: readonly string[] }> {
  const files = await backend.list('index');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { index: BlobIndex.create(Math.ceil(bytes / minimumEntryBytes)), names: files.map(({ name }) => name) };
}

/** Loads index files through the given threads, a few at a time. Damaged ones are named, the others still serve. */
export async function loadIndexes(
  backend: Backend,
  names: readonly string[],
  loaders: readonly IndexLoader[],
): Promise<readonly IndexDamage[]> {
  const damage: IndexDamage[] = [];
  const waiting = [...names];
  const work = async (loader: IndexLoader): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const handle = { type: 'index', name } as const;
      try {
        if (await loader.loadIndex(await backend.load(handle))) continue;
        throw new HoldfastError(
          'STORED_FILE_DAMAGED',
          `${describeHandle(handle)} does not hold what was written to it.`,
        );
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        // Another program may have replaced it since it was listed; what it held stands in its successor.
        damage.push({ name, error });
      }
    }
  };
  await Promise.all(loaders.map(work));
  return damage;
}
