import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodePackHeader,
  encodePackHeader,
  type PackedBlob,
} from '../../../../electron/engine/repository/format/pack.ts';
import {
  countEntries,
  leastPackSize,
  packEntries,
  unpackEntries,
} from '../../../../electron/engine/repository/format/packed-entries.ts';

const idOf = (byte: string): string => byte.repeat(32);
const blob = (fields: Partial<PackedBlob>): PackedBlob => ({
  type: 'data',
  id: idOf('ab'),
  offset: 0,
  length: 32,
  uncompressedLength: 0,
  ...fields,
});

const size = fc.integer({ min: 0, max: 0xffff_ffff });
const anyBlob = fc.record({
  type: fc.constantFrom('data' as const, 'tree' as const),
  id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Buffer.from(id).toString('hex')),
  length: size,
  uncompressedLength: fc.oneof(fc.constant(0), size),
});
/** Blobs that lie one behind the other, as in a pack. */
const anyPack = fc.array(anyBlob, { maxLength: 20 }).map((blobs) => {
  let offset = 0;
  return blobs.map((each) => {
    const placed = { ...each, offset };
    offset += each.length;
    return placed;
  });
});

describe('the header of a pack', () => {
  test('has type, lengths (little endian) and id of each blob', () => {
    const header = encodePackHeader([
      blob({ id: idOf('01'), length: 0x0102 }),
      blob({ id: idOf('02'), length: 0x0304_0506, uncompressedLength: 0x0a0b_0c0d }),
      blob({ id: idOf('03'), type: 'tree', length: 33 }),
      blob({ id: idOf('04'), type: 'tree', length: 34, uncompressedLength: 0xffff_ffff }),
    ]);
    expect(header.toString('hex')).toBe(
      [
        `00 02010000 ${idOf('01')}`,
        `02 06050403 0d0c0b0a ${idOf('02')}`,
        `01 21000000 ${idOf('03')}`,
        `03 22000000 ffffffff ${idOf('04')}`,
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('comes back as it was written, offsets added up', () => {
    fc.assert(
      fc.property(anyPack, (blobs) => {
        expect(decodePackHeader(encodePackHeader(blobs))).toEqual(blobs);
      }),
    );
  });

  test('that is cut off anywhere but between blobs is refused', () => {
    const header = encodePackHeader([blob({}), blob({ uncompressedLength: 5 }), blob({ type: 'tree' })]);
    const ends = new Set([0, 37, 37 + 41, header.length]);
    for (let length = 0; length <= header.length; length++) {
      const decoded = decodePackHeader(header.subarray(0, length));
      expect(decoded === null, `${length} bytes`).toBe(!ends.has(length));
    }
  });

  test('with an unknown type of blob is refused', () => {
    for (const kind of [4, 5, 0x7f, 0x80, 0xff]) {
      const header = encodePackHeader([blob({ uncompressedLength: 1 })]);
      header[0] = kind;
      expect(decodePackHeader(header), `type ${kind}`).toBeNull();
    }
  });

  test('made of any bytes is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const decoded = decodePackHeader(Buffer.from(noise));
        expect(decoded === null || decoded.every(({ id }) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
      }),
    );
  });
});

describe('packed entries', () => {
  test('come back as they were, from anywhere in memory', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBlob, size), { maxLength: 8 }), fc.nat(7), (entries, shift) => {
        const blobs = entries.map(([each, offset]) => ({ ...each, offset }));
        const packed = packEntries(blobs);
        const moved = new Uint8Array(packed.length + shift).subarray(shift);
        moved.set(packed);
        expect(unpackEntries(moved)).toEqual(blobs);
        expect(countEntries(moved)).toBe(blobs.length);
      }),
    );
  });

  test('tell the least size of their pack: content, sealed header, its length', () => {
    const blobs = [blob({ offset: 0, length: 100 }), blob({ offset: 100, length: 50, uncompressedLength: 300 })];
    expect(leastPackSize(blobs)).toBe(150 + (37 + 41 + 32) + 4);
    expect(leastPackSize(blobs.toReversed())).toBe(leastPackSize(blobs));
  });
});
