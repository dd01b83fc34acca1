/** The checksums S3 and EBS know, taken piece by piece. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type ChecksumName = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export const checksumNames: readonly ChecksumName[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

export function isChecksumName(name: string): name is ChecksumName {
  return (checksumNames as readonly string[]).includes(name);
}

/** The header it travels in: `x-amz-checksum-crc32`. */
export function checksumHeader(name: ChecksumName): string {
  return `x-amz-checksum-${name.toLowerCase()}`;
}

export function startChecksum(name: ChecksumName): RunningChecksum {
  switch (name) {
    case 'CRC32':
      return new Crc32((bytes, value) => crc32(bytes, value));
    case 'CRC32C':
      return new Crc32(crc32c);
    case 'CRC64NVME':
      return new Crc64Nvme();
    case 'SHA1':
    case 'SHA256':
      return createHash(name.toLowerCase());
  }
}

export function checksumOf(name: ChecksumName, ...pieces: readonly Uint8Array[]): Buffer {
  const running = startChecksum(name);
  for (const piece of pieces) running.update(piece);
  return running.digest();
}

class Crc32 implements RunningChecksum {
  readonly #step: (bytes: Uint8Array, value: number) => number;
  #value = 0;

  constructor(step: (bytes: Uint8Array, value: number) => number) {
    this.#step = step;
  }

  update(bytes: Uint8Array): void {
    this.#value = this.#step(bytes, this.#value);
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#value >>> 0);
    return digest;
  }
}

/** Castagnoli's polynomial, bits reversed (RFC 3720). */
const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

/** The polynomial of NVMe (NVM Command Set 1.0, 5.2.1.3.4), bits reversed, in halves of 32 bits. */
const nvme = 0x9a6c9329ac4bc9b5n;
const nvmeTable = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ nvme : value >> 1n;
  return value;
});
const nvmeHigh = Uint32Array.from(nvmeTable, (value) => Number(value >> 32n));
const nvmeLow = Uint32Array.from(nvmeTable, (value) => Number(value & 0xffffffffn));

class Crc64Nvme implements RunningChecksum {
  #high = 0xffffffff;
  #low = 0xffffffff;

  update(bytes: Uint8Array): void {
    let [high, low] = [this.#high, this.#low];
    for (const byte of bytes) {
      const at = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (nvmeLow[at] ?? 0);
      high = (high >>> 8) ^ (nvmeHigh[at] ?? 0);
    }
    [this.#high, this.#low] = [high, low];
  }

  digest(): Buffer {
    const digest = Buffer.alloc(8);
    digest.writeUInt32BE(~this.#high >>> 0, 0);
    digest.writeUInt32BE(~this.#low >>> 0, 4);
    return digest;
  }
}
