import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { checkResultSchema } from '../../../shared/contract/repository.ts';
import type { HoldfastResult } from '../../support/holdfast.ts';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import {
  expectCalm,
  expectGoodFiles,
  expectNamed,
  makeScene,
  meet,
  restored,
  restoreSafely,
  writeHostileSnapshot,
  type Scene,
} from '../../support/hostile.ts';
import { raw, encodeRawJson } from '../../support/raw-json.ts';
import { fileNode, type Fields } from '../../support/restic-nodes.ts';
import { type IndexedPack, type PackedBlob } from '../../support/restic-repository.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

const codes: readonly ErrorCode[] = ['BLOB_DAMAGED', 'BLOB_MISSING', 'STORED_FILE_DAMAGED', 'STORED_FILE_MISSING'];
const content = 'the content of the file whose index entry lies';

/** A file whose pack has an index of its own, which lies; everything else has an honest index. */
function writeWithLie({ repository }: Scene, lie: Lie, index: number): Fields[] {
  repository.writeIndex();
  const neighbour = repository.addBlob('data', `a neighbour in the same pack, to overlap with ${index}`);
  const liar = fileNode(repository, 'liar', `${content} ${index}`);
  repository.writeIndex((packs) => {
    for (const pack of packs) {
      const blob = pack.blobs.find(({ id }) => id !== neighbour);
      if (blob !== undefined) lie(blob, pack);
    }
    return packs;
  });
  return [liar];
}

type Lie = (blob: PackedBlob, pack: IndexedPack) => unknown;

const lies: Readonly<Record<string, Lie>> = {
  'an offset beyond the pack': (blob) => (blob.offset = 1_000_000),
  'a length beyond the pack': (blob) => (blob.length = 1_000_000),
  'a length of 4 GiB': (blob) => (blob.length = 2 ** 32 - 1),
  'an offset that makes two blobs overlap': (blob) => (blob.offset -= 10),
  'a length that is too small': (blob) => (blob.length -= 1),
  'a length of 5 bytes': (blob) => (blob.length = 5),
  'a length of nothing': (blob) => (blob.length = 0),
  'the place of another blob': (blob) => Object.assign(blob, { offset: 0 }),
  'tree for data': (blob) => (blob.type = 'tree'),
  'a pack that is not there': (_, pack) => (pack.id = 'ef'.repeat(32)),
  'no compressed length': (blob) => delete blob.uncompressed_length,
  'a compressed length that is too large': (blob) => (blob.uncompressed_length = 7_000_000),
};

/** Index entries that no parser may take; the entries of other index files must stay usable. */
const malformed: Readonly<Record<string, unknown>> = {
  'a negative offset': { id: 'ab'.repeat(32), type: 'data', offset: -1, length: 100 },
  'an offset of 2^63': { id: 'ab'.repeat(32), type: 'data', offset: raw('9223372036854775808'), length: 100 },
  'a length with a fraction': { id: 'ab'.repeat(32), type: 'data', offset: 0, length: 1.5 },
  'a length beyond all numbers': { id: 'ab'.repeat(32), type: 'data', offset: 0, length: raw('1e999') },
  'an id that is too short': { id: 'ab', type: 'data', offset: 0, length: 100 },
  'an id that is no hexadecimal': { id: 'zz'.repeat(32), type: 'data', offset: 0, length: 100 },
  'an unknown type': { id: 'ab'.repeat(32), type: 'hologram', offset: 0, length: 100 },
  'a null': null,
  'a hundred thousand brackets': raw(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
};

describe('an index that lies costs what it lies about', () => {
  const gallery = hangGallery(
    Object.fromEntries(
      Object.entries(lies).map(([what, lie], index): [string, Exhibit] => [
        what,
        (scene) => writeWithLie(scene, lie, index),
      ]),
    ),
  );
  for (const what of Object.keys(lies)) {
    test(what, () => {
      // A wrong length also makes the length of the file look wrong.
      gallery.expectNamed(what, codes, ['TREE_INVALID']);
      gallery.expectGoodFiles(what);
    });
  }
});

describe('an index that tells two places for a blob', () => {
  test('is believed where one of them is a lie', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const liar = fileNode(repository, 'liar', content);
    repository.flush();
    let honest: IndexedPack[] = [];
    repository.writeIndex((packs) => {
      honest = structuredClone(packs);
      for (const pack of packs) for (const blob of pack.blobs) blob.offset += 1_000_000;
      return packs;
    });
    repository.putFile('index', JSON.stringify({ packs: honest }));
    writeHostileSnapshot(repository, [liar]);
    const result = await restoreSafely(scene);
    expect([0, 3]).toContain(result.code);
    if (result.code === 0) expect(readFileSync(restored(scene, 'liar'), 'utf8')).toBe(content);
    else expectNamed(result, '/data/hostile/liar', codes);
    expectGoodFiles(scene);
  });
});

