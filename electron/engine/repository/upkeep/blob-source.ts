/** A thread's way to stored blobs: files of this machine directly, everything else through the backend on the main thread. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { describeFault, keptBytes, type BlobCodec } from '../blob-codec.ts';
import type { BlobIndex, BlobLocation } from '../blob-index.ts';
import { BlobReader, type RangeLoader } from '../blob-reader.ts';
import { parseTreeValues, parseWholeTreeValues } from '../format/tree.ts';
import type { PackFiles } from '../pack-files.ts';

export class BlobSource {
  readonly #index: BlobIndex;
  readonly #codec: BlobCodec;
  readonly #files: PackFiles | null;
  readonly #load: RangeLoader;
  readonly #reader: BlobReader;

  constructor(index: BlobIndex, codec: BlobCodec, files: PackFiles | null, load: RangeLoader) {
    this.#index = index;
    this.#codec = codec;
    this.#files = files;
    this.#load = load;
    this.#reader = new BlobReader(codec, index, load);
  }

  /** Exactly the bytes asked for, valid until the next call of anything here. Throws as `Backend.load`. */
  async range(pack: number, offset: number, length: number): Promise<Buffer> {
    const packId = this.#index.packId(pack);
    return this.#files?.read(packId, offset, length) ?? this.#load(packId, { offset, length });
  }

  /** As `range`, counted from the end of a pack of that size. */
  async tail(packId: string, size: number, length: number): Promise<Buffer> {
    return this.#files?.read(packId, size - length, length) ?? this.#load(packId, { offset: size - length, length });
  }

  /** Where an entry lies. Throws BLOB_MISSING. */
  locate(entry: number): BlobLocation {
    const location = this.#index.location(entry);
    if (location !== null) return location;
    throw new HoldfastError('BLOB_MISSING', `The blob ${this.#index.blobId(entry).slice(0, 8)} is in no pack.`);
  }

  /** The values a tree lists, piece by piece, its content compared with its id. Throws BLOB_DAMAGED, TREE_INVALID. */
  async treeValues(entry: number): Promise<Iterable<readonly unknown[]>> {
    const id = this.#index.blobId(entry);
    const { pack, offset, length, uncompressedLength } = this.locate(entry);
    if (uncompressedLength >= keptBytes || length >= keptBytes || this.#files === null) {
      const pieces = await this.#reader.loadPieces('tree', id);
      return Array.isArray(pieces) ? pieces.map(parseWholeTreeValues) : parseTreeValues(pieces);
    }
    const plain = this.#codec.openVerified('tree', id, await this.range(pack, offset, length), uncompressedLength);
    if (typeof plain !== 'string') return [parseWholeTreeValues(plain)];
    const where = `in pack ${this.#index.packId(pack).slice(0, 8)}`;
    throw new HoldfastError(
      'BLOB_DAMAGED',
      `The folder ${id.slice(0, 8)} ${where} is damaged: ${describeFault(plain)}.`,
    );
  }
}
