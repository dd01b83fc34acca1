/** The header of a pack: which blobs it holds, in order (restic design, "Pack Format"). */
import type { BlobType } from '../blob-index.ts';

export type PackedBlob = {
  readonly type: BlobType;
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly offset: number;
  /** Sealed bytes. */
  readonly length: number;
  /** Plain bytes of a compressed blob, else 0. */
  readonly uncompressedLength: number;
};

/** Bytes of the number at the end of a pack that says how long the sealed header is. */
export const headerLengthBytes = 4;
const plainEntryBytes = 1 + 4 + 32;
const compressedEntryBytes = 1 + 4 + 4 + 32;
/** restic's limit, far above any honest header. */
export const maximumHeaderBytes = 16 * 1024 * 1024;

export function headerEntryBytes(compressed: boolean): number {
  return compressed ? compressedEntryBytes : plainEntryBytes;
}

export function encodePackHeader(blobs: readonly PackedBlob[]): Buffer {
  const header = Buffer.allocUnsafe(
    blobs.reduce((sum, blob) => sum + headerEntryBytes(blob.uncompressedLength > 0), 0),
  );
  let at = 0;
  for (const { type, id, length, uncompressedLength } of blobs) {
    const compressed = uncompressedLength > 0;
    at = header.writeUInt8((type === 'tree' ? 1 : 0) + (compressed ? 2 : 0), at);
    at = header.writeUInt32LE(length, at);
    if (compressed) at = header.writeUInt32LE(uncompressedLength, at);
    at += header.write(id, at, 'hex');
  }
  return header;
}

/** The blobs a plain header names, or null where it is not a header. */
export function decodePackHeader(header: Buffer): readonly PackedBlob[] | null {
  const blobs: PackedBlob[] = [];
  let offset = 0;
  for (let at = 0; at < header.length;) {
    const kind = header[at] as number;
    const compressed = (kind & 2) !== 0;
    if (kind > 3 || at + headerEntryBytes(compressed) > header.length) return null;
    const length = header.readUInt32LE(at + 1);
    const uncompressedLength = compressed ? header.readUInt32LE(at + 5) : 0;
    const idAt = at + (compressed ? 9 : 5);
    blobs.push({
      type: (kind & 1) === 0 ? 'data' : 'tree',
      id: header.toString('hex', idAt, idAt + 32),
      offset,
      length,
      uncompressedLength,
    });
    offset += length;
    at = idAt + 32;
  }
  return blobs;
}
