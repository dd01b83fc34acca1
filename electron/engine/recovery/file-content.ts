/** The bytes of restored files: writing with holes, and comparing what lies on disk with the snapshot's hashes. */
import { hash } from 'node:crypto';
import { fstatSync, readSync, writeSync } from 'node:fs';
import { libc } from '../platform/libc.ts';
import { maximumDataBlob } from '../repository/blob-codec.ts';
import type { BlobIndex } from '../repository/blob-index.ts';

const pageBytes = 4096;
const zeroPage = Buffer.alloc(pageBytes);
/** Below this a blob is written as it is: looking for holes would cost more than they save. */
export const sparseFromBytes = 64 * 1024;

/**
 * Writes a blob at its place, leaving out whole pages of zeros: on a fresh file they become holes. `isFresh` must be false
 * where other bytes may lie there.
 */
export function writeBlob(descriptor: number, plain: Buffer, position: number, isFresh: boolean): void {
  if (!isFresh || plain.length < sparseFromBytes) {
    writeAll(descriptor, plain, 0, plain.length, position);
    return;
  }
  let start = 0;
  // Pages are those of the file, not of the blob.
  for (let at = (pageBytes - (position % pageBytes)) % pageBytes; at + pageBytes <= plain.length; at += pageBytes) {
    if (
      plain[at] !== 0 ||
      plain[at + pageBytes - 1] !== 0 ||
      plain.compare(zeroPage, 0, pageBytes, at, at + pageBytes) !== 0
    )
      continue;
    if (start < at) writeAll(descriptor, plain, start, at, position);
    start = at + pageBytes;
  }
  if (start < plain.length) writeAll(descriptor, plain, start, plain.length, position);
}

function writeAll(descriptor: number, data: Buffer, from: number, to: number, position: number): void {
  for (let at = from; at < to;) at += writeSync(descriptor, data, at, to - at, position + at);
}

/** Reads exactly `length` bytes at `position` into `buffer`; false where the file ends before. */
export function readExactly(descriptor: number, buffer: Buffer, length: number, position: number): boolean {
  for (let filled = 0; filled < length;) {
    const read = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (read === 0) return false;
    filled += read;
  }
  return true;
}

/** Whether so many bytes are all zero. */
export function isBlank(plain: Buffer): boolean {
  for (let at = 0; at < plain.length; at += pageBytes) {
    const end = Math.min(plain.length, at + pageBytes);
    if (plain.compare(zeroPage, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}

/** Whether nothing is stored for this stretch, which lies before the end of the file: it reads as zeros. */
function isHole(descriptor: number, position: number, length: number): boolean {
  if (libc === null) return false;
  const data = libc.nextData(descriptor, position);
  return (data === null || data >= position + length) && fstatSync(descriptor).size >= position + length;
}

/** Compares parts of files with blob ids; keeps one buffer. */
export class ContentComparer {
  readonly #index: BlobIndex;
  #buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  readonly #zeroIds = new Map<number, Buffer>();

  constructor(index: BlobIndex) {
    this.#index = index;
  }

  /** Plain bytes of the blob with this id, or null where the repository does not have it. */
  plainLength(id: Uint8Array): number | null {
    const entry = this.#index.find('data', id);
    const length = entry < 0 ? null : this.#index.plainLength(entry);
    return length === null || length > maximumDataBlob ? null : length;
  }

  /** Whether the file holds, at `position`, the blob with this id. Holes are not read: there may be terabytes of them. */
  matches(descriptor: number, id: Buffer, length: number, position: number): boolean {
    if (length >= sparseFromBytes && isHole(descriptor, position, length)) return this.#zeroId(length).equals(id);
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    if (!readExactly(descriptor, this.#buffer, length, position)) return false;
    return hash('sha256', this.#buffer.subarray(0, length), 'buffer').equals(id);
  }

  /** The id of a blob of zeros. Holes are cut into few different lengths. */
  #zeroId(length: number): Buffer {
    const known = this.#zeroIds.get(length);
    if (known !== undefined) return known;
    const id = hash('sha256', Buffer.alloc(length), 'buffer');
    if (this.#zeroIds.size >= 64) this.#zeroIds.clear();
    this.#zeroIds.set(length, id);
    return id;
  }

  /** Total length of the blobs, or null where one is unknown. */
  contentLength(content: Uint8Array): number | null {
    let total = 0;
    for (let at = 0; at < content.length; at += 32) {
      const length = this.plainLength(content.subarray(at, at + 32));
      if (length === null) return null;
      total += length;
    }
    return total;
  }

  /** Whether the file consists of exactly these blobs. The caller has compared the size. */
  matchesAll(descriptor: number, content: Uint8Array): boolean {
    let position = 0;
    for (let at = 0; at < content.length; at += 32) {
      const id = Buffer.from(content.buffer, content.byteOffset + at, 32);
      const length = this.plainLength(id);
      if (length === null || !this.matches(descriptor, id, length, position)) return false;
      position += length;
    }
    return true;
  }
}
