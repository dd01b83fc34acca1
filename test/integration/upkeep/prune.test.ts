import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BackendCall } from '../../../electron/engine/repository/backend/faults.ts';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { createRepository } from '../../support/restic-repository.ts';
import {
  damageIn,
  flipByte,
  goneFor,
  makeKnownRepository,
  packFile,
  prune,
  repair,
  storedNames,
  treeOf,
  upkeepPassword,
} from '../../support/upkeep-repository.ts';

const everything = (location: string): readonly string[] =>
  (['data', 'index', 'snapshots', 'locks'] as const).flatMap((type) => [...storedNames(location, type)]).toSorted();

/** Nothing was removed or written, and the failure has that code. */
async function expectRefusal(location: string, code: ErrorCode, message: RegExp): Promise<void> {
  const before = everything(location);
  const failure = await prune(location).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(HoldfastError);
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(everything(location)).toEqual(before);
}

describe('prune', () => {
  test('says what goes and why, and then removes exactly that', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    const before = everything(place.folder);
    const dry = await prune(place.folder, { dryRun: true });
    expect(everything(place.folder), 'a dry run changes nothing').toEqual(before);
    expect(dry.plan).toMatchObject({
      snapshots: 1,
      used: { blobs: 4 },
      dead: { packs: 3, blobs: 5 },
      leftovers: { packs: 1, bytes: 500 },
      missing: { packs: 0 },
      repack: { packs: 1, copiedBlobs: 1, freedBlobs: 1 },
      duplicates: { blobs: 1 },
      withinLimit: { packs: 0 },
      overBudget: { packs: 0 },
    });
    const { outcome, plan } = await prune(place.folder);
    expect(plan).toEqual(dry.plan);
    const left = storedNames(place.folder, 'data');
    expect(goneFor(known, left)).toEqual(['dead', 'partly', 'copies', 'leftover', 'deadTrees']);
    expect(left, 'whole, trees and the new pack').toHaveLength(3);
    expect(outcome).toMatchObject({ removedPacks: 5, copiedBlobs: 1, issues: [] });
    expect(storedNames(place.folder, 'index')).toHaveLength(1);
    expect(storedNames(place.folder, 'locks')).toEqual([]);
    expect(await damageIn(place.folder)).toEqual([]);
    const again = await prune(place.folder);
    expect(again.plan.freedBytes).toBe(0);
    expect(storedNames(place.folder, 'data')).toEqual(left);
  });

  test('leaves partly needed packs alone where the limit or the budget says so', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    const unlimited = await prune(place.folder, { maxUnused: 'unlimited', dryRun: true });
    expect(unlimited.plan).toMatchObject({ repack: { packs: 0 }, withinLimit: { packs: 1 }, dead: { packs: 3 } });
    const { plan } = await prune(place.folder, { maxRepackBytes: 0 });
    expect(plan).toMatchObject({ repack: { packs: 0 }, overBudget: { packs: 1 }, dead: { packs: 3 } });
    expect(storedNames(place.folder, 'data')).toContain(known.packs.partly);
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('takes what is gone and not needed out of the index', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    rmSync(packFile(place.folder, known.packs.dead));
    expect((await prune(place.folder)).plan.missing.packs).toBe(1);
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('removes temporary files of killed saves once they are a day old, whoever was at them', async () => {
    await using place = await makeLocalPlace();
    makeKnownRepository(place.folder);
    const name = 'ab'.repeat(32);
    const put = (path: string, ageHours: number): string => {
      const file = join(place.folder, path);
      writeFileSync(file, 'half of it');
      const time = Date.now() / 1000 - ageHours * 3600;
      utimesSync(file, time, time);
      return file;
    };
    const old = [put(`index/${name}-tmp-0123456789ab`, 25), put(`locks/${name}-restic-temp-00ff`, 400)];
    const fresh = [put(`snapshots/${name}-tmp-4711`, 23), put(`index/${name}-tmp-99`, -100)];
    const dry = await prune(place.folder, { dryRun: true });
    expect(dry.plan.unfinished).toEqual({ files: 2, bytes: 20 });
    expect(old.every((file) => existsSync(file))).toBe(true);
    const { outcome, plan } = await prune(place.folder);
    expect(plan.unfinished).toEqual({ files: 2, bytes: 20 });
    expect(old.some((file) => existsSync(file))).toBe(false);
    expect(fresh.every((file) => existsSync(file))).toBe(true);
    expect(outcome.freedBytes).toBeGreaterThan(20);

    // Also when there is nothing else to do.
    const last = put(`keys/${name}-tmp-1`, 48);
    const again = await prune(place.folder);
    expect(again.outcome).toMatchObject({ removedPacks: 0, freedBytes: 10 });
    expect(existsSync(last)).toBe(false);
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('removes nothing while a folder of a snapshot cannot be read, and says of which', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    flipByte(packFile(place.folder, known.packs.trees), 40);
    await expectRefusal(place.folder, 'BLOB_DAMAGED', new RegExp(known.snapshot.slice(0, 8)));
  });

  test('removes nothing while anything a snapshot needs is missing', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    const other = known.writer.writeSnapshot(known.writer.addBlob('tree', treeOf(['ab'.repeat(32)])));
    await expectRefusal(place.folder, 'BLOB_MISSING', new RegExp(other.slice(0, 8)));
  });

  test('removes nothing while a tree does not say clearly what it needs', async () => {
    await using place = await makeLocalPlace();
    const { writer } = makeKnownRepository(place.folder);
    writer.writeSnapshot(writer.addBlob('tree', '{"nodes":[{"name":"a","type":"file","content":["A"]}]}\n'));
    await expectRefusal(place.folder, 'TREE_INVALID', /what .* needs cannot be told/i);
  });

  test('removes nothing while a pack that is needed is gone or too short', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    const file = packFile(place.folder, known.packs.partly);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, -1));
    await expectRefusal(place.folder, 'STORED_FILE_DAMAGED', new RegExp(known.packs.partly));
    rmSync(file);
    await expectRefusal(place.folder, 'STORED_FILE_MISSING', new RegExp(known.packs.partly));
  });

  test.each(['index', 'snapshots'] as const)('removes nothing while a file in %s is damaged', async (type) => {
    await using place = await makeLocalPlace();
    makeKnownRepository(place.folder);
    const [name = ''] = storedNames(place.folder, type);
    flipByte(join(place.folder, type, name), 30);
    await expectRefusal(place.folder, 'STORED_FILE_DAMAGED', new RegExp(name));
  });

  test('does not copy a damaged blob, leaves its pack, names it, and removes the rest', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    flipByte(packFile(place.folder, known.packs.partly), 50);
    const { outcome, issues } = await prune(place.folder);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ path: `data/${known.packs.partly}`, code: 'BLOB_DAMAGED' });
    expect(issues[0]?.message).toContain(known.blobs.inPartly.slice(0, 8));
    expect(outcome.issues).toEqual(issues);
    expect(goneFor(known, storedNames(place.folder, 'data'))).toEqual(['dead', 'copies', 'leftover', 'deadTrees']);
  });

  test('counts a further copy once where two index files list it, as after a prune that was stopped', async () => {
    await using place = await makeLocalPlace();
    const writer = createRepository(place.folder, { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } });
    const shared = writer.addBlob('data', Buffer.alloc(3000, 1), { compressed: false });
    writer.addBlob('data', Buffer.alloc(3000, 2), { compressed: false });
    writer.flush();
    writer.addBlob('data', Buffer.alloc(3000, 1), { compressed: false });
    const other = writer.addBlob('data', Buffer.alloc(3000, 3), { compressed: false });
    writer.flush();
    writer.writeIndex((packs) => {
      writer.putFile('index', JSON.stringify({ packs }));
      return packs;
    });
    writer.writeSnapshot(writer.addBlob('tree', treeOf([shared, other])));
    const { plan } = await prune(place.folder);
    expect(plan).toMatchObject({ dead: { packs: 1 }, repack: { packs: 0 }, duplicates: { blobs: 1 } });
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('keeps the other copy of a blob where the one that would stay is damaged', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    flipByte(packFile(place.folder, known.packs.whole), 50);
    const { issues } = await prune(place.folder);
    expect(issues.map(({ code }) => code)).toEqual(['BLOB_DAMAGED']);
    const left = storedNames(place.folder, 'data');
    expect(left).toContain(known.packs.copies);
    expect(left).toContain(known.packs.whole);
  });
});

