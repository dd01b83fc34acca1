import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeIndex, encodeIndexEntry } from '../../../../electron/engine/repository/format/index-file.ts';
import { decodeIndex, decodePieces } from '../../../support/decode-index.ts';

const packId = 'aa'.repeat(32);
const blobId = 'bb'.repeat(32);
const honest = { id: blobId, type: 'data', offset: 0, length: 100 };
const decode = (json: unknown): unknown => decodeIndex(Buffer.from(JSON.stringify(json)));
const withBlob = (fields: Readonly<Record<string, unknown>>): unknown => ({
  packs: [{ id: packId, blobs: [{ ...honest, ...fields }] }],
});

test('an index file is written field for field as restic writes it', () => {
  const entry = encodeIndexEntry(packId, [
    { id: blobId, type: 'data', offset: 0, length: 38, uncompressedLength: 0 },
    { id: packId, type: 'tree', offset: 38, length: 60, uncompressedLength: 4096 },
  ]);
  const index = encodeIndex([entry, encodeIndexEntry(blobId, [])]).toString('utf8');
  expect(index).toBe(
    `{"packs":[{"id":"${packId}","blobs":[` +
      `{"id":"${blobId}","type":"data","offset":0,"length":38},` +
      `{"id":"${packId}","type":"tree","offset":38,"length":60,"uncompressed_length":4096}]},` +
      `{"id":"${blobId}","blobs":[]}]}\n`,
  );
});

test('what was written is read back', () => {
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const length = fc.integer({ min: 32, max: 0x7fff_ffff });
  const blob = fc.record({
    id,
    type: fc.constantFrom('data' as const, 'tree' as const),
    offset: fc.integer({ min: 0, max: 0x7fff_ffff }),
    length,
    uncompressedLength: fc.oneof(fc.constant(0), length),
  });
  fc.assert(
    fc.property(fc.array(fc.record({ id, blobs: fc.array(blob, { maxLength: 5 }) }), { maxLength: 5 }), (packs) => {
      const json = encodeIndex(packs.map((pack) => encodeIndexEntry(pack.id, pack.blobs)));
      expect(decodeIndex(json)).toEqual({ packs, refused: 0 });
    }),
  );
});

describe('read leniently where honest writers differ', () => {
  test.each([
    ['no packs', {}, []],
    ['null packs', { packs: null }, []],
    ['fields of other versions', { supersedes: [packId], packs: [], later: 1 }, []],
    ['a pack with null blobs', { packs: [{ id: packId, blobs: null }] }, [{ id: packId, blobs: [] }]],
  ])('%s', (_what, json, packs) => {
    expect(decode(json)).toEqual({ packs, refused: 0 });
  });
});

describe('an entry that cannot be true', () => {
  test.each([
    ['a pack that is null', { packs: [null] }],
    ['a pack that is text', { packs: ['x'] }],
    ['a pack without an id', { packs: [{ blobs: [] }] }],
    ['a pack id that is a path', { packs: [{ id: '../'.repeat(21) + 'x', blobs: [] }] }],
    ['a pack id in capitals', { packs: [{ id: packId.toUpperCase(), blobs: [] }] }],
    ['a pack id with a line break behind it', { packs: [{ id: `${packId}\n`, blobs: [] }] }],
    ['blobs that are no list', { packs: [{ id: packId, blobs: 'x' }] }],
    ['a blob that is null', { packs: [{ id: packId, blobs: [null] }] }],
    ['a blob without an id', withBlob({ id: undefined })],
    ['a blob id that is too short', withBlob({ id: 'abc' })],
    ['an unknown type', withBlob({ type: 'config' })],
    ['a negative offset', withBlob({ offset: -1 })],
    ['an offset of four GiB', withBlob({ offset: 2 ** 32 })],
    ['half an offset', withBlob({ offset: 0.5 })],
    ['an offset as text', withBlob({ offset: '0' })],
    ['no offset', withBlob({ offset: undefined })],
    ['a blob shorter than its seal', withBlob({ length: 31 })],
    ['a length of four GiB', withBlob({ length: 2 ** 32 })],
    ['a length beyond all numbers', withBlob({ length: Number.MAX_VALUE })],
    ['a blob that ends past four GiB', withBlob({ offset: 2 ** 32 - 50, length: 60 })],
    ['a negative plain length', withBlob({ uncompressed_length: -1 })],
    ['a plain length of four GiB', withBlob({ uncompressed_length: 2 ** 32 })],
    ['a plain length as text', withBlob({ uncompressed_length: '5' })],
  ])('%s is refused, and the others still serve', (_what, json) => {
    const { packs } = json as { packs: readonly unknown[] };
    const good = { id: blobId, blobs: [honest] };
    const decoded = decodeIndex(Buffer.from(JSON.stringify({ packs: [good, ...packs, good] })));
    expect(decoded?.refused).toBe(1);
    const blobs = decoded?.packs.flatMap((pack) => pack.blobs);
    expect(blobs).toEqual([1, 2].map(() => ({ ...honest, uncompressedLength: 0 })));
  });
});

test('in whatever pieces it comes, the same is read', () => {
  const packs = [
    { id: packId, blobs: [honest, { ...honest, id: packId, type: 'tree', note: 'a "}]" and a \\ within' }] },
    { id: blobId, blobs: [], later: { deep: [{ er: '{' }] } },
  ];
  const index = { supersedes: [packId], odd: { packs: [{ id: 'x' }] }, packs: [...packs, null], after: '["packs":[{' };
  const json = Buffer.from(JSON.stringify(index, null, 1));
  const whole = decodeIndex(json);
  expect(whole?.packs.map(({ id, blobs }) => [id, blobs.length])).toEqual([
    [packId, 2],
    [blobId, 0],
  ]);
  expect(whole?.refused).toBe(1);
  fc.assert(
    fc.property(fc.array(fc.nat(json.length), { maxLength: 40 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), json.length];
      const pieces = places.slice(1).map((end, at) => json.subarray(places[at], end));
      expect(decodePieces(pieces)).toEqual(whole);
    }),
  );
});

test('an index file holds its entries, with commas between them', () => {
  const entry = encodeIndexEntry(packId, []);
  for (const entries of [[], [entry], [entry, entry]]) {
    const text = entries.map((one) => Buffer.from(one).toString()).join(',');
    expect(encodeIndex(entries).toString()).toBe(`{"packs":[${text}]}\n`);
  }
});

describe('refused as a whole', () => {
  test('packs that are no list', () => {
    expect(decode({ packs: {} })).toBeNull();
    expect(decode({ packs: 'x' })).toBeNull();
  });

  test.each([5, 'text', [1], [{ id: packId, blobs: [honest] }]])('%j, which is not an index', (json) => {
    expect(decode(json)).toBeNull();
  });

  test('a list of packs that stands there twice', () => {
    expect(decodeIndex(Buffer.from(`{"packs":[{"id":"${packId}"}],"packs":[]}`))).toBeNull();
  });

  test.each(['', '{', '{"packs":[}', '\0', '{"packs":[]}x', '{"packs":[{]}', '{"packs":[{"id":"', '{"packs":[{}{}]}'])(
    '%j, which is not JSON',
    (text) => {
      expect(decodeIndex(Buffer.from(text))).toBeNull();
    },
  );
});
