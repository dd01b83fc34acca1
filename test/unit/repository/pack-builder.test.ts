import { describe, expect, test } from 'vitest';
import { BlobCodec } from '../../../electron/engine/repository/blob-codec.ts';
import { checkPack } from '../../../electron/engine/repository/check-pack.ts';
import { generateSealingKey } from '../../../electron/engine/repository/crypto.ts';
import { encodeIndex } from '../../../electron/engine/repository/format/index-file.ts';
import { decodeIndex } from '../../support/decode-index.ts';
import { PackBuilder, type FinishedPack } from '../../../electron/engine/repository/pack-builder.ts';
import { noise } from '../../support/odd-tree.ts';
import { sha256 } from '../../support/restic-repository.ts';

const mib = 1024 * 1024;
const key = generateSealingKey();
const text = (length: number): Buffer => Buffer.alloc(length, 'all work and no play; ');

describe('packs', () => {
  const build = (plains: readonly Buffer[], openPacks = 1): readonly FinishedPack[] => {
    const finished: FinishedPack[] = [];
    const outlet = { deliver: (pack: FinishedPack) => void finished.push(pack), reclaim: () => {} };
    const packs = new PackBuilder(new BlobCodec(key, 2), 'data', openPacks, outlet);
    for (const plain of plains) packs.add(Buffer.from(sha256(plain), 'hex'), plain);
    packs.flush();
    return finished;
  };
  const entriesOf = ({ indexEntry }: FinishedPack) => decodeIndex(encodeIndex([indexEntry]))?.packs[0];
  const check = (pack: FinishedPack, data = Buffer.from(pack.data)) =>
    checkPack(new BlobCodec(key, 2), pack.id, data, entriesOf(pack)?.blobs ?? []);

  test('hold what was put into them, and are named for their bytes', () => {
    const plains = [text(5000), noise(mib, 'in a pack'), text(1), Buffer.alloc(0)];
    const [pack, ...more] = build(plains);
    expect(more).toEqual([]);
    expect(pack?.id).toBe(sha256(pack?.data ?? Buffer.alloc(0)));
    expect(pack && entriesOf(pack)?.blobs.map(({ id }) => id)).toEqual(plains.map((plain) => sha256(plain)));
    expect(pack && check(pack)).toEqual([]);
    expect(pack).toMatchObject({ blobs: 4, plainBytes: 5001 + mib, type: 'data' });
  });

  test('are finished at about 16 MiB, and all together hold every blob once', () => {
    const plains = Array.from({ length: 60 }, (_, at) => noise(mib, `pack ${at}`));
    const packs = build(plains, 2);
    expect(packs.length).toBeGreaterThanOrEqual(4);
    for (const { data } of packs) expect(data.length).toBeLessThan(21 * mib);
    const ids = packs.flatMap((pack) => entriesOf(pack)?.blobs.map(({ id }) => id) ?? []);
    expect(ids.sort()).toEqual(plains.map((plain) => sha256(plain)).sort());
    expect(packs.flatMap((pack) => check(pack))).toEqual([]);
  });

  test('of many small blobs have room for their header in the memory that is used again', () => {
    const small = Array.from({ length: 15_400 }, (_, at) => noise(1000, `small ${at}`));
    const packs = build([...small, noise(1.5 * mib, 'the last'), ...small.slice(0, 10)]);
    expect(packs.flatMap((pack) => check(pack))).toEqual([]);
    expect(packs.filter(({ data }) => !(data.buffer instanceof SharedArrayBuffer))).toEqual([]);
  });

  test('keep memory for what is open, not for ever more, and none when nothing more comes', () => {
    let allocated = 0;
    const finished: FinishedPack[] = [];
    const packs = new PackBuilder(new BlobCodec(key, 2), 'data', 1, {
      deliver: (pack) => void finished.push(pack),
      reclaim: () => {},
      allocate: (bytes) => {
        allocated += 1;
        return Buffer.from(new SharedArrayBuffer(bytes));
      },
    });
    const addPacks = (count: number): void => {
      for (let at = 0; at < count * 17; at++) packs.add(Buffer.alloc(32), noise(mib, `memory ${at}`));
    };
    const giveBack = (): void => {
      for (const { data } of finished.splice(0)) packs.recycle(data.buffer as SharedArrayBuffer);
    };
    addPacks(3);
    packs.flush();
    const first = allocated;
    expect(first).toBeGreaterThan(2);
    giveBack();
    addPacks(1);
    expect(allocated, 'what came back after the flush is gone').toBeGreaterThan(first);
    addPacks(2);
    giveBack();
    const second = allocated;
    addPacks(2);
    expect(allocated - second, 'one of several was kept').toBe(finished.length - 1);
  });

  test('take a blob larger than a pack', () => {
    const packs = build([text(10), noise(30 * mib, 'larger than a pack'), text(20)]);
    expect(packs.flatMap((pack) => check(pack))).toEqual([]);
    expect(packs.reduce((sum, { blobs }) => sum + blobs, 0)).toBe(3);
  });

  test('are not delivered when memory or code spoils a blob on its way into them', () => {
    class FaultyCodec extends BlobCodec {
      override sealInto(plain: Uint8Array, out: Buffer, offset: number) {
        const sealed = super.sealInto(plain, out, offset);
        out[offset + sealed.length - 20] = (out[offset + sealed.length - 20] ?? 0) ^ 1;
        return sealed;
      }
    }
    const finished: FinishedPack[] = [];
    const outlet = { deliver: (pack: FinishedPack) => void finished.push(pack), reclaim: () => {} };
    const packs = new PackBuilder(new FaultyCodec(key, 2), 'data', 1, outlet);
    const plain = noise(5000, 'spoilt');
    expect(() => packs.add(Buffer.from(sha256(plain), 'hex'), plain)).toThrow(/did not decode/);
    expect(finished).toEqual([]);
  });

  describe('take blobs over from a repository with another key', () => {
    const otherKey = generateSealingKey();
    const versions = [1, 2] as const;
    const move = (plain: Buffer, from: 1 | 2, to: 1 | 2, change: (sealed: Buffer) => void = () => {}) => {
      const source = new BlobCodec(otherKey, from);
      const sealed = Buffer.alloc(BlobCodec.sealedBound(plain.length));
      const { length, uncompressedLength } = source.sealInto(plain, sealed, 0);
      change(sealed);
      const finished: FinishedPack[] = [];
      const outlet = { deliver: (pack: FinishedPack) => void finished.push(pack), reclaim: () => {} };
      const packs = new PackBuilder(new BlobCodec(key, to), 'data', 1, outlet);
      const fault = packs.addFrom(source, sha256(plain), sealed.subarray(0, length), uncompressedLength);
      packs.flush();
      return { fault, finished, length, uncompressedLength };
    };

    const ways = versions.flatMap((from) => versions.map((to) => [from, to] as const));
    test.each(ways)('of version %i into packs of version %i', (from, to) => {
      for (const plain of [text(5000), noise(5000, 'cannot be compressed'), text(10 * mib), noise(10 * mib, 'large')]) {
        const { fault, finished } = move(plain, from, to);
        expect(fault).toBeNull();
        const [pack] = finished;
        const blobs = (pack && entriesOf(pack)?.blobs) ?? [];
        expect(pack && checkPack(new BlobCodec(key, to), pack.id, Buffer.from(pack.data), blobs)).toEqual([]);
        expect(blobs.map(({ id }) => id)).toEqual([sha256(plain)]);
        expect(pack?.plainBytes).toBe(plain.length);
        const isCompressed = (blobs[0]?.uncompressedLength ?? 0) > 0;
        expect(isCompressed).toBe(to === 2 && plain.subarray(0, 22).equals(text(22)));
      }
    });

    test('as they are compressed', () => {
      const { finished, length, uncompressedLength } = move(text(5000), 2, 2);
      const [pack] = finished;
      expect(pack && entriesOf(pack)?.blobs[0]).toMatchObject({ length, uncompressedLength });
    });

    test.each([text(5000), noise(5000, 'flip'), text(10 * mib)])('but none that is damaged', (plain) => {
      for (const at of [0, 20, 40]) {
        const { fault, finished } = move(plain, 2, 2, (sealed) => {
          sealed[at] = (sealed[at] ?? 0) ^ 1;
        });
        expect(fault).toBe('forged');
        expect(finished).toEqual([]);
      }
    });

    test('and none whose content is not what its id says', () => {
      const source = new BlobCodec(otherKey, 2);
      for (const plain of [text(5000), noise(5000, 'other'), text(10 * mib), noise(10 * mib, 'other')]) {
        const sealed = Buffer.alloc(BlobCodec.sealedBound(plain.length));
        const { length, uncompressedLength } = source.sealInto(plain, sealed, 0);
        const packs = new PackBuilder(new BlobCodec(key, 2), 'data', 1, { deliver: () => {}, reclaim: () => {} });
        const wrong = packs.addFrom(source, sha256(text(1)), sealed.subarray(0, length), uncompressedLength);
        expect(wrong).toBe('mismatch');
      }
    });
  });

  test('with a bit flipped anywhere are found out', () => {
    const [pack] = build([text(300), noise(200, 'flip')]);
    for (let at = 0; at < (pack?.data.length ?? 0); at++) {
      const data = Buffer.from(pack?.data ?? []);
      data[at] = (data[at] ?? 0) ^ 4;
      expect(pack && check(pack, data).length, `byte ${at}`).toBeGreaterThan(0);
    }
  });

  test('cut short at any length are found out, and nothing crashes', () => {
    const [pack] = build([text(300), noise(200, 'cut')]);
    for (let length = 0; length < (pack?.data.length ?? 0); length++)
      expect(pack && check(pack, Buffer.from(pack.data.subarray(0, length))).length).toBeGreaterThan(0);
  });
});