describe('prune, beside others', () => {
  test('does not remove what a snapshot needs that was stored while it planned', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    let planned = false;
    const before = (call: BackendCall): void => {
      if (!planned || call.operation !== 'save' || call.handle.type !== 'locks') return;
      planned = false;
      known.writer.writeSnapshot(known.forgottenTree);
    };
    const { plan } = await prune(place.folder, {
      wrap: (backend) => withFaults(backend, { before }),
      onPlan: () => (planned = true),
    });
    expect(plan.dead.packs).toBe(3);
    expect(goneFor(known, storedNames(place.folder, 'data'))).not.toContain('dead');
    expect(goneFor(known, storedNames(place.folder, 'data'))).not.toContain('deadTrees');
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('looks again where somebody rewrote the index meanwhile', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    let plans = 0;
    let rewritten = false;
    const before = async (call: BackendCall): Promise<void> => {
      if (plans === 0 || rewritten || call.operation !== 'save' || call.handle.type !== 'locks') return;
      rewritten = true;
      await repair(place.folder);
    };
    const { notices } = await prune(place.folder, {
      wrap: (backend) => withFaults(backend, { before }),
      onPlan: () => (plans += 1),
    });
    expect(plans).toBe(2);
    expect(notices.join()).toContain('rewritten the index');
    // The rewritten index lists what was no pack of the old one; nothing needed is gone.
    expect(goneFor(known, storedNames(place.folder, 'data'))).toContain('dead');
    expect(await damageIn(place.folder)).toEqual([]);
  });

  test('is refused while somebody else is at work, and nothing is gone', async () => {
    await using place = await makeLocalPlace();
    const { writer } = makeKnownRepository(place.folder);
    const lock = { time: new Date().toISOString(), exclusive: false, hostname: 'elsewhere', username: 'x', pid: 1 };
    writer.putFile('locks', JSON.stringify(lock));
    await expectRefusal(place.folder, 'REPOSITORY_LOCKED', /locked by x@elsewhere/);
  });
});

