/** The bytes of restored files: writing with holes, and comparing what lies on disk with the snapshot's hashes. */
import { hash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
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

/** Compares parts of files with blob ids; keeps one buffer. */
export class ContentComparer {
  readonly #index: BlobIndex;
  #buffer = Buffer.allocUnsafeSlow(1024 * 1024);

  constructor(index: BlobIndex) {
    this.#index = index;
  }

  /** Plain bytes of the blob with this id, or null where the repository does not have it. */
  plainLength(id: Uint8Array): number | null {
    const entry = this.#index.find('data', id);
    const length = entry < 0 ? null : this.#index.plainLength(entry);
    return length === null || length > maximumDataBlob ? null : length;
  }

  /** Whether the file holds, at `position`, the blob with this id. */
  matches(descriptor: number, id: Buffer, length: number, position: number): boolean {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    if (!readExactly(descriptor, this.#buffer, length, position)) return false;
    return hash('sha256', this.#buffer.subarray(0, length), 'buffer').equals(id);
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
