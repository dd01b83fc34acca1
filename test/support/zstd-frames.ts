/** zstd frames made by hand (RFC 8878), for streams no compressor would write. */

/**
 * A frame that inflates to `length` times the same byte: four bytes for each 128 KiB. `declared` is the content size its
 * header claims; null leaves it out.
 */
export function makeBomb(length: number, byte = 0, declared: number | null = null): Buffer {
  const blockSize = 128 * 1024;
  const count = Math.ceil(length / blockSize);
  const blocks = Buffer.alloc(count * 4);
  for (let index = 0; index < count; index++) {
    const size = index === count - 1 ? length - index * blockSize : blockSize;
    const last = index === count - 1 ? 1 : 0;
    const repeatedByte = 1;
    blocks.writeUIntLE((size << 3) | (repeatedByte << 1) | last, index * 4, 3);
    blocks.writeUInt8(byte, index * 4 + 3);
  }
  return Buffer.concat([frameHeader(declared), blocks]);
}

/** Magic number, descriptor (content size in eight bytes, or none), window of 8 MiB, content size. */
function frameHeader(declared: number | null): Buffer {
  const header = Buffer.alloc(declared === null ? 6 : 14);
  header.writeUInt32LE(0xfd2fb528);
  header.writeUInt8(declared === null ? 0 : 0b1100_0000, 4);
  header.writeUInt8(13 << 3, 5);
  if (declared !== null) header.writeBigUInt64LE(BigInt(declared), 6);
  return header;
}
