import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { BlobIndex, type BlobType } from '../../../electron/engine/repository/blob-index.ts';
import { openIndexFiles, setIndexRoom, type IndexFiles } from '../../../electron/engine/repository/index-files.ts';

const idOf = (text: string | number): Buffer => createHash('sha256').update(String(text)).digest();
/** Ids of `count` blobs, 32 bytes each. */
const idsOf = (count: number, prefix = ''): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => idOf(`${prefix}${at}`)));
const idAt = (ids: Buffer, at: number): Buffer => ids.subarray(at * 32, at * 32 + 32);
/** More than the first table of slots holds, and more than the second. */
const manyBlobs = 60_000;

const data = (offset: number, length: number, uncompressedLength = 0, type: BlobType = 'data') => ({
  type,
  offset,
  length,
  uncompressedLength,
});

describe('a blob', () => {
  test('that nobody stored is not found', () => {
    const index = BlobIndex.create(0);
    expect(index.find('data', idOf('a'))).toBe(-1);
    expect(index.findHex('data', idOf('a').toString('hex'))).toBe(-1);
  });

  test('is claimed once, and has no place until it is stored', () => {
    const index = BlobIndex.create(0);
    expect(index.claim('data', idOf('a'))).toBe(true);
    expect(index.claim('data', idOf('a'))).toBe(false);
    const entry = index.find('data', idOf('a'));
    expect(entry).toBeGreaterThanOrEqual(0);
    expect(index.location(entry)).toBeNull();
    expect(index.blobCount).toBe(1);
  });

  test('that was loaded has its place, and is claimed no more', () => {
    const index = BlobIndex.create(10);
    const first = index.addPack(idOf('pack 1'));
    const second = index.addPack(idOf('pack 2'));
    index.addBlobs(first, [data(0, 100), data(100, 60, 4096)], Buffer.concat([idOf('a'), idOf('b')]));
    index.addBlobs(second, [data(0xffff_fff0, 0xffff_ffff, 0xffff_fffe)], idOf('c'));
    const placeOf = (name: string) => index.location(index.findHex('data', idOf(name).toString('hex')));
    expect(placeOf('a')).toEqual({ pack: first, offset: 0, length: 100, uncompressedLength: 0 });
    expect(placeOf('b')).toEqual({ pack: first, offset: 100, length: 60, uncompressedLength: 4096 });
    expect(placeOf('c')).toEqual({
      pack: second,
      offset: 0xffff_fff0,
      length: 0xffff_ffff,
      uncompressedLength: 0xffff_fffe,
    });
    expect(index.packId(second)).toBe(idOf('pack 2').toString('hex'));
    expect(index.packCount).toBe(2);
    expect(index.claim('data', idOf('a'))).toBe(false);
  });

  test('tells its id, its type and its plain length', () => {
    const index = BlobIndex.create(2);
    index.addBlobs(
      index.addPack(idOf('pack')),
      [data(0, 132), data(132, 60, 4096, 'tree')],
      Buffer.concat([idOf('a'), idOf('b')]),
    );
    const [plain, compressed] = [index.find('data', idOf('a')), index.find('tree', idOf('b'))];
    expect([index.blobId(plain), index.blobType(plain), index.plainLength(plain)]).toEqual([
      idOf('a').toString('hex'),
      'data',
      100,
    ]);
    expect([index.blobId(compressed), index.blobType(compressed), index.plainLength(compressed)]).toEqual([
      idOf('b').toString('hex'),
      'tree',
      4096,
    ]);
  });

  test('of data and a folder with the same id are two', () => {
    const index = BlobIndex.create(2);
    expect(index.claim('data', idOf('a'))).toBe(true);
    expect(index.find('tree', idOf('a'))).toBe(-1);
    expect(index.claim('tree', idOf('a'))).toBe(true);
    expect(index.find('tree', idOf('a'))).not.toBe(index.find('data', idOf('a')));
    expect(index.blobType(index.find('tree', idOf('a')))).toBe('tree');
  });

  test('listed twice keeps its first place', () => {
    const index = BlobIndex.create(2);
    const [first, second] = [index.addPack(idOf('pack 1')), index.addPack(idOf('pack 2'))];
    index.addBlobs(first, [data(5, 50)], idOf('a'));
    index.addBlobs(second, [data(7, 70)], idOf('a'));
    expect(index.location(index.find('data', idOf('a')))).toMatchObject({ pack: first, offset: 5 });
    expect(index.blobCount).toBe(1);
  });

  test('is found by an id that lies anywhere in memory', () => {
    const index = BlobIndex.create(0);
    index.claim('data', idOf('a'));
    const memory = Buffer.concat([Buffer.alloc(5), idOf('a'), Buffer.alloc(7)]);
    expect(index.find('data', memory, 5)).toBe(0);
    expect(index.find('data', memory, 4)).toBe(-1);
  });

  test('differs from one whose id differs in one bit, wherever that is', () => {
    const index = BlobIndex.create(0);
    index.claim('data', Buffer.alloc(32));
    for (let bit = 0; bit < 256; bit++) {
      const other = Buffer.alloc(32);
      other[bit >> 3] = 1 << (bit & 7);
      expect(index.find('data', other), `bit ${bit}`).toBe(-1);
    }
  });
});

