/** Collects sealed blobs of one type into packs. Lives within one thread; finished packs are handed to `deliver`. */
import { hash, randomInt } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { keptMemory } from '../platform/kept-memory.ts';
import { BlobCodec, type BlobFault } from './blob-codec.ts';
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
  readonly indexEntry: Uint8Array<ArrayBuffer>;
};

/** Where finished packs go, and how to look whether memory has come back (through `recycle`). */
export type PackOutlet = {
  readonly deliver: (pack: FinishedPack, blobs: readonly PackedBlob[]) => void;
  readonly reclaim: () => void;
  /** For packs whose memory does not come back; by default it is kept and used again. */
  readonly allocate?: (bytes: number) => Buffer;
};

type OpenPack = { data: Buffer; filled: number; plainBytes: number; blobs: PackedBlob[] };

export class PackBuilder {
  readonly #codec: BlobCodec;
  readonly #type: BlobType;
  readonly #deliver: PackOutlet['deliver'];
  readonly #reclaim: () => void;
  readonly #allocate: (bytes: number) => Buffer;
  readonly #open: (OpenPack | null)[];
  readonly #spare: SharedArrayBuffer[] = [];
  /** Nothing has come since the last flush. */
  #isIdle = false;

  /**
   * With several open packs each blob goes to one chosen at random, so that the order of sizes within a pack does not
   * betray which file was stored (restic's answer to chunk-size fingerprints).
   */
  constructor(codec: BlobCodec, type: BlobType, openPacks: number, { deliver, reclaim, allocate }: PackOutlet) {
    this.#codec = codec;
    this.#type = type;
    this.#deliver = deliver;
    this.#reclaim = reclaim;
    this.#allocate = allocate ?? keptMemory;
    this.#open = Array.from({ length: openPacks }, () => null);
  }

  add(id: Buffer, plain: Uint8Array): void {
    const lane = this.#open.length === 1 ? 0 : randomInt(this.#open.length);
    const pack = this.#packFor(lane, BlobCodec.sealedBound(plain.length));
    const { length, uncompressedLength } = this.#codec.sealInto(plain, pack.data, pack.filled);
    this.#verify(plain, pack.data.subarray(pack.filled, pack.filled + length), uncompressedLength);
    this.#append(lane, pack, { id: id.toString('hex'), length, uncompressedLength }, plain.length);
  }

  /**
   * Takes a blob over from another pack, sealed as it is. It is opened and compared with its id where it will be stored,
   * so a fault of the source, of the way here or of this memory shows; it is then not taken, and the fault returned.
   */
  addSealed(id: string, sealed: Uint8Array, uncompressedLength: number): BlobFault | null {
    const lane = 0;
    const pack = this.#packFor(lane, sealed.length);
    pack.data.set(sealed, pack.filled);
    const copy = pack.data.subarray(pack.filled, pack.filled + sealed.length);
    const fault = this.#codec.verify(this.#type, id, copy, uncompressedLength);
    if (fault !== null) return fault;
    const plainBytes = uncompressedLength === 0 ? sealed.length - sealOverhead : uncompressedLength;
    this.#append(lane, pack, { id, length: sealed.length, uncompressedLength }, plainBytes);
    return null;
  }

  /**
   * Takes a blob over from a repository with another key: what was sealed there is sealed here, compressed as it was, after
   * its content was compared with its id. Only where the versions of the two differ it is compressed now, or not any more.
   */
  addFrom(source: BlobCodec, id: string, sealed: Uint8Array, uncompressedLength: number): BlobFault | null {
    const staysAsItIs = uncompressedLength > 0 ? this.#codec.version > 1 : source.version >= this.#codec.version;
    if (!staysAsItIs) {
      const plain = source.openVerified(this.#type, id, sealed, uncompressedLength);
      if (typeof plain === 'string') return plain;
      this.add(Buffer.from(id, 'hex'), plain);
      return null;
    }
    const frame = source.openFrameVerified(this.#type, id, sealed, uncompressedLength);
    if (typeof frame === 'string') return frame;
    const lane = 0;
    const pack = this.#packFor(lane, BlobCodec.sealedBound(frame.length));
    const { sealer } = this.#codec;
    const length = sealer.sealInto(frame, pack.data, pack.filled);
    if (!sealer.opensTo(pack.data.subarray(pack.filled, pack.filled + length), frame)) throw unfaithful();
    const plainBytes = uncompressedLength === 0 ? frame.length : uncompressedLength;
    this.#append(lane, pack, { id, length, uncompressedLength }, plainBytes);
    return null;
  }

  /**
   * Takes back the memory of a pack that was delivered and saved: fresh memory costs a page fault every 4 KiB. No more
   * than is soon used again, and none after a flush: with many threads it would be gigabytes that nobody needs.
   */
  recycle(memory: SharedArrayBuffer): void {
    if (!this.#isIdle && this.#spare.length < this.#open.length) this.#spare.push(memory);
  }

  flush(): void {
    for (const lane of this.#open.keys()) this.#finish(lane);
    this.#spare.length = 0;
    this.#isIdle = true;
  }

  /** The open pack of a lane, with room for so many bytes. */
  #packFor(lane: number, needed: number): OpenPack {
    const open = this.#open[lane] ?? null;
    if (open !== null && open.filled + needed + headerBound(open.blobs.length + 1) <= open.data.length) return open;
    this.#finish(lane);
    this.#isIdle = false;
    const pack: OpenPack = { data: this.#memory(needed + headerBound(1)), filled: 0, plainBytes: 0, blobs: [] };
    this.#open[lane] = pack;
    return pack;
  }

  #append(
    lane: number,
    pack: OpenPack,
    blob: { readonly id: string; readonly length: number; readonly uncompressedLength: number },
    plainBytes: number,
  ): void {
    pack.blobs.push({ type: this.#type, offset: pack.filled, ...blob });
    pack.filled += blob.length;
    pack.plainBytes += plainBytes;
    if (pack.filled >= targetPackBytes || pack.blobs.length >= maximumPackBlobs) this.#finish(lane);
  }

  #memory(needed: number): Buffer {
    if (needed > packCapacity) return Buffer.allocUnsafeSlow(needed);
    if (this.#spare.length === 0) this.#reclaim();
    const spare = this.#spare.pop();
    return spare === undefined ? this.#allocate(packCapacity) : Buffer.from(spare);
  }

  #finish(lane: number): void {
    const pack = this.#open[lane];
    if (pack === null || pack === undefined) return;
    this.#open[lane] = null;
    // Opened for a blob that was refused.
    if (pack.blobs.length === 0) return;
    const header = this.#codec.sealer.seal(encodePackHeader(pack.blobs));
    const data = pack.data.subarray(0, pack.filled + header.length + headerLengthBytes);
    header.copy(data, pack.filled);
    data.writeUInt32LE(header.length, pack.filled + header.length);
    this.#verifyHeader(data, pack.filled, pack.blobs);
    const id = hash('sha256', data, 'hex');
    const finished: FinishedPack = {
      id,
      data,
      type: this.#type,
      blobs: pack.blobs.length,
      plainBytes: pack.plainBytes,
      indexEntry: encodeIndexEntry(id, pack.blobs),
    };
    this.#deliver(finished, pack.blobs);
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
