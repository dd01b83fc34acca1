import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import {
  expectGoodFiles,
  expectNamed,
  inspectSafely,
  makeScene,
  restored,
  restoreSafely,
  writeHostileSnapshot,
} from '../../support/hostile.ts';
import { fileNode } from '../../support/restic-nodes.ts';
import { sha256, type BlobOptions, type ResticRepository } from '../../support/restic-repository.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

const codes: readonly ErrorCode[] = ['BLOB_DAMAGED', 'BLOB_MISSING'];
const mib = 1024 * 1024;
const bombBytes = 512 * mib;

const writeFileOf = (repository: ResticRepository, blobs: readonly string[], size: number) =>
  writeHostileSnapshot(repository, [fileNode(repository, 'liar', '', { size, content: blobs })]);

/** How the blob of one file is stored, where its content should be as given. */
const plain = Buffer.from('what the blob should hold');
const damaged: Readonly<Record<string, (content: Buffer) => BlobOptions>> = {
  'another content than its id says': () => ({ id: 'ab'.repeat(32) }),
  'no zstd at all': () => ({ compressed: Buffer.from('this is no zstd stream') }),
  'no bytes where a zstd stream should be': () => ({ compressed: Buffer.alloc(0) }),
  'half a zstd stream': () => ({ compressed: makeBomb(200_000).subarray(0, 8) }),
  'two zstd streams': () => ({ compressed: Buffer.concat([makeBomb(10, 65), makeBomb(10, 65)]) }),
  'a zstd stream of another content': ({ length }) => ({ compressed: makeBomb(length, 65) }),
  'a compressed length that is too large': ({ length }) => ({ uncompressedLength: length + 1 }),
  'a compressed length that is too small': ({ length }) => ({ uncompressedLength: length - 1 }),
  'a compressed length of zero': () => ({ uncompressedLength: 0 }),
  'a compressed length of 4 GiB': () => ({ uncompressedLength: 2 ** 32 - 1 }),
  'plain content that is declared compressed': (content) => ({
    compressed: content,
    uncompressedLength: content.length,
  }),
};

describe('a damaged blob costs the file it belongs to, which is named', () => {
  const gallery = hangGallery(
    Object.fromEntries(
      Object.entries(damaged).map(([what, options], index): [string, Exhibit] => [
        what,
        ({ repository }) => {
          const content = Buffer.concat([plain, Buffer.from(` ${String(index).padStart(3, '0')}`)]);
          const id = repository.addBlob('data', content, options(content));
          return [fileNode(repository, 'liar', '', { size: content.length, content: [id] })];
        },
      ]),
    ),
  );
  for (const what of Object.keys(damaged)) {
    test(what, () => {
      // A wrong length also makes the length of the file look wrong.
      gallery.expectNamed(what, codes, ['TREE_INVALID']);
      gallery.expectGoodFiles(what);
    });
  }

  test('a blob that is not stored', async () => {
    await using scene = await makeScene();
    writeFileOf(scene.repository, ['cd'.repeat(32)], 10);
    expectNamed(await restoreSafely(scene), '/data/hostile/liar', ['BLOB_MISSING']);
    expectGoodFiles(scene);
    await inspectSafely(scene);
  });

  test('is found without reading back, too: another content than its id says', async () => {
    await using scene = await makeScene();
    const id = scene.repository.addBlob('data', plain, { id: 'ab'.repeat(32) });
    writeFileOf(scene.repository, [id], plain.length);
    const result = await restoreSafely(scene, { args: ['--no-verify'] });
    expectNamed(result, '/data/hostile/liar', ['BLOB_DAMAGED']);
    expectGoodFiles(scene);
  });

  test('one blob of three is not stored', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const [first, last] = [repository.addBlob('data', 'first'), repository.addBlob('data', 'last')];
    writeFileOf(repository, [first, 'cd'.repeat(32), last], 100);
    expectNamed(await restoreSafely(scene), '/data/hostile/liar', ['BLOB_MISSING']);
    expectGoodFiles(scene);
  });

  test('a file that is made of a quarter of a million times the same blob', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const id = repository.addBlob('data', 'x');
    writeFileOf(
      repository,
      Array.from({ length: 250_000 }, () => id),
      250_000,
    );
    const result = await restoreSafely(scene);
    expect(result.code).toBe(0);
    expect(readFileSync(restored(scene, 'liar')).equals(Buffer.alloc(250_000, 'x'))).toBe(true);
    await inspectSafely(scene);
  }, 120_000);

  test('a flipped bit in the pack', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const id = repository.addBlob('data', plain);
    repository.flush({
      damage: (pack) => {
        pack[20] = (pack[20] ?? 0) ^ 1;
        return pack;
      },
    });
    writeFileOf(repository, [id], plain.length);
    expectNamed(await restoreSafely(scene), '/data/hostile/liar', ['BLOB_DAMAGED']);
    expectGoodFiles(scene);
    await inspectSafely(scene);
  });

  test('a tree blob where data should be', async () => {
    await using scene = await makeScene();
    const id = scene.repository.addBlob('tree', '{"nodes":[]}\n');
    writeFileOf(scene.repository, [id], 13);
    expectNamed(await restoreSafely(scene), '/data/hostile/liar', codes);
    expectGoodFiles(scene);
  });
});