describe('many blobs', () => {
  test.each([
    ['from an empty repository', 0],
    ['from one with as many', manyBlobs],
  ])('%s are all found while the table grows', (_what, known) => {
    const index = BlobIndex.create(known);
    const ids = idsOf(manyBlobs);
    const lost: number[] = [];
    for (let at = 0; at < manyBlobs; at++) {
      if (!index.claim('data', idAt(ids, at))) lost.push(at);
      // The first, the newest, and one between them.
      for (const earlier of [0, at, at >> 1])
        if (index.find('data', idAt(ids, earlier)) !== earlier) lost.push(earlier);
    }
    expect(lost).toEqual([]);
    expect(index.blobCount).toBe(manyBlobs);
    expect(idsOf(100, 'other').length / 32).toBe(100);
    for (let at = 0; at < 100; at++) expect(index.find('data', idOf(`other${at}`))).toBe(-1);
  });

  test('keep their places while the table grows', () => {
    const index = BlobIndex.create(0);
    const ids = idsOf(manyBlobs);
    const pack = index.addPack(idOf('pack'));
    index.addBlobs(
      pack,
      Array.from({ length: manyBlobs }, (_, at) => data(at, 100 + at, at)),
      ids,
    );
    for (let at = 0; at < manyBlobs; at += 97) {
      expect(index.location(index.find('data', idAt(ids, at)))).toEqual({
        pack,
        offset: at,
        length: 100 + at,
        uncompressedLength: at,
      });
    }
  });

  test('whose ids all begin alike are all found', () => {
    const index = BlobIndex.create(0);
    const alike = (at: number): Buffer => {
      const id = Buffer.alloc(32);
      id.writeUInt32BE(at, 28);
      return id;
    };
    for (let at = 0; at < 2000; at++) expect(index.claim('data', alike(at))).toBe(true);
    for (let at = 0; at < 2000; at++) expect(index.find('data', alike(at))).toBe(at);
  });
});

/** Bytes that a table has taken. What is only reserved takes addresses, and nothing of the system's memory. */
const takenBytes = ({ shared: { header, packs, entries, slots } }: BlobIndex): number =>
  header.byteLength + packs.byteLength + entries.byteLength + slots.byteLength;

describe('the memory of a table', () => {
  test.each([0, 1, 10_000])('is little for a repository of %i blobs', (known) => {
    expect(takenBytes(BlobIndex.create(known))).toBeLessThan(2 * 1024 * 1024);
  });

  test('grows with what comes, and not far beyond it', () => {
    const index = BlobIndex.create(0);
    for (let at = 0; at < manyBlobs; at++) index.claim('data', idOf(at));
    // 48 bytes in its row, and up to 16 in the tables of slots; twice that when it has just grown.
    expect(takenBytes(index)).toBeGreaterThan(manyBlobs * 48);
    expect(takenBytes(index)).toBeLessThan(manyBlobs * 128);
  });
});

