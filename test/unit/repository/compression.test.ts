import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  compressBound,
  compressPieces,
  Compressor,
  Decompressor,
  decompressPieces,
  decompressUnpacked,
} from '../../../electron/engine/repository/compression.ts';
import { noise } from '../../support/odd-tree.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

const mib = 1024 * 1024;
const sizes = [0, 1, 2, 31, 100, 4095, 4096, 4097, 65_535, 65_536, 131_071, 131_072, 131_073, 300_000, mib, 8 * mib];
const text = (length: number): Buffer =>
  Buffer.from('all work and no play makes a dull backup; '.repeat(Math.ceil(length / 42))).subarray(0, length);
const mixed = (length: number): Buffer =>
  Buffer.concat([text(length >> 1), noise(length - (length >> 1), `mixed ${length}`)]);

function decompress(decompressor: Decompressor, frame: Uint8Array, length: number): Buffer | null {
  const output = Buffer.alloc(length + 1, 0xee);
  return decompressor.decompressInto(frame, length, output) ? output.subarray(0, length) : null;
}

// First in this file: the peak that is measured never falls again.
test('a frame that inflates without end is refused without more memory than was declared', () => {
  const bomb = makeBomb(512 * mib);
  const decompressor = new Decompressor();
  const before = process.resourceUsage().maxRSS;
  for (let round = 0; round < 5; round++) expect(decompress(decompressor, bomb, 1000)).toBeNull();
  expect(decompressUnpacked(bomb, mib)).toBeNull();
  const grownMib = (process.resourceUsage().maxRSS - before) / 1024;
  expect(grownMib).toBeLessThan(100);
});

test('pieces make one frame that any zstd reads', () => {
  for (const size of sizes) {
    for (const plain of [text(size), noise(size, `noise ${size}`)]) {
      for (const cut of [size >> 1, 1, size]) {
        const frame = compressPieces([plain.subarray(0, cut), plain.subarray(cut), Buffer.alloc(0)]);
        expect(zlib.zstdDecompressSync(frame).equals(plain), `${size} bytes`).toBe(true);
        expect(decompressUnpacked(frame, size + 1)?.equals(plain), `${size} bytes`).toBe(true);
        expect(Buffer.concat([...decompressPieces(frame)].map((piece) => Buffer.from(piece))).length).toBe(size);
      }
    }
  }
  expect(zlib.zstdDecompressSync(compressPieces([])).length).toBe(0);
});

test('what a small frame holds is given back in little memory', () => {
  const plain = text(400);
  const undone = decompressUnpacked(zlib.zstdCompressSync(plain), mib);
  expect(undone?.equals(plain)).toBe(true);
  expect(undone?.buffer.byteLength).toBeLessThan(128 * 1024);
});

describe('in one context', () => {
  test('bytes of every kind and size come back, one after the other', () => {
    const compressor = new Compressor();
    const decompressor = new Decompressor();
    for (const size of [...sizes, ...sizes.toReversed()]) {
      for (const plain of [text(size), noise(size, `noise ${size}`), mixed(size), Buffer.alloc(size)]) {
        const frame = compressor.compress(plain);
        expect(frame.length).toBeLessThan(compressBound(size));
        expect(decompress(decompressor, frame, size)?.equals(plain), `${size} bytes`).toBe(true);
      }
    }
  });

  test('every frame is one that any zstd reads', () => {
    const compressor = new Compressor();
    for (const size of sizes) {
      const plain = mixed(size);
      expect(zlib.zstdDecompressSync(compressor.compress(plain)).equals(plain), `${size} bytes`).toBe(true);
    }
  });

  test('equal bytes give equal frames, whatever came between', () => {
    const compressor = new Compressor();
    const first = compressor.compress(text(50_000));
    compressor.compress(noise(100_000, 'between'));
    expect(compressor.compress(text(50_000)).equals(first)).toBe(true);
  });

  test('a frame goes where it was asked to, and nothing before it changes', () => {
    const out = Buffer.alloc(10 + compressBound(1000), 0xee);
    const length = new Compressor().compressInto(text(1000), out, 10);
    expect(zlib.zstdDecompressSync(out.subarray(10, 10 + length)).equals(text(1000))).toBe(true);
    expect(out.subarray(0, 10).equals(Buffer.alloc(10, 0xee))).toBe(true);
  });
});

