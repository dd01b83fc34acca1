import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import {
  expectCalm,
  expectGoodFiles,
  expectNamed,
  inspectSafely,
  makeScene,
  meet,
  memoryLimitBytes,
  restoreSafely,
  writeHostileSnapshot,
} from '../../support/hostile.ts';
import { peakOfGroup } from '../../support/peak-of-group.ts';
import { addTree, encodeTree, fileNode, folderNode } from '../../support/restic-nodes.ts';
import type { ResticRepository } from '../../support/restic-repository.ts';
import { amount } from '../../support/torture/rounds.ts';

const codes: readonly ErrorCode[] = ['TREE_INVALID', 'BLOB_DAMAGED', 'BLOB_MISSING'];

/** Trees that are none: the folder is named, the one beside it comes back. */
const broken: Readonly<Record<string, Exhibit>> = {
  'no bytes at all': ({ repository }) => repository.addBlob('tree', ''),
  'JSON that breaks off': ({ repository }) =>
    repository.addBlob(
      'tree',
      encodeTree([fileNode(repository, 'a', 'a'), fileNode(repository, 'b', 'b')]).slice(0, -40),
    ),
  'no JSON': ({ repository }) => repository.addBlob('tree', 'this is not JSON'),
  'JSON with something behind it': ({ repository }) => repository.addBlob('tree', '{"nodes":[]}{"nodes":[]}'),
  'a list': ({ repository }) => repository.addBlob('tree', '[]'),
  null: ({ repository }) => repository.addBlob('tree', 'null'),
  'nodes that are no list': ({ repository }) => repository.addBlob('tree', '{"nodes":"none"}'),
  'a hundred thousand brackets': ({ repository }) =>
    repository.addBlob('tree', `{"nodes":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`),
  'a hundred thousand brackets in a field': ({ repository }) =>
    repository.addBlob('tree', `{"nodes":[{"name":"x","later":${'['.repeat(100_000)}}]}`),
  'bytes of another id': ({ repository }) =>
    repository.addBlob('tree', encodeTree([fileNode(repository, 'a', 'a')]), { id: 'ab'.repeat(32) }),
  'an id that is not stored': () => 'cd'.repeat(32),
  'a data blob': ({ repository }) => repository.addBlob('data', encodeTree([])),
};

/** Unusual, and still trees. */
const emptyTrees: Readonly<Record<string, string>> = {
  'null where the nodes should be': '{"nodes":null}\n',
  'fields of a later version around the nodes': '{"later":[1],"nodes":[],"more":{"a":null}}\n',
};

describe('a folder whose tree is broken is named, and the folder beside it comes back', () => {
  const gallery = hangGallery(broken);
  for (const what of Object.keys(broken)) test(what, () => gallery.expectNamed(what, codes));

  test('a root tree that is broken fails in one sentence', async () => {
    await using scene = await makeScene();
    scene.repository.writeSnapshot(scene.repository.addBlob('tree', '{"nodes":['));
    const result = await restoreSafely(scene);
    expect([1, 3]).toContain(result.code);
    if (result.code === 1) expect(codes).toContain(result.error().code);
  });
});

describe('a folder without anything in it', () => {
  const gallery = hangGallery(
    Object.fromEntries(
      Object.entries(emptyTrees).map(([what, json]): [string, Exhibit] => [
        what,
        ({ repository }) => repository.addBlob('tree', json),
      ]),
    ),
  );
  for (const what of Object.keys(emptyTrees)) {
    test(what, () => {
      expect(gallery.issuesIn(what)).toEqual([]);
      expect(readdirSync(gallery.restored(what, ''))).toEqual([]);
    });
  }
});

const levels = amount(1_000, 3_000);
const mebibytes = amount(50, 100);
/** At what never ends, ten in a second. */
const looks = amount(25, 50);