/** Waits until all are there, then claims every id in an order of its own; answers with the positions it got. */
const claimingThread = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { url, shared, ids, gate, threads, stride } = workerData;
  import(url).then(({ BlobIndex }) => {
    const index = BlobIndex.attach(shared);
    const count = ids.length / 32;
    const claimed = [];
    const missing = [];
    Atomics.add(gate, 0, 1);
    while (Atomics.load(gate, 0) < threads);
    for (let step = 0; step < count; step++) {
      const at = (step * stride) % count;
      const id = ids.subarray(at * 32, at * 32 + 32);
      if (index.claim('data', id)) claimed.push(at);
      if (index.find('data', id) < 0) missing.push(at);
    }
    parentPort.postMessage({ claimed, missing });
  });
`;
type Claims = { readonly claimed: readonly number[]; readonly missing: readonly number[] };

describe('threads that race for the same blobs', () => {
  test('claim each exactly once, and find each at once', { timeout: 60_000 }, async () => {
    const count = 59_999;
    const index = BlobIndex.create(0);
    // They have to make it grow.
    expect(takenBytes(index)).toBeLessThan(count * 48);
    const ids = new Uint8Array(new SharedArrayBuffer(count * 32));
    ids.set(idsOf(count));
    const gate = new Int32Array(new SharedArrayBuffer(4));
    // All in nearly the same order, two of them exactly: that is where claims collide.
    const strides = [1, 1, 2, 3];
    const url = new URL('../../../electron/engine/repository/blob-index.ts', import.meta.url).href;
    const workers = strides.map((stride) => {
      const workerData = { url, shared: index.shared, ids, gate, threads: strides.length, stride };
      return new Worker(claimingThread, { eval: true, workerData });
    });
    const answers = await Promise.all(workers.map(async (worker) => (await once(worker, 'message')) as [Claims]));
    const claims = new Uint8Array(count);
    for (const [{ claimed, missing }] of answers) {
      for (const at of claimed) claims[at] = (claims[at] ?? 0) + 1;
      expect(missing).toEqual([]);
    }
    expect(claims.every((times) => times === 1)).toBe(true);
    expect(index.blobCount).toBe(count);
    const everyone = Buffer.from(ids);
    for (let at = 0; at < count; at++) {
      const entry = index.find('data', idAt(everyone, at));
      if (entry < 0 || index.blobId(entry) !== idAt(everyone, at).toString('hex')) expect.fail(`blob ${at} is lost`);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
  });
});

/** Loads packs of three blobs, one of which comes from all threads, and reads the newest that others have loaded. */
const loadingThread = `
  const { createHash } = require('node:crypto');
  const { parentPort, workerData } = require('node:worker_threads');
  const { url, shared, gate, threads, thread, packs } = workerData;
  const idOf = (text) => createHash('sha256').update(text).digest();
  import(url).then(({ BlobIndex }) => {
    const index = BlobIndex.attach(shared);
    const wrong = [];
    Atomics.add(gate, 0, 1);
    while (Atomics.load(gate, 0) < threads);
    for (let at = 0; at < packs; at++) {
      const name = thread + ' ' + at;
      const pack = index.addPack(idOf('pack ' + name));
      const blobs = [0, 1, 2].map((blob) => ({ type: 'data', offset: at, length: 100 + blob, uncompressedLength: thread }));
      index.addBlobs(pack, blobs, Buffer.concat([idOf(name + ' 0'), idOf(name + ' 1'), idOf('of all ' + at)]));
      if (index.find('data', idOf('of all ' + at)) < 0) wrong.push(name + ' of all');
      // The newest entry and the newest pack, whoever has made them.
      if (/^0*$/.test(index.blobId(index.blobCount - 1))) wrong.push(name + ' newest blob');
      if (/^0*$/.test(index.packId(index.packCount - 1))) wrong.push(name + ' newest pack');
    }
    parentPort.postMessage(wrong);
  });