describe('frames of other writers', () => {
  const { constants } = zlib;
  const writers: readonly (readonly [string, Record<number, number>])[] = [
    ['level 1', { [constants.ZSTD_c_compressionLevel]: 1 }],
    ['level 19', { [constants.ZSTD_c_compressionLevel]: 19 }],
    ['a checksum', { [constants.ZSTD_c_checksumFlag]: 1 }],
    ['no content size', { [constants.ZSTD_c_contentSizeFlag]: 0 }],
    ['a checksum and no content size', { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_contentSizeFlag]: 0 }],
    ['long distance matching', { [constants.ZSTD_c_enableLongDistanceMatching]: 1 }],
  ];

  test.each(writers)('with %s are read', (_what, params) => {
    const decompressor = new Decompressor();
    for (const size of sizes.filter((each) => each <= mib)) {
      const frame = zlib.zstdCompressSync(mixed(size), { params });
      expect(decompress(decompressor, frame, size)?.equals(mixed(size)), `${size} bytes`).toBe(true);
    }
  });

  test('in several blocks, flushed on the way, are read', async () => {
    const compress = zlib.createZstdCompress();
    const parts: Buffer[] = [];
    compress.on('data', (part: Buffer) => parts.push(part));
    for (let part = 0; part < 5; part++) {
      compress.write(mixed(10_000));
      await new Promise<void>((resolve) => {
        compress.flush(resolve);
      });
    }
    await new Promise<void>((resolve) => {
      compress.on('end', resolve).end();
    });
    const plain = Buffer.concat(Array.from({ length: 5 }, () => mixed(10_000)));
    expect(decompress(new Decompressor(), Buffer.concat(parts), plain.length)?.equals(plain)).toBe(true);
  });

  test('are refused when their checksum does not fit', () => {
    const frame = zlib.zstdCompressSync(text(1000), { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    expect(decompress(new Decompressor(), frame, 1000)).toBeNull();
  });
});

describe('refused, and the context goes on', () => {
  const good = new Compressor().compress(text(5000));
  const bad: readonly (readonly [string, Uint8Array, number])[] = [
    ['noise', noise(500, 'no frame'), 100],
    ['nothing', Buffer.alloc(0), 100],
    ['half a frame', good.subarray(0, good.length >> 1), 5000],
    ['a frame without its beginning', good.subarray(1), 5000],
    ['a frame longer than declared', good, 4999],
    ['a frame far longer than declared', good, 1],
    ['a frame longer than nothing', good, 0],
    ['a frame shorter than declared', good, 5001],
    ['a frame that inflates without end', makeBomb(512 * mib), 1000],
    ['one that lies about it', makeBomb(512 * mib, 0, 1000), 1000],
    ['one that claims exabytes', makeBomb(mib, 0, 2 ** 60), 1000],
  ];

  test.each(bad)('%s', (_what, frame, length) => {
    const decompressor = new Decompressor();
    for (let round = 0; round < 3; round++) {
      expect(decompress(decompressor, frame, length)).toBeNull();
      expect(decompress(decompressor, good, 5000)?.equals(text(5000)), 'the good frame after it').toBe(true);
      expect(decompress(decompressor, good, 5000)?.equals(text(5000)), 'and once more').toBe(true);
    }
  });

  test('with any byte changed, a frame gives other bytes or none, and the next one is read', () => {
    const decompressor = new Decompressor();
    for (let at = 0; at < good.length; at++) {
      const changed = Buffer.from(good);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      decompress(decompressor, changed, 5000);
      expect(decompress(decompressor, good, 5000)?.equals(text(5000)), `byte ${at}`).toBe(true);
    }
  });
});

describe('small files', () => {
  test('come back, up to the length that is allowed', () => {
    const frame = new Compressor().compress(mixed(3 * mib));
    expect(decompressUnpacked(frame, 3 * mib)?.equals(mixed(3 * mib))).toBe(true);
    expect(decompressUnpacked(frame, 3 * mib - 1)).toBeNull();
  });

  test('that are no frame are refused', () => {
    expect(decompressUnpacked(noise(100, 'no frame'), mib)).toBeNull();
    expect(decompressUnpacked(Buffer.alloc(0), mib)).toBeNull();
  });
});