describe('a blob that inflates to 512 MiB stays within memory', () => {
  const honestId = sha256(Buffer.alloc(bombBytes));

  const bombs: Readonly<Record<string, BlobOptions>> = {
    'declared small': { compressed: makeBomb(bombBytes), uncompressedLength: 100 },
    'declared small, with its true size in the stream': {
      compressed: makeBomb(bombBytes, 0, bombBytes),
      uncompressedLength: 100,
    },
    'declared small in the stream too': { compressed: makeBomb(bombBytes, 0, 100), uncompressedLength: 100 },
    'declared truly, with another id': { compressed: makeBomb(bombBytes), uncompressedLength: bombBytes },
    'declared as 4 GiB': { compressed: makeBomb(bombBytes), uncompressedLength: 2 ** 32 - 1 },
  };

  // One process meets all of them, one behind the other: what one of them leaves behind is in the peak as well.
  const exhibits = (['data', 'tree'] as const).flatMap((type) =>
    Object.entries(bombs).map(([what, options], index): [string, Exhibit] => [
      `as ${type}: ${what}`,
      ({ repository }) => {
        const id = repository.addBlob(type, Buffer.alloc(100, type === 'data' ? index : index + 100), options);
        return type === 'tree' ? id : [fileNode(repository, 'liar', '', { size: 100, content: [id] })];
      },
    ]),
  );
  const gallery = hangGallery(Object.fromEntries(exhibits), { alone: true });
  for (const [what] of exhibits) {
    test(what, () => {
      gallery.expectNamed(what, [...codes, 'TREE_INVALID']);
      if (what.startsWith('as data')) gallery.expectGoodFiles(what);
    });
  }

  test('as data, altogether true', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const id = repository.addBlob('data', '', {
      id: honestId,
      compressed: makeBomb(bombBytes),
      uncompressedLength: bombBytes,
    });
    writeFileOf(repository, [id], bombBytes);
    const result = await restoreSafely(scene, { alone: true });
    expect([0, 3]).toContain(result.code);
    if (result.code === 3) expectNamed(result, '/data/hostile/liar', codes);
    else expect(existsSync(restored(scene, 'liar'))).toBe(true);
    expectGoodFiles(scene);
    await inspectSafely(scene, { alone: true });
  }, 120_000);

  test('fifty of them in one file', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const ids = Array.from({ length: 50 }, (_, index) =>
      repository.addBlob('data', '', {
        id: sha256(Buffer.from(`bomb ${index}`)),
        compressed: makeBomb(bombBytes, index),
        uncompressedLength: 8 * mib,
      }),
    );
    writeFileOf(repository, ids, 50 * 8 * mib);
    expectNamed(await restoreSafely(scene, { alone: true }), '/data/hostile/liar', codes);
    expectGoodFiles(scene);
    await inspectSafely(scene, { alone: true });
  }, 120_000);
});
