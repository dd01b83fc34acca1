import { describe, expect, test } from 'vitest';
import { BlobCodec } from '../../../electron/engine/repository/blob-codec.ts';
import { checkPack } from '../../../electron/engine/repository/check-pack.ts';
import { generateSealingKey } from '../../../electron/engine/repository/crypto.ts';
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
  const entriesOf = ({ indexEntry }: FinishedPack) => decodeIndex(Buffer.from(`{"packs":[${indexEntry}]}`))?.packs[0];
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