/** Index files that cannot be used, by what is wrong with them; each gives the name of its file. */
const unusable: Readonly<Record<string, (scene: Scene) => string>> = {
  ...Object.fromEntries(
    Object.entries(malformed).map(([what, entry]): [string, (scene: Scene) => string] => [
      what,
      ({ repository }) =>
        repository.putFile('index', encodeRawJson({ packs: [{ id: 'cd'.repeat(32), blobs: [entry] }] })),
    ]),
  ),
  garbage: ({ repository }) => repository.putRaw('index', randomBytes(500)),
  'no bytes': ({ repository }) => repository.putRaw('index', Buffer.alloc(0)),
  'fewer bytes than sealing needs': ({ repository }) => repository.putRaw('index', randomBytes(20)),
  'a name that is not its hash': ({ repository }) => repository.putRaw('index', randomBytes(500), 'ab'.repeat(32)),
  'no JSON': ({ repository }) => repository.putFile('index', 'no JSON'),
  'JSON that breaks off': ({ repository }) => repository.putFile('index', '{"packs":[{"id":'),
  'packs that are no list': ({ repository }) => repository.putFile('index', '{"packs":5}'),
  'an unknown encoding': ({ repository }) => repository.putFile('index', '', Buffer.from('not zstd')),
};

describe('index files that cannot be used do not take the others with them', () => {
  let scene: Scene;
  const names = new Map<string, string>();
  let checked: HoldfastResult;
  beforeAll(async () => {
    scene = await makeScene();
    writeHostileSnapshot(scene.repository, []);
    for (const [what, write] of Object.entries(unusable)) names.set(what, write(scene));
    checked = await meet(scene.workspace, ['check', '--json']);
  });
  afterAll(async () => scene[Symbol.asyncDispose]());

  test('files are restored', async () => {
    const result = await restoreSafely(scene);
    expect([0, 3]).toContain(result.code);
    expectGoodFiles(scene);
  });

  test('check stays calm and fails', () => {
    expectCalm(checked);
    expect(checked.code).toBe(1);
  });

  for (const what of Object.keys(unusable)) {
    test(`check names the one with ${what}`, () => {
      const named = checked.json(checkResultSchema).errors.map(({ path }) => path);
      expect(named.filter((path) => path.includes(names.get(what)?.slice(0, 8) ?? '?'))).not.toEqual([]);
    });
  }
});

test('an index file that inflates to 512 MiB stays within memory', async () => {
  await using scene = await makeScene();
  writeHostileSnapshot(scene.repository, []);
  scene.repository.putFile('index', '', makeBomb(512 * 1024 * 1024, 0x20));
  const result = await restoreSafely(scene, { alone: true });
  expect([0, 3]).toContain(result.code);
  expectGoodFiles(scene);
  const checked = await meet(scene.workspace, ['check', '--json'], { alone: true });
  expectCalm(checked);
  expect(checked.code).toBe(1);
});

describe('a pack header that lies is found by reading all data', () => {
  const headers: Readonly<Record<string, (blobs: readonly PackedBlob[]) => readonly PackedBlob[]>> = {
    'another id': ([first, ...rest]) => (first === undefined ? rest : [{ ...first, id: 'ab'.repeat(32) }, ...rest]),
    'another length': ([first, ...rest]) =>
      first === undefined ? rest : [{ ...first, length: first.length + 7 }, ...rest],
    'another type': (blobs) => blobs.map((blob) => ({ ...blob, type: 'tree' as const })),
    'no blobs': () => [],
    'a thousand blobs too many': (blobs) => [...blobs, ...Array.from({ length: 1000 }, () => blobs[0] ?? []).flat()],
  };
  for (const [what, header] of Object.entries(headers)) {
    test(what, async () => {
      await using scene = await makeScene();
      const { repository, workspace } = scene;
      const liar = fileNode(repository, 'liar', content);
      repository.flush({ header });
      writeHostileSnapshot(repository, [liar]);
      // The index is right, so nothing is lost.
      const result = await restoreSafely(scene);
      expect(result.code).toBe(0);
      expect(readFileSync(restored(scene, 'liar'), 'utf8')).toBe(content);
      const checked = await meet(workspace, ['check', '--read-data', '--json']);
      expectCalm(checked);
      expect(checked.code).not.toBe(0);
      expect(checked.json(checkResultSchema).errors.map(({ code }) => code)).toContain('STORED_FILE_DAMAGED');
    });
  }

  test('a header length beyond the file, and one of 4 GiB', async () => {
    for (const length of [1_000_000, 2 ** 32 - 1]) {
      await using scene = await makeScene();
      const { repository, workspace } = scene;
      const liar = fileNode(repository, 'liar', content);
      repository.flush({
        damage: (pack) => {
          pack.writeUInt32LE(length, pack.length - 4);
          return pack;
        },
      });
      writeHostileSnapshot(repository, [liar]);
      expect((await restoreSafely(scene)).code).toBe(0);
      const checked = await meet(workspace, ['check', '--read-data', '--json']);
      expectCalm(checked);
      expect(checked.code).not.toBe(0);
    }
  });
});
