/** Where in stored blobs each block of a disk lies: one blob is one block in images of ours, in other files several share it. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { maximumDataBlob } from '../../repository/blob-codec.ts';
import type { BlobIndex } from '../../repository/blob-index.ts';
import { blockBytes } from '../../aws/ebs/blocks.ts';
import type { StoredPart } from '../../sources/ec2/images/stored-image.ts';

const idBytes = 32;

/** A stretch of a blob. */
export type BlobStretch = { readonly id: Uint8Array; readonly from: number; readonly to: number };

export class BlockMap {
  readonly #ids: Uint8Array;
  /** Where each blob ends. */
  readonly #ends: Float64Array;

  private constructor(ids: Uint8Array, ends: Float64Array) {
    this.#ids = ids;
    this.#ends = ends;
  }

  /** Throws BLOB_MISSING, and IMAGE_UNSUITABLE where a file has another size than what it is made of. */
  static async of(index: BlobIndex, parts: readonly StoredPart[]): Promise<BlockMap> {
    const ids = parts.length === 1 ? (parts[0]?.ids ?? new Uint8Array()) : Buffer.concat(parts.map((part) => part.ids));
    const ends = new Float64Array(ids.length / idBytes);
    let end = 0;
    let blob = 0;
    let expected = 0;
    for (const { ids: own, size, name } of parts) {
      expected += size;
      for (let at = 0; at < own.length; at += idBytes) {
        end += lengthOf(index, own.subarray(at, at + idBytes));
        ends[blob++] = end;
        // An image of terabytes has millions of them.
        if (blob % breathAfter === 0) await new Promise(setImmediate);
      }
      if (end !== expected) throw new HoldfastError('IMAGE_UNSUITABLE', `${name} has another size than its content.`);
    }
    return new BlockMap(ids, ends);
  }

  get bytes(): number {
    return this.#ends.at(-1) ?? 0;
  }

  get blocks(): number {
    return Math.ceil(this.bytes / blockBytes);
  }

  /** In order; of the last block they may be shorter. */
  stretches(block: number): readonly BlobStretch[] {
    const [from, to] = [block * blockBytes, Math.min(this.bytes, (block + 1) * blockBytes)];
    const found: BlobStretch[] = [];
    for (let blob = this.#blobAt(from); blob < this.#ends.length && this.#startOf(blob) < to; blob++) {
      const start = this.#startOf(blob);
      const end = Math.min(to, this.#ends[blob] ?? 0);
      const id = this.#ids.subarray(blob * idBytes, (blob + 1) * idBytes);
      found.push({ id, from: Math.max(0, from - start), to: end - start });
    }
    return found;
  }

  /** The SHA-256 of a block that is exactly one blob; null where it is not. */
  hashOf(block: number): Uint8Array | null {
    const [only, second] = this.stretches(block);
    const isWhole = only?.from === 0 && only.to === blockBytes && second === undefined;
    return isWhole && this.#ends[this.#blobAt(block * blockBytes)] === (block + 1) * blockBytes ? only.id : null;
  }

  #startOf(blob: number): number {
    return blob === 0 ? 0 : (this.#ends[blob - 1] ?? 0);
  }

  /** The first blob that ends behind an offset. */
  #blobAt(offset: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const breathAfter = 8192;

function lengthOf(index: BlobIndex, id: Uint8Array): number {
  const entry = index.find('data', id);
  if (entry < 0 || index.location(entry) === null) {
    const name = Buffer.from(id).toString('hex', 0, 4);
    throw new HoldfastError('BLOB_MISSING', `The piece of data ${name} is in no index of the repository.`);
  }
  const length = index.plainLength(entry);
  if (length > 0 && length <= maximumDataBlob) return length;
  throw new HoldfastError('BLOB_DAMAGED', 'The index gives a piece of data an impossible length.');
}