`;

test(
  'threads that load at once lose nothing of what the others load, far beyond what there was memory for',
  { timeout: 60_000 },
  async () => {
    const threads = 4;
    const packs = 6000;
    const index = BlobIndex.create(0);
    expect(takenBytes(index)).toBeLessThan(threads * packs * 3 * 32);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const url = new URL('../../../electron/engine/repository/blob-index.ts', import.meta.url).href;
    const workers = Array.from({ length: threads }, (_, thread) => {
      const workerData = { url, shared: index.shared, gate, threads, thread, packs };
      return new Worker(loadingThread, { eval: true, workerData });
    });
    const wrong = await Promise.all(
      workers.map(async (worker) => (await once(worker, 'message')) as [readonly string[]]),
    );
    expect(wrong.flat(2)).toEqual([]);
    expect(index.packCount).toBe(threads * packs);
    expect(index.blobCount).toBe(threads * packs * 2 + packs);
    for (let thread = 0; thread < threads; thread++) {
      for (let at = 0; at < packs; at++) {
        const name = `${thread} ${at}`;
        const place = index.location(index.find('data', idOf(`${name} 1`))) ?? expect.fail(`${name} is lost`);
        if (index.packId(place.pack) !== idOf(`pack ${name}`).toString('hex')) expect.fail(`pack ${name} is lost`);
        if (place.offset !== at || place.length !== 101 || place.uncompressedLength !== thread) expect.fail(name);
        if (index.find('data', idOf(`of all ${at}`)) < 0) expect.fail(`blob ${at} of all is lost`);
      }
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
  },
);

describe('an index that is too large for memory', () => {
  const runBlobs = 1000;
  /** Filled as index files fill it: packs of a few blobs, of both types. */
  const filled = (count: number, files: IndexFiles): BlobIndex => {
    const index = BlobIndex.create(count, files);
    for (let from = 0; from < count; from += 7) {
      const blobs = Array.from({ length: Math.min(7, count - from) }, (_, at) => blobAt(from + at));
      const ids = Buffer.concat(blobs.map((_, at) => idOf(from + at)));
      index.addBlobs(index.addPack(idOf(`pack ${from}`)), blobs, ids);
    }
    return index;
  };
  const typeAt = (at: number): BlobType => (at % 3 === 0 ? 'tree' : 'data');
  const blobAt = (at: number) => data(at, 100 + at, at % 2 === 0 ? 0 : 4096 + at, typeAt(at));
  const files = (count: number): IndexFiles => {
    setIndexRoom({ memoryBlobs: 100, runBlobs });
    const opened = openIndexFiles(count, count);
    setIndexRoom({ memoryBlobs: 10_000_000, runBlobs: 2_000_000 });
    return opened ?? expect.fail('it had room in memory');
  };

  test.each([runBlobs - 1, runBlobs, runBlobs + 1, 10 * runBlobs, 12_345])('holds %i blobs', (count) => {
    const index = filled(count, files(count));
    expect(index.blobCount).toBe(count);
    expect(index.spilledCount).toBe(Math.floor(Math.max(0, count - 1) / runBlobs) * runBlobs);
    for (let at = 0; at < count; at++) {
      const entry = index.find(typeAt(at), idOf(at));
      if (entry !== at) expect.fail(`blob ${at} is entry ${entry}`);
      expect(index.location(at)).toEqual({
        pack: Math.floor(at / 7),
        offset: at,
        length: 100 + at,
        uncompressedLength: at % 2 === 0 ? 0 : 4096 + at,
      });
      expect([index.blobId(at), index.blobType(at)]).toEqual([idOf(at).toString('hex'), typeAt(at)]);
      expect(index.packId(index.packOf(at))).toBe(idOf(`pack ${at - (at % 7)}`).toString('hex'));
      // Of the other type, with the same id, there is none.
      if (at % 50 === 0) expect(index.find(typeAt(at + 1 + (at % 3 === 1 ? 1 : 0)), idOf(at))).toBe(-1);
    }
    for (let at = 0; at < 2000; at++) expect(index.find('data', idOf(`other ${at}`))).toBe(-1);
    index.close();
    index.close();
  });

  test('keeps the first place of what is listed twice, in whatever part it lies', () => {
    const index = filled(3500, files(8000));
    const known: number[] = [];
    const again = Array.from({ length: 3500 }, (_, at) => blobAt(at));
    const pack = index.addPack(idOf('again'));
    index.addBlobs(pack, again, idsOf(3500), (position, entry) => known.push(position === entry ? 1 : 0));
    expect(known).toEqual(Array.from({ length: 3500 }, () => 1));
    expect(index.blobCount).toBe(3500);
    index.close();
  });

  test('takes what a run claims into memory, after all that was loaded', () => {
    const index = filled(2500, files(2500));
    const fresh = 3 * runBlobs;
    for (let at = 0; at < fresh; at++) {
      expect(index.claim('data', idOf(`new ${at}`))).toBe(true);
      expect(index.claim('data', idOf(`new ${at}`))).toBe(false);
      if (at < 2500) expect(index.claim(typeAt(at), idOf(at))).toBe(false);
    }
    expect(index.spilledCount).toBe(2000);
    for (let at = 0; at < fresh; at++) {
      const entry = index.find('data', idOf(`new ${at}`));
      expect(entry).toBe(2500 + at);
      expect(index.location(entry)).toBeNull();
    }
    index.close();
  });

  test('gives an entry another place, and every thread sees it', async () => {
    const index = filled(4000, files(4000));
    const places = { pack: 3, offset: 0xffff_fff0, length: 0xffff_fff1, uncompressedLength: 0xffff_fff2 };
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.url).then(({ BlobIndex }) => {
        const index = BlobIndex.attach(workerData.shared);
        parentPort.on('message', (entries) => parentPort.postMessage(entries.map((entry) => [index.find(entry % 3 === 0 ? 'tree' : 'data', workerData.ids[entry]), index.location(entry)])));
        parentPort.postMessage('ready');
      });`;
    const url = new URL('../../../electron/engine/repository/blob-index.ts', import.meta.url).href;
    const ids = Array.from({ length: 4000 }, (_, at) => idOf(at));
    const worker = new Worker(script, { eval: true, workerData: { url, shared: index.shared, ids } });
    await once(worker, 'message');
    const entries = [0, 1, 127, 128, 999, 1000, 2999, 3000, 3999];
    const ask = async (): Promise<unknown> => {
      worker.postMessage(entries);
      const [answer] = (await once(worker, 'message')) as [unknown];
      return answer;
    };
    const expected = entries.map((entry) => [entry, index.location(entry)]);
    expect(await ask()).toEqual(expected);
    for (const entry of entries) index.relocate(entry, { ...places, offset: places.offset - entry });
    const moved = entries.map((entry) => [entry, { ...places, offset: places.offset - entry }]);
    expect(entries.map((entry) => [entry, index.location(entry)])).toEqual(moved);
    expect(await ask()).toEqual(moved);
    expect(index.blobType(0)).toBe('tree');
    expect(index.blobType(1)).toBe('data');
    await worker.terminate();
    index.close();
  });

  test('reads what lies at the end of the files also when more has come after it', () => {
    const index = BlobIndex.create(8000, files(8000));
    for (let at = 0; at < 8000; at++) {
      index.addBlobs(0, [blobAt(at)], idOf(at));
      const last = index.spilledCount - 1;
      // Its neighbours are read together with it, and are kept.
      for (const entry of [last, last + 1, last - 999])
        if (entry >= 0 && index.blobId(entry) !== idOf(entry).toString('hex')) expect.fail(`entry ${entry} of ${at}`);
    }
    index.close();
  });

  test('leaves nothing behind in the folder it lies in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-index-'));
    setIndexRoom({ folder: join(folder, 'scratch') });
    try {
      const index = filled(2500, files(2500));
      expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
      index.close();
    } finally {
      setIndexRoom({ folder: tmpdir() });
      await rm(folder, { recursive: true });
    }
  });
});
