/** What an index says of a pack, 45 bytes a blob: for holding many packs' entries and sending them between threads. */
import { headerEntryBytes, headerLengthBytes, type PackedBlob } from './pack.ts';

const entryBytes = 1 + 32 + 4 + 4 + 4;
const sealOverhead = 32;

export function packEntries(blobs: readonly PackedBlob[]): Uint8Array<ArrayBuffer> {
  const packed = Buffer.allocUnsafeSlow(blobs.length * entryBytes);
  for (const [position, blob] of blobs.entries()) {
    const at = position * entryBytes;
    packed[at] = blob.type === 'tree' ? 1 : 0;
    packed.write(blob.id, at + 1, 'hex');
    packed.writeUInt32LE(blob.offset, at + 33);
    packed.writeUInt32LE(blob.length, at + 37);
    packed.writeUInt32LE(blob.uncompressedLength, at + 41);
  }
  return packed;
}

export function unpackEntries(packed: Uint8Array): readonly PackedBlob[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  return Array.from({ length: bytes.length / entryBytes }, (_, position) => {
    const at = position * entryBytes;
    return {
      type: bytes[at] === 1 ? 'tree' : 'data',
      id: bytes.toString('hex', at + 1, at + 33),
      offset: bytes.readUInt32LE(at + 33),
      length: bytes.readUInt32LE(at + 37),
      uncompressedLength: bytes.readUInt32LE(at + 41),
    };
  });
}

export function countEntries(packed: Uint8Array): number {
  return packed.length / entryBytes;
}

/** The least size a pack with these blobs can have. */
export function leastPackSize(blobs: readonly PackedBlob[]): number {
  let content = 0;
  let header = 0;
  for (const { offset, length, uncompressedLength } of blobs) {
    content = Math.max(content, offset + length);
    header += headerEntryBytes(uncompressedLength > 0);
  }
  return content + header + sealOverhead + headerLengthBytes;
}
