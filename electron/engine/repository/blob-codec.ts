/** Blobs from plain bytes to sealed bytes and back, and what an opened blob must fulfil. */
import { createHash, hash } from 'node:crypto';
import { keptMemory } from '../platform/kept-memory.ts';
import { Compressor, Decompressor, compressBound, decompressPieces } from './compression.ts';
import { sealOverhead, Sealer, type SealingKey } from './crypto.ts';
import type { BlobType } from './blob-index.ts';

/**
 * The largest data blob that is read. Ours are at most 8 MiB, restic's too; other writers of the format stay far below.
 * More would let a forged length exhaust memory.
 */
export const maximumDataBlob = 64 * 1024 * 1024;
/** The largest tree that is read: a folder with about five million entries. */
export const maximumTreeBlob = 2 * 1024 * 1024 * 1024 - 4096;

export type RepositoryVersion = 1 | 2;

/** What goes wrong with a stored blob. */
export type BlobFault = 'forged' | 'inflated' | 'mismatch' | 'oversized';

export function blobId(plain: Uint8Array): Buffer {
  return hash('sha256', plain, 'buffer');
}

type CodecTools = {
  readonly compressor: Compressor;
  readonly decompressor: Decompressor;
  scratch: Buffer;
  opened: Buffer;
  plain: Buffer;
};

/** This thread's, of a codec that is no longer used. */
let spareTools: CodecTools | null = null;

function takeTools(): CodecTools {
  const tools = spareTools ?? {
    compressor: new Compressor(),
    decompressor: new Decompressor(),
    scratch: Buffer.alloc(0),
    opened: Buffer.alloc(0),
    plain: Buffer.alloc(0),
  };
  spareTools = null;
  return tools;
}

/** One thread's tools; nothing here is reentrant. */
export class BlobCodec {
  readonly sealer: Sealer;
  readonly version: RepositoryVersion;
  readonly #tools = takeTools();

  constructor(key: SealingKey, version: RepositoryVersion) {
    this.sealer = new Sealer(key);
    this.version = version;
  }

  /**
   * For who will not use it again: the next codec of this thread takes over its contexts and memory. Those that wait to be
   * collected would be several megabytes for each piece of work a lent thread has done.
   */
  release(): void {
    spareTools = this.#tools;
  }

  get compressor(): Compressor {
    return this.#tools.compressor;
  }

  /** Largest sealed size of a blob of `length` plain bytes. */
  static sealedBound(length: number): number {
    return length + sealOverhead;
  }