describe('prune, interrupted', () => {
  test('by a full disk, copies less at a time and still gets through', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    // Three more packs to copy from; there is room for one new pack at a time.
    for (let more = 0; more < 3; more++) {
      const needed = known.writer.addBlob('data', Buffer.from(`needed ${more} `.repeat(400)), { compressed: false });
      known.writer.addBlob('data', Buffer.from(`unneeded ${more} `.repeat(400)), { compressed: false });
      known.writer.writeIndex();
      known.writer.writeSnapshot(known.writer.addBlob('tree', treeOf([needed])));
    }
    let written = 0;
    const before = (call: BackendCall): void => {
      if (call.operation === 'remove' && call.handle.type === 'data') written = 0;
      if (call.operation !== 'save' || call.handle.type !== 'data') return;
      written += 1;
      if (written > 1) throw new HoldfastError('NO_SPACE', 'The disk is full.');
    };
    await prune(place.folder, { wrap: (backend) => withFaults(backend, { before }) });
    expect(await damageIn(place.folder)).toEqual([]);
    expect(storedNames(place.folder, 'data')).not.toContain(known.packs.partly);
    expect((await prune(place.folder, { dryRun: true })).plan.freedBytes).toBe(0);
  });

  test('by the operator, before it begins to write, changes nothing', async () => {
    await using place = await makeLocalPlace();
    makeKnownRepository(place.folder);
    const before = everything(place.folder);
    const controller = new AbortController();
    const run = prune(place.folder, { signal: controller.signal, onPlan: () => controller.abort() });
    await expect(run).rejects.toThrow(/abort/i);
    expect(everything(place.folder)).toEqual(before);
  });

  test('reads what a stuttering backend returns, and never takes wrong bytes for good ones', async () => {
    await using place = await makeLocalPlace();
    const known = makeKnownRepository(place.folder);
    const loaded = (handle: { type: string; name: string }, data: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> => {
      if (handle.type === 'data' && handle.name === known.packs.partly) data[50] = (data[50] ?? 0) ^ 1;
      return data;
    };
    const { issues } = await prune(place.folder, { wrap: (backend) => withFaults(backend, { loaded }) });
    expect(issues.map(({ path }) => path)).toEqual([`data/${known.packs.partly}`]);
    expect(storedNames(place.folder, 'data')).toContain(known.packs.partly);
    expect(await damageIn(place.folder), 'what lies there is whole').toEqual([]);
  });
});
