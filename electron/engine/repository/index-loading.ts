/** From index files to the shared table. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { describeHandle, type Backend, type StoredFile } from './backend/backend.ts';
import type { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { decodeIndex, type IndexedPack } from './format/index-file.ts';
import { IndexColumns } from './format/index-scan.ts';
import type { PackedBlob } from './format/pack.ts';
import { indexRoom, openIndexFiles } from './index-files.ts';
import { leastPackSize, packEntries } from './format/packed-entries.ts';
import { unpackedPieces } from './unpacked.ts';

/** A pack as one index file lists it. */
export type ListedPack = {
  readonly id: string;
  /** See packed-entries.ts. */
  readonly entries: Uint8Array<ArrayBuffer>;
  /** Bytes the pack must have at least. */
  readonly leastSize: number;
};

/** An index file of 50,000 blobs, as all programs write them, has about 10 MiB; a forged one may inflate without end. */
export const maximumIndexBytes = 64 * 1024 * 1024;

/** Who wants to know more than where each blob lies first. */
export type IndexWatcher = {
  /** A pack that the file lists, under the number it got in the table. */
  readonly onPack: (pack: number, listed: IndexedPack) => void;
  /** A blob that lies elsewhere too, or was listed before. */
  readonly onKnown: (entry: number, pack: number, blob: PackedBlob) => void;
};

/**
 * Reads one sealed index file into the table. Returns how many entries cannot be true, or null where the file is damaged;
 * what could be read of it is in the table then too. Runs in a worker thread.
 */
export function loadIndexFile(
  index: BlobIndex,
  codec: BlobCodec,
  sealed: Uint8Array,
  watcher?: Partial<IndexWatcher>,
): number | null {
  if (watcher?.onPack === undefined && watcher?.onKnown === undefined) return loadUnwatched(index, codec, sealed);
  const packs = openIndexFile(codec, sealed);
  for (let next = packs.next(); ; next = packs.next()) {
    if (next.done === true) return next.value;
    addPack(index, next.value, watcher);
  }
}

/** Nearly all goes through columns, many packs at a time: other threads wait meanwhile. */
const columnsCapacity = 32_768;
const columnsAtOnce = 8192;
let spareColumns: IndexColumns | null = null;

function loadUnwatched(index: BlobIndex, codec: BlobCodec, sealed: Uint8Array): number | null {
  spareColumns ??= new IndexColumns(columnsCapacity);
  const columns = spareColumns;
  columns.clear();
  const send = (): void => {
    index.addColumns(columns);
    columns.clear();
  };
  const take = (piece: Uint8Array, from: number): number => {
    if (columns.blobs >= columnsAtOnce || columns.packs >= columnsAtOnce) send();
    return columns.takePack(piece, from);
  };
  const packs = decodeIndex(unpackedPieces(codec, sealed, maximumIndexBytes), take);
  for (let next = packs.next(); ; next = packs.next()) {
    // Packs come in the order of the file, also those that are written in another way: a blob keeps its first place.
    send();
    if (next.done === true) return next.value;
    addPack(index, next.value);
  }
}

function addPack(index: BlobIndex, listed: IndexedPack, watcher?: Partial<IndexWatcher>): void {
  const { id, blobs } = listed;
  const ids = Buffer.allocUnsafe(blobs.length * 32);
  for (const [position, blob] of blobs.entries()) ids.write(blob.id, position * 32, 'hex');
  const pack = index.addPack(Buffer.from(id, 'hex'));
  watcher?.onPack?.(pack, listed);
  const onKnown =
    watcher?.onKnown &&
    ((position: number, entry: number) => watcher.onKnown?.(entry, pack, blobs[position] as PackedBlob));
  index.addBlobs(pack, blobs, ids, onKnown);
}

/** What a sealed index file lists; see decodeIndex. */
export function openIndexFile(codec: BlobCodec, sealed: Uint8Array): ReturnType<typeof decodeIndex> {
  return decodeIndex(unpackedPieces(codec, sealed, maximumIndexBytes));
}

export function listPack({ id, blobs }: IndexedPack): ListedPack {
  return { id, entries: packEntries(blobs), leastSize: leastPackSize(blobs) };
}

/** No stored index entry is shorter than this, compressed: its id alone is 32 random bytes. */
const minimumEntryBytes = 34;
/** Most are as long as this. */
const usualEntryBytes = 46;

/** A thread that reads index files. */
export interface IndexLoader {
  /** False where the file is damaged. `sealed` is transferred. */
  loadIndex(sealed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

/** An index of so many bytes, some 180,000 blobs, one thread loads before others have started. */
export const loadedByOneBytes = 8 * 1024 * 1024;

export type IndexDamage = { readonly name: string; readonly error: HoldfastError };

export type NewIndex = { readonly index: BlobIndex; readonly names: readonly string[]; readonly bytes: number };

/** An empty table with room for all that these index files can hold; whoever has it closes it. */
export function createIndex(files: readonly StoredFile[]): NewIndex {
  const bytes = sizeOf(files);
  const mostBlobs = mostBlobsIn(bytes);
  const index = BlobIndex.create(mostBlobs, openIndexFiles(bytes / usualEntryBytes, mostBlobs));
  return { index, names: files.map(({ name }) => name), bytes };
}

/** Whether memory has no room for all that these index files list. */
export function isLargeIndex(files: readonly StoredFile[]): boolean {
  return sizeOf(files) / usualEntryBytes > indexRoom().memoryBlobs;
}

function sizeOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** As `createIndex`, of all index files of a repository. */
export async function createIndexOf(backend: Backend): Promise<NewIndex> {
  return createIndex(await backend.list('index'));
}

export function mostBlobsIn(indexBytes: number): number {
  return Math.ceil(indexBytes / minimumEntryBytes);
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
