/** Reads single blobs: trees while walking, data for small jobs. Bulk reading of data goes pack by pack instead. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { ByteRange } from './backend/backend.ts';
import { describeFault, keptBytes, verifyFrame, type BlobCodec, type BlobFault } from './blob-codec.ts';
import type { BlobIndex, BlobLocation, BlobType } from './blob-index.ts';
import { decompressPieces } from './compression.ts';
import { rescueFrom, type BlobRescue } from './rescue.ts';

/** Bytes of a pack; fewer than asked for only where the pack ends and the range allows it. */
export type RangeLoader = (packId: string, range: ByteRange) => Promise<Buffer<ArrayBuffer>>;

/** Trees of one run lie next to each other, so more than one blob is read at a time. */
const readAheadBytes = 512 * 1024;
const cachedRanges = 64;

type CachedRange = { readonly pack: number; readonly offset: number; readonly data: Buffer };

/** One thread's reader; its cache makes it stateful but calls may overlap. */
export class BlobReader {
  readonly #codec: BlobCodec;
  readonly #index: BlobIndex;
  readonly #load: RangeLoader;
  readonly #rescue: BlobRescue | null;
  #cache: CachedRange[] = [];

  /** `rescue` is asked for what cannot be read. */
  constructor(codec: BlobCodec, index: BlobIndex, load: RangeLoader, rescue: BlobRescue | null = null) {
    this.#codec = codec;
    this.#index = index;
    this.#load = load;
    this.#rescue = rescue;
  }

  /** The blob's plain bytes, compared with its id. Throws BLOB_MISSING or BLOB_DAMAGED. */
  async load(type: BlobType, id: string): Promise<Buffer> {
    try {
      return await this.#read(type, id);
    } catch (error) {
      return rescueFrom(this.#rescue, { type, id }, error);
    }
  }

  async #read(type: BlobType, id: string): Promise<Buffer> {
    const { pack, offset, length, uncompressedLength } = this.#locate(type, id);
    const sealed = await this.#range(pack, offset, length);
    const plain = this.#codec.openVerified(type, id, sealed, uncompressedLength);
    if (typeof plain === 'string') throw this.#damaged(type, id, pack, plain);
    // The codec reuses its memory.
    return plain.length >= keptBytes ? plain : Buffer.from(plain);
  }

  /**
   * As `load`, for blobs that may be too large to be held whole: then in pieces, each valid until the next. The content
   * has been compared with the id before the first piece is handed out. What is shorter than `wholeBytes` comes whole,
   * which is faster: it is decompressed once.
   */
  async loadPieces(type: BlobType, id: string, wholeBytes = keptBytes): Promise<readonly [Buffer] | Generator<Buffer>> {
    try {
      return await this.#readPieces(type, id, wholeBytes);
    } catch (error) {
      return [await rescueFrom(this.#rescue, { type, id }, error)];
    }
  }

  async #readPieces(type: BlobType, id: string, wholeBytes: number): Promise<readonly [Buffer] | Generator<Buffer>> {
    const { pack, offset, length, uncompressedLength } = this.#locate(type, id);
    if (uncompressedLength < wholeBytes) return [await this.#read(type, id)];
    const frame = this.#codec.openFrame(type, await this.#range(pack, offset, length), uncompressedLength);
    if (typeof frame === 'string') throw this.#damaged(type, id, pack, frame);
    const fault = verifyFrame(frame, id, uncompressedLength);
    if (fault !== null) throw this.#damaged(type, id, pack, fault);
    return decompressPieces(frame);
  }

  /** Plain bytes of a blob, as the index has it. Throws BLOB_MISSING. */
  plainLength(type: BlobType, id: string): number {
    const { length, uncompressedLength } = this.#locate(type, id);
    return Math.max(length, uncompressedLength);
  }

  /** The blob as it lies in its pack, in memory of its own. Throws BLOB_MISSING, BLOB_DAMAGED. */
  async loadSealed(type: BlobType, id: string): Promise<Uint8Array<ArrayBuffer>> {
    const { pack, offset, length } = this.#locate(type, id);
    return Uint8Array.from(await this.#range(pack, offset, length));
  }

  #locate(type: BlobType, id: string): BlobLocation {
    const entry = this.#index.findHex(type, id);
    const location = entry < 0 ? null : this.#index.location(entry);
    if (location !== null) return location;
    const text = `The ${describeType(type)} ${id.slice(0, 8)} is in no index of the repository.`;
    throw new HoldfastError('BLOB_MISSING', text);
  }

  #damaged(type: BlobType, id: string, pack: number, fault: BlobFault): HoldfastError {
    const where = `in pack ${this.#index.packId(pack).slice(0, 8)}`;
    const text = `The ${describeType(type)} ${id.slice(0, 8)} ${where} is damaged: ${describeFault(fault)}.`;
    return new HoldfastError('BLOB_DAMAGED', text);
  }

  async #range(pack: number, offset: number, length: number): Promise<Buffer> {
    const hit = this.#cache.find(
      (range) => range.pack === pack && range.offset <= offset && offset + length <= range.offset + range.data.length,
    );
    if (hit !== undefined) return hit.data.subarray(offset - hit.offset, offset - hit.offset + length);
    const range = { offset, length: Math.max(length, readAheadBytes), mayEndEarly: true };
    const data = await this.#load(this.#index.packId(pack), range);
    if (data.length < length) {
      throw new HoldfastError(
        'BLOB_DAMAGED',
        `Pack ${this.#index.packId(pack).slice(0, 8)} is shorter than the index says.`,
      );
    }
    if (data.length <= 2 * readAheadBytes)
      this.#cache = [{ pack, offset, data }, ...this.#cache.slice(0, cachedRanges - 1)];
    return data.subarray(0, length);
  }
}

function describeType(type: BlobType): string {
  return type === 'tree' ? 'folder' : 'piece of data';
}