describe('trees of hostile shape', () => {
  test(`${levels} levels, whose path is longer than the kernel takes one`, async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    let tree = addTree(repository, [fileNode(repository, 'deepest', 'deepest')]);
    for (let level = 0; level < levels; level++) tree = addTree(repository, [folderNode('level', tree)]);
    writeHostileSnapshot(repository, [folderNode('deep', tree)]);
    const result = await restoreSafely(scene);
    if (result.code !== 0) expectNamed(result, '/data/hostile', ['IO_ERROR', 'TREE_INVALID', 'TARGET_UNUSABLE']);
    expectGoodFiles(scene);
    expectCalm(await meet(workspace, ['ls', 'latest:/data', '--recursive', '--json']));
    await inspectSafely(scene);
  });

  describe('40 levels that each hold the next one twice: 2^40 files from 40 trees', () => {
    const writeExponential = (repository: ResticRepository) => {
      let tree = addTree(repository, [fileNode(repository, 'leaf', 'leaf')]);
      for (let level = 0; level < 40; level++) {
        tree = addTree(repository, [folderNode('left', tree), folderNode('right', tree)]);
      }
      writeHostileSnapshot(repository, [folderNode('wide', tree)]);
    };

    test('are checked once each, and listed one folder at a time', async () => {
      await using scene = await makeScene();
      writeExponential(scene.repository);
      await inspectSafely(scene);
      expectCalm(await meet(scene.workspace, ['stats', '--json']));
      const part = await restoreSafely(scene, { selection: 'latest:/data/sibling' });
      expect(part.code).toBe(0);
      expectGoodFiles(scene, { onlySibling: true });
    });

    for (const args of [
      ['restore', 'latest', '--dry-run', '--json'],
      // It is counted, and refused, otherwise.
      ['restore', 'latest', '--ignore-free-space', '--json'],
      ['ls', 'latest', '--recursive', '--json'],
    ]) {
      test(`can be cancelled while memory stays bounded: ${args.join(' ')}`, async () => {
        await using scene = await makeScene();
        writeExponential(scene.repository);
        const target = args[0] === 'restore' ? ['--to', scene.target] : [];
        const running = scene.workspace.startHoldfast([...args, ...target], { timeoutMs: 60_000 });
        // Listings are read as they come, so that nothing waits for a reader.
        const ended = running.finished.then(() => true);
        for (let waited = 0; waited < looks; waited++) {
          if (await Promise.race([ended, sleep(100, false)])) break;
          expect(peakOfGroup(running.pid)).toBeLessThan(memoryLimitBytes);
        }
        const asked = Date.now();
        running.signal('SIGINT');
        const finished = await running.finished;
        expect(Date.now() - asked).toBeLessThan(15_000);
        expect(finished.code).toBe(1);
        expect(finished.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
        expect(finished.stdout + finished.stderr).toMatch(/CANCELLED|TREE_INVALID/);
      });
    }
  });

  test(`a tree of ${mebibytes} MiB of nodes`, async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const [before, behind] = JSON.stringify(fileNode(repository, 'file-@', '', { size: 0 })).split('@') as [
      string,
      string,
    ];
    const count = Math.ceil((mebibytes * 1024 * 1024) / (before.length + 7 + behind.length + 1));
    const nodes = Array.from({ length: count }, (_, at) => `${before}${String(at).padStart(7, '0')}${behind}`);
    writeHostileSnapshot(repository, repository.addBlob('tree', `{"nodes":[${nodes.join(',')}]}\n`));
    const calmly = async (...args: readonly string[]) => {
      const result = await meet(scene.workspace, [...args, '--json'], { alone: true });
      expectCalm(result, (memoryLimitBytes * Math.min(3, mebibytes / 25)) / 3);
      return result.code;
    };
    expect(await calmly('ls', 'latest:/data/hostile')).toBe(0);
    await calmly('check', '--read-data');
    expect([0, 3]).toContain(await calmly('restore', 'latest', '--to', scene.target, '--dry-run'));
    expect((await restoreSafely(scene, { selection: 'latest:/data/sibling' })).code).toBe(0);
    expectGoodFiles(scene, { onlySibling: true });
  }, 180_000);
});
