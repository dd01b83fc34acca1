import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeIndex,
  encodeIndex,
  encodeIndexEntry,
  type IndexedPack,
} from '../../../../electron/engine/repository/format/index-file.ts';
import { IndexColumns } from '../../../../electron/engine/repository/format/index-scan.ts';
import { decodePieces } from '../../../support/decode-index.ts';

const idOf = (at: number): string => Buffer.alloc(32, at).toString('hex');
const packs: readonly IndexedPack[] = [
  {
    id: idOf(1),
    blobs: [
      { id: idOf(2), type: 'data', offset: 0, length: 32, uncompressedLength: 0 },
      { id: idOf(3), type: 'tree', offset: 0xffff_ff00, length: 0xff, uncompressedLength: 0xffff_ffff },
    ],
  },
  { id: idOf(0xfe), blobs: [{ id: idOf(0xab), type: 'data', offset: 7, length: 100, uncompressedLength: 4096 }] },
];
const json = encodeIndex(packs.map(({ id, blobs }) => encodeIndexEntry(id, blobs)));

function readColumns(columns: IndexColumns): IndexedPack[] {
  const hexOf = (words: Int32Array, at: number): string =>
    Buffer.from(words.buffer, words.byteOffset + at * 32, 32).toString('hex');
  return Array.from({ length: columns.packs }, (_, pack) => {
    const [start, end] = [pack === 0 ? 0 : (columns.packEnds[pack - 1] ?? 0), columns.packEnds[pack] ?? 0];
    const blobs = Array.from({ length: end - start }, (_unused, nth) => {
      const place = (start + nth) * 4;
      const [isTree = 0, offset = 0, length = 0, uncompressedLength = 0] = columns.places.subarray(place, place + 4);
      const type = isTree === 1 ? ('tree' as const) : ('data' as const);
      return { id: hexOf(columns.ids, start + nth), type, offset, length, uncompressedLength };
    });
    return { id: Buffer.from(columns.packIds.subarray(pack * 32, pack * 32 + 32)).toString('hex'), blobs };
  });
}

/** Through columns where that is possible, in the order of the file. */
function scan(
  pieces: Iterable<Uint8Array>,
  capacity = 100,
): { packs: IndexedPack[]; refused: number; taken: number } | null {
  const columns = new IndexColumns(capacity);
  const found: IndexedPack[] = [];
  let taken = 0;
  const send = (): void => {
    taken += columns.packs;
    found.push(...readColumns(columns));
    columns.clear();
  };
  const reading = decodeIndex(pieces, (piece, from) => columns.takePack(piece, from));
  for (let next = reading.next(); ; next = reading.next()) {
    send();
    if (next.done === true) return next.value === null ? null : { packs: found, refused: next.value, taken };
    found.push(next.value);
  }
}

test('what restic and Holdfast write is read without the general parser', () => {
  expect(scan([json])).toEqual({ packs, refused: 0, taken: 2 });
  const supersedes = Buffer.from(
    json
      .toString()
      .replace('{', `{"supersedes":["${idOf(9)}"],`)
      .trimEnd(),
  );
  expect(scan([supersedes])).toEqual({ packs, refused: 0, taken: 2 });
});

test('a pack that lies in several pieces is read without the general parser too', () => {
  for (let length = 1; length < json.length; length++) {
    const pieces = Array.from({ length: Math.ceil(json.length / length) }, (_, at) =>
      json.subarray(at * length, (at + 1) * length),
    );
    expect(scan(pieces), `${length} bytes at a time`).toEqual({ packs, refused: 0, taken: 2 });
  }
});

test('a pack that has no room left in the columns comes from the general parser', () => {
  expect(scan([json], 2)).toEqual({ packs, refused: 0, taken: 1 });
  expect(scan([json], 1)).toEqual({ packs, refused: 0, taken: 1 });
});

describe('written in another way', () => {
  const text = json.toString();
  test.each([
    ['with blanks', text.replaceAll(':', ': ')],
    ['with other keys', text.replace('"type"', '"later":1,"type"')],
    ['with keys in another order', text.replace(`"id":"${idOf(2)}","type":"data"`, `"type":"data","id":"${idOf(2)}"`)],
    ['with an id in capitals', text.replace(idOf(0xab), idOf(0xab).toUpperCase())],
    ['with a number in another form', text.replace('"offset":7', '"offset":7.0')],
    ['with a number that is too large', text.replace('"offset":7', '"offset":4294967296')],
    ['with a number that begins with a zero', text.replace('"offset":7', '"offset":07')],
    ['without a number', text.replace('"offset":7', '"offset":')],
    ['with a negative number', text.replace('"offset":7', '"offset":-7')],
    ['with a blob that ends too late', text.replace('"length":255', '"length":256')],
    ['with a blob that is too short', text.replace('"length":32', '"length":31')],
    ['with an unknown type', text.replace('"type":"tree"', '"type":"true"')],
    ['with a pack without blobs', text.replace('{"packs":[', `{"packs":[{"id":"${idOf(5)}","blobs":[]},`)],
    ['with a comma too many', text.replace('},{"id"', '},,{"id"')],
    ['with an object that is not a pack', text.replace('{"packs":[', '{"packs":[{},null,')],
    ['as two lists of packs', text.replace('}\n', ',"packs":[]}\n')],
    ['cut off', text.slice(0, -5)],
    ['cut off in a pack', text.slice(0, -40)],
    ['with something behind it', `${text}x`],
  ])('%s, it is read or refused as by the general parser', (_what, other) => {
    const scanned = scan([Buffer.from(other)]);
    const decoded = decodePieces([Buffer.from(other)]);
    expect(other).not.toBe(text);
    expect(scanned === null ? null : { packs: scanned.packs, refused: scanned.refused }).toEqual(decoded);
  });
});

test('whatever bytes there are, and in whatever pieces they come, both parsers read the same', () => {
  const change = fc.record({
    at: fc.nat(json.length - 1),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 0, maxLength: 3 }),
      fc
        .constantFrom('"', '{', '}', '[', ']', ',', ':', '0', '9', 'a', 'F', ' ', '\\', '\n', '""')
        .map((text) => Buffer.from(text)),
    ),
    instead: fc.nat(3),
  });
  const cuts = fc.array(fc.nat(json.length), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), cuts, (changes, places) => {
      let changed: Buffer = json;
      for (const { at, bytes, instead } of changes)
        changed = Buffer.concat([changed.subarray(0, at), bytes, changed.subarray(at + instead)]);
      const sorted = [0, ...places.toSorted((a, b) => a - b), changed.length];
      const pieces = sorted.slice(1).map((end, at) => changed.subarray(sorted[at], end));
      const scanned = scan(pieces);
      const decoded = decodePieces([changed]);
      expect(scanned === null ? null : { packs: scanned.packs, refused: scanned.refused }).toEqual(decoded);
    }),
    { numRuns: 3000 },
  );
});

test('noise is no index file', () => {
  for (let round = 0; round < 200; round++) expect(scan([randomBytes(200)])).toBeNull();
});
