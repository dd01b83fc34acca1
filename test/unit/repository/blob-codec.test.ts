import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BlobCodec, maximumDataBlob, maximumTreeBlob } from '../../../electron/engine/repository/blob-codec.ts';
import { generateSealingKey } from '../../../electron/engine/repository/crypto.ts';
import { noise } from '../../support/odd-tree.ts';
import { sha256 } from '../../support/restic-repository.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

const mib = 1024 * 1024;
const key = generateSealingKey();
const text = (length: number): Buffer => Buffer.alloc(length, 'all work and no play; ');
const sizes = [0, 1, 100, 4096, 30_000, mib, 9 * mib, 17];

function sealed(codec: BlobCodec, plain: Buffer): { readonly bytes: Buffer; readonly uncompressedLength: number } {
  const out = Buffer.alloc(BlobCodec.sealedBound(plain.length));
  const { length, uncompressedLength } = codec.sealInto(plain, out, 0);
  return { bytes: out.subarray(0, length), uncompressedLength };
}

describe('a blob', () => {
  test.each([1, 2] as const)('of version %i comes back, small after large and large after small', (version) => {
    const codec = new BlobCodec(key, version);
    for (const size of sizes) {
      for (const plain of [text(size), noise(size, `blob ${size}`)]) {
        const { bytes, uncompressedLength } = sealed(codec, plain);
        const opened = codec.openVerified('data', sha256(plain), bytes, uncompressedLength);
        expect(typeof opened !== 'string' && opened.equals(plain), `${size} bytes`).toBe(true);
      }
    }
  });

  test('is compressed where that helps, in version 2 alone', () => {
    expect(sealed(new BlobCodec(key, 2), text(mib)).bytes.length).toBeLessThan(mib / 10);
    expect(sealed(new BlobCodec(key, 2), text(mib)).uncompressedLength).toBe(mib);
    expect(sealed(new BlobCodec(key, 2), noise(mib, 'no use')).uncompressedLength).toBe(0);
    expect(sealed(new BlobCodec(key, 2), noise(mib, 'no use')).bytes.length).toBe(mib + 32);
    expect(sealed(new BlobCodec(key, 1), text(mib)).bytes.length).toBe(mib + 32);
  });

  test('that is not what it should be says how', () => {
    const codec = new BlobCodec(key, 2);
    const { bytes, uncompressedLength } = sealed(codec, text(5000));
    const id = sha256(text(5000));
    const forged = Buffer.from(bytes);
    forged[20] = (forged[20] ?? 0) ^ 1;
    expect(codec.openVerified('data', id, forged, uncompressedLength)).toBe('forged');
    expect(codec.openVerified('data', id, bytes.subarray(0, 31), uncompressedLength)).toBe('forged');
    expect(codec.openVerified('data', id, bytes, 4999)).toBe('inflated');
    expect(codec.openVerified('data', id, bytes, 5001)).toBe('inflated');
    expect(codec.openVerified('data', id, bytes, 0), 'taken for plain bytes').toBe('mismatch');
    expect(codec.openVerified('data', sha256(text(5001)), bytes, uncompressedLength)).toBe('mismatch');
    const opened = codec.openVerified('data', id, bytes, uncompressedLength);
    expect(typeof opened !== 'string' && opened.equals(text(5000)), 'the good one after all of them').toBe(true);
  });

  test('that claims more than any blob has is not even tried', () => {
    const codec = new BlobCodec(key, 2);
    const bomb = codec.sealer.seal(makeBomb(512 * mib));
    const before = process.resourceUsage().maxRSS;
    expect(codec.open('data', bomb, maximumDataBlob + 1)).toBe('oversized');
    expect(codec.open('data', bomb, 0xffff_ffff)).toBe('oversized');
    expect(codec.open('tree', bomb, maximumTreeBlob + 1)).toBe('oversized');
    expect(codec.open('data', bomb, 1000)).toBe('inflated');
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
  });

  test('that another zstd compressed is opened', () => {
    const codec = new BlobCodec(key, 2);
    const frame = zlib.zstdCompressSync(text(100_000), { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
    const opened = codec.openVerified('tree', sha256(text(100_000)), codec.sealer.seal(frame), 100_000);
    expect(typeof opened !== 'string' && opened.equals(text(100_000))).toBe(true);
  });
});
