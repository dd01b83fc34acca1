/** Collects sealed blobs of one type into packs. Lives within one thread; finished packs are handed to `deliver`. */
import { hash, randomInt } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { keptMemory } from '../platform/kept-memory.ts';
import { BlobCodec } from './blob-codec.ts';
import type { BlobType } from './blob-index.ts';
import { sealOverhead } from './crypto.ts';
import { encodeIndexEntry } from './format/index-file.ts';
import { decodePackHeader, encodePackHeader, headerLengthBytes, type PackedBlob } from './format/pack.ts';

/** As restic's default since 0.14. */
const targetPackBytes = 16 * 1024 * 1024;
/** Little more than the target, so that the last blob nearly always fits. */
const packCapacity = targetPackBytes + 1024 * 1024;
/** restic refuses headers over 16 MiB; this many entries stay far below. */
const maximumPackBlobs = 20_000;
/** Of a compressed blob: type, two lengths, id. */
const headerEntryBytes = 1 + 4 + 4 + 32;

export type FinishedPack = {
  readonly id: string;
  /** Nobody else writes to it before it is given back (`recycle`). */
  readonly data: Uint8Array;
  readonly type: BlobType;
  readonly blobs: number;
  /** Plain bytes of the blobs. */
  readonly plainBytes: number;
  /** JSON for the index file. */
  readonly indexEntry: string;
};

/** Where finished packs go, and how to look whether memory has come back (through `recycle`). */
export type PackOutlet = { readonly deliver: (pack: FinishedPack) => void; readonly reclaim: () => void };

type OpenPack = { data: Buffer; filled: number; plainBytes: number; blobs: PackedBlob[] };

export class PackBuilder {
  readonly #codec: BlobCodec;
  readonly #type: BlobType;
  readonly #deliver: (pack: FinishedPack) => void;
  readonly #reclaim: () => void;
  readonly #open: (OpenPack | null)[];
  readonly #spare: SharedArrayBuffer[] = [];

  /**
   * With several open packs each blob goes to one chosen at random, so that the order of sizes within a pack does not
   * betray which file was stored (restic's answer to chunk-size fingerprints).
   */
  constructor(codec: BlobCodec, type: BlobType, openPacks: number, { deliver, reclaim }: PackOutlet) {
    this.#codec = codec;
    this.#type = type;
    this.#deliver = deliver;
    this.#reclaim = reclaim;
    this.#open = Array.from({ length: openPacks }, () => null);
  }

  add(id: Buffer, plain: Uint8Array): void {
    const lane = this.#open.length === 1 ? 0 : randomInt(this.#open.length);
    const needed = BlobCodec.sealedBound(plain.length);
    let pack = this.#open[lane] ?? null;
    if (pack !== null && pack.filled + needed + headerBound(pack.blobs.length + 1) > pack.data.length) {
      this.#finish(lane);
      pack = null;
    }
    pack ??= this.#open[lane] = {
      data: this.#memory(needed + headerBound(1)),
      filled: 0,
      plainBytes: 0,
      blobs: [],
    };
    const { length, uncompressedLength } = this.#codec.sealInto(plain, pack.data, pack.filled);
    this.#verify(plain, pack.data.subarray(pack.filled, pack.filled + length), uncompressedLength);
    pack.blobs.push({ type: this.#type, id: id.toString('hex'), offset: pack.filled, length, uncompressedLength });
    pack.filled += length;
    pack.plainBytes += plain.length;
    if (pack.filled >= targetPackBytes || pack.blobs.length >= maximumPackBlobs) this.#finish(lane);
  }

  /** Takes back the memory of a pack that was delivered and saved: fresh memory costs a page fault every 4 KiB. */
  recycle(memory: SharedArrayBuffer): void {
    this.#spare.push(memory);
  }

  flush(): void {
    for (const lane of this.#open.keys()) this.#finish(lane);
  }

  #memory(needed: number): Buffer {
    if (needed > packCapacity) return Buffer.allocUnsafeSlow(needed);
    if (this.#spare.length === 0) this.#reclaim();
    const spare = this.#spare.pop();
    return spare === undefined ? keptMemory(packCapacity) : Buffer.from(spare);
  }

  #finish(lane: number): void {
    const pack = this.#open[lane];
    if (pack === null || pack === undefined) return;
    this.#open[lane] = null;
    const header = this.#codec.sealer.seal(encodePackHeader(pack.blobs));
    const data = pack.data.subarray(0, pack.filled + header.length + headerLengthBytes);
    header.copy(data, pack.filled);
    data.writeUInt32LE(header.length, pack.filled + header.length);
    this.#verifyHeader(data, pack.filled, pack.blobs);
    const id = hash('sha256', data, 'hex');
    this.#deliver({
      id,
      data,
      type: this.#type,
      blobs: pack.blobs.length,
      plainBytes: pack.plainBytes,
      indexEntry: encodeIndexEntry(id, pack.blobs),
    });
  }

  /**
   * Decodes what is about to be stored and compares it, byte by byte, with what was hashed: a fault of memory or code must
   * show now, not on the day of a restore. (Comparing is eight times cheaper than hashing once more.)
   */
  #verify(plain: Uint8Array, sealed: Uint8Array, uncompressedLength: number): void {
    if (!this.#codec.opensTo(this.#type, sealed, uncompressedLength, plain)) throw unfaithful();
  }

  #verifyHeader(data: Buffer, headerAt: number, blobs: readonly PackedBlob[]): void {
    const header = this.#codec.sealer.open(data.subarray(headerAt, data.length - headerLengthBytes));
    const listed = header === null ? null : decodePackHeader(header);
    const agrees = blobs.every((blob, position) => {
      const found = listed?.[position];
      return (
        found?.id === blob.id &&
        found.offset === blob.offset &&
        found.length === blob.length &&
        found.uncompressedLength === blob.uncompressedLength
      );
    });
    if (!agrees || listed?.length !== blobs.length) throw unfaithful();
  }
}

function unfaithful(): HoldfastError {
  const text = 'A pack did not decode to what was put into it, so it was not stored: check the memory of this machine.';
  return new HoldfastError('INTERNAL', text);
}

/** Bytes that header and length take behind so many blobs, at most: there is always room for them in place. */
function headerBound(blobs: number): number {
  return blobs * headerEntryBytes + sealOverhead + headerLengthBytes;
}