  /** Compresses where it helps, seals into `out` at `offset`; returns the sealed length and, where compressed, the plain one. */
  sealInto(plain: Uint8Array, out: Buffer, offset: number): { length: number; uncompressedLength: number } {
    if (this.version === 1 || plain.length === 0) {
      return { length: this.sealer.sealInto(plain, out, offset), uncompressedLength: 0 };
    }
    const bound = compressBound(plain.length);
    this.#tools.scratch = grown(this.#tools.scratch, bound);
    const compressed = this.#tools.compressor.compressInto(plain, this.#tools.scratch, 0);
    if (compressed >= plain.length) return { length: this.sealer.sealInto(plain, out, offset), uncompressedLength: 0 };
    const length = this.sealer.sealInto(this.#tools.scratch.subarray(0, compressed), out, offset);
    return { length, uncompressedLength: plain.length };
  }

  /**
   * The plain bytes of a sealed blob, not yet compared with its id. They lie in the codec's own memory: valid until the
   * next call, unless they are `keptBytes` or more. (Fresh memory for every blob costs more than decoding it: the kernel has to clear each page.)
   */
  open(type: BlobType, sealed: Uint8Array, uncompressedLength: number): Buffer | BlobFault {
    if (uncompressedLength > (type === 'tree' ? maximumTreeBlob : maximumDataBlob)) return 'oversized';
    const length = sealed.length - sealOverhead;
    if (length < 0) return 'forged';
    const opened = length >= keptBytes ? Buffer.allocUnsafeSlow(length) : grown(this.#tools.opened, length);
    if (length < keptBytes) this.#tools.opened = opened;
    if (!this.sealer.openInto(sealed, opened)) return 'forged';
    if (uncompressedLength === 0) return opened.subarray(0, length);
    const isLarge = uncompressedLength >= keptBytes;
    const plain = isLarge
      ? Buffer.allocUnsafeSlow(uncompressedLength + 1)
      : grown(this.#tools.plain, uncompressedLength + 1);
    if (!isLarge) this.#tools.plain = plain;
    const fits = this.#tools.decompressor.decompressInto(opened.subarray(0, length), uncompressedLength, plain);
    return fits ? plain.subarray(0, uncompressedLength) : 'inflated';
  }

  /** Whether a sealed blob decodes to exactly `expected`. */
  opensTo(type: BlobType, sealed: Uint8Array, uncompressedLength: number, expected: Uint8Array): boolean {
    if (uncompressedLength === 0) return this.sealer.opensTo(sealed, expected);
    if (uncompressedLength >= keptBytes) {
      const frame = this.openFrame(type, sealed, uncompressedLength);
      return typeof frame !== 'string' && holds(frame, expected);
    }
    const opened = this.open(type, sealed, uncompressedLength);
    return typeof opened !== 'string' && opened.equals(expected);
  }

  /** The frame of a compressed blob, for decompressing it in pieces; in memory of its own. */
  openFrame(type: BlobType, sealed: Uint8Array, uncompressedLength: number): Buffer | BlobFault {
    if (uncompressedLength > (type === 'tree' ? maximumTreeBlob : maximumDataBlob)) return 'oversized';
    return this.sealer.open(sealed) ?? 'forged';
  }

  /** What is wrong with a stored blob, or null; however large it is, without holding it whole. */
  verify(type: BlobType, id: string, sealed: Uint8Array, uncompressedLength: number): BlobFault | null {
    if (uncompressedLength < keptBytes) {
      const plain = this.openVerified(type, id, sealed, uncompressedLength);
      return typeof plain === 'string' ? plain : null;
    }
    const frame = this.openFrame(type, sealed, uncompressedLength);
    return typeof frame === 'string' ? frame : verifyFrame(frame, id, uncompressedLength);
  }

  /**
   * What was sealed, compressed or not as it was stored, its content compared with the id: for whoever seals it again under
   * another key. Valid until the next call, unless it is of `keptBytes` or more.
   */
  openFrameVerified(type: BlobType, id: string, sealed: Uint8Array, uncompressedLength: number): Buffer | BlobFault {
    if (Math.max(sealed.length, uncompressedLength) < keptBytes) {
      const plain = this.openVerified(type, id, sealed, uncompressedLength);
      return typeof plain === 'string' ? plain : this.#tools.opened.subarray(0, sealed.length - sealOverhead);
    }
    const frame = this.openFrame(type, sealed, uncompressedLength);
    if (typeof frame === 'string') return frame;
    if (uncompressedLength === 0) return hash('sha256', frame, 'hex') === id ? frame : 'mismatch';
    return verifyFrame(frame, id, uncompressedLength) ?? frame;
  }

  /** As `open`, and compared with the id (64 hexadecimal digits). */
  openVerified(type: BlobType, id: string, sealed: Uint8Array, uncompressedLength: number): Buffer | BlobFault {
    const plain = this.open(type, sealed, uncompressedLength);
    if (typeof plain === 'string') return plain;
    return hash('sha256', plain, 'hex') === id ? plain : 'mismatch';
  }
}

/** Large trees are rare: memory for one is not kept, and belongs to whoever asked for it. */
export const keptBytes = 9 * 1024 * 1024;

/** Room for the largest blob that is kept, compressed at its worst. */
const scratchBytes = compressBound(keptBytes);

function grown(buffer: Buffer, length: number): Buffer {
  if (buffer.length >= length && (buffer.length <= scratchBytes || length > scratchBytes)) return buffer;
  if (length > scratchBytes) return Buffer.allocUnsafeSlow(length);
  return keptMemory(length <= 1024 * 1024 ? 1024 * 1024 + 1 : scratchBytes);
}

/** Whether a frame has just this content; piece by piece. */
function holds(frame: Uint8Array, expected: Uint8Array): boolean {
  let at = 0;
  for (const piece of decompressPieces(frame)) {
    if (!piece.equals(expected.subarray(at, at + piece.length))) return false;
    at += piece.length;
  }
  return at === expected.length;
}

/** Compares the content of a frame with its id, piece by piece. */
export function verifyFrame(frame: Uint8Array, id: string, length: number): BlobFault | null {
  const digest = createHash('sha256');
  let plainBytes = 0;
  for (const piece of decompressPieces(frame)) {
    plainBytes += piece.length;
    if (plainBytes > length) return 'inflated';
    digest.update(piece);
  }
  if (plainBytes !== length) return 'inflated';
  return digest.digest('hex') === id ? null : 'mismatch';
}

export function describeFault(fault: BlobFault): string {
  switch (fault) {
    case 'forged':
      return 'its authentication code does not fit';
    case 'inflated':
      return 'it does not decompress to the length it should have';
    case 'mismatch':
      return 'its content is not what its id says';
    case 'oversized':
      return 'it claims to be larger than any piece can be';
  }
}
