/** What every place that can hold a repository must do: the suite each backend runs. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  configHandle,
  describeHandle,
  type Backend,
  type FileHandle,
  type FileType,
} from '../../electron/engine/repository/backend/backend.ts';
import { HoldfastError, type ErrorCode } from '../../shared/model/errors.ts';
import { noise } from './odd-tree.ts';
import { sha256 } from './restic-repository.ts';

export type BackendUnderTest = AsyncDisposable & {
  /** An empty place, before `create`. */
  readonly backend: Backend;
  /** Puts a file there as another program might, under a path below the repository. */
  putStranger(path: string, content: string): Promise<void>;
  /** Everything that lies there, as paths below the repository, sorted. */
  paths(): Promise<readonly string[]>;
};

const named = ['keys', 'locks', 'snapshots', 'index', 'data'] as const satisfies readonly FileType[];
/** The name of a stored file is the hash of what is in it; some places take no other. */
const handleOf = (type: FileType, content: string | Buffer): FileHandle =>
  type === 'config' ? configHandle : { type, name: sha256(Buffer.from(content)) };
const contentOf = (type: FileType): string => `the content of one of ${type}`;
/** One of every kind. */
const oneOfEach: readonly FileHandle[] = [configHandle, ...named.map((type) => handleOf(type, contentOf(type)))];

const escaping = [
  '',
  '.',
  '..',
  '../config',
  '../../etc/passwd',
  '/etc/passwd',
  `${'a'.repeat(64)}/x`,
  `../${'a'.repeat(61)}`,
  'a'.repeat(63),
  'a'.repeat(65),
  'A'.repeat(64),
  `${'a'.repeat(63)}g`,
  `${'a'.repeat(63)}\0`,
  `${'a'.repeat(64)}\n`,
  `${'a'.repeat(64)}-tmp-0`,
];

export type ContractOptions = {
  /** Whether the place shows what killed saves have left; a server sees to that itself. */
  readonly showsUnfinished?: boolean;
};

/** `make` gives a fresh place for each test. */
export function describeBackend(
  title: string,
  make: () => Promise<BackendUnderTest>,
  { showsUnfinished = true }: ContractOptions = {},
): void {
  const created = async (): Promise<BackendUnderTest> => {
    const place = await make();
    await place.backend.create();
    return place;
  };

  describe(`${title}: creating`, () => {
    test('leaves an empty place', async () => {
      await using place = await created();
      for (const type of named) expect(await place.backend.list(type), type).toEqual([]);
    });

    test('a second time before anything was stored does no harm', async () => {
      await using place = await created();
      await place.backend.create();
      for (const type of named) expect(await place.backend.list(type), type).toEqual([]);
    });

    test.each(['snapshots', 'data'] as const)('is refused over %s whose config is lost', async (type) => {
      await using place = await created();
      await place.backend.save(handleOf(type, 'content'), Buffer.from('content'));
      await expectCode(place.backend.create(), 'REPOSITORY_DAMAGED');
      expect((await place.backend.load(handleOf(type, 'content'))).toString()).toBe('content');
    });

    test('is refused where a config is', async () => {
      await using place = await created();
      await place.backend.save(configHandle, Buffer.from('config'));
      await expectCode(place.backend.create(), 'REPOSITORY_EXISTS');
      expect((await place.backend.load(configHandle)).toString()).toBe('config');
    });
  });

  describe(`${title}: saving and loading`, () => {
    test('a file of every kind gives its bytes back', async () => {
      await using place = await created();
      const contents = oneOfEach.map(({ type }) => [type, noise(1000, type)] as const);
      for (const [type, content] of contents) await place.backend.save(handleOf(type, content), content);
      for (const [type, content] of contents) {
        const loaded = await place.backend.load(handleOf(type, content));
        expect(loaded.equals(content), type).toBe(true);
      }
    });

    test('files of every size give their bytes back', async () => {
      await using place = await created();
      for (const size of [0, 1, 4095, 4096, 65_537, 20 * 1024 * 1024 + 1]) {
        const content = noise(size, 'any size');
        const handle = handleOf('data', content);
        await place.backend.save(handle, content);
        const loaded = await place.backend.load(handle);
        expect(loaded.equals(content), `${size} bytes`).toBe(true);
      }
    });

    test('a part of a larger buffer is saved as that part', async () => {
      await using place = await created();
      await place.backend.save(handleOf('data', 'content'), new Uint8Array(Buffer.from('xxcontentxx')).subarray(2, 9));
      expect((await place.backend.load(handleOf('data', 'content'))).toString()).toBe('content');
    });

    test('what was loaded is the caller’s own: changed, or sent to another thread', async () => {
      await using place = await created();
      await place.backend.save(handleOf('data', 'content'), Buffer.from('content'));
      const loaded = await place.backend.load(handleOf('data', 'content'));
      loaded.fill(0);
      const moved = structuredClone(loaded.buffer, { transfer: [loaded.buffer] });
      expect(moved.byteLength).toBe(7);
      expect(loaded.length).toBe(0);
      expect((await place.backend.load(handleOf('data', 'content'))).toString()).toBe('content');
    });

    test('saving the same file again does no harm', async () => {
      await using place = await created();
      for (let round = 0; round < 2; round++)
        await place.backend.save(handleOf('data', 'content'), Buffer.from('content'));
      expect((await place.backend.load(handleOf('data', 'content'))).toString()).toBe('content');
      expect(await place.backend.list('data')).toHaveLength(1);
    });

    test('many files at once all arrive whole', async () => {
      await using place = await created();
      const contents = Array.from({ length: 40 }, (_, at) => noise(5000, `many ${at}`));
      await Promise.all(contents.map((content) => place.backend.save(handleOf('data', content), content)));
      const loaded = await Promise.all(contents.map((content) => place.backend.load(handleOf('data', content))));
      expect(loaded.every((data, at) => data.equals(contents[at] ?? Buffer.of()))).toBe(true);
      expect(await place.backend.list('data')).toHaveLength(40);
    });

    test('nothing but the files lies there afterwards', async () => {
      await using place = await created();
      const before = await place.paths();
      for (const handle of oneOfEach) await place.backend.save(handle, Buffer.from(contentOf(handle.type)));
      const added = (await place.paths()).filter((path) => !before.includes(path));
      expect(added).toHaveLength(oneOfEach.length);
      expect(added.every((path) => path === 'config' || /^(?:data\/[0-9a-f]{2}|\w+)\/[0-9a-f]{64}$/.test(path))).toBe(
        true,
      );
    });
  });

  describe(`${title}: the config`, () => {
    test('is never overwritten', async () => {
      await using place = await created();
      await place.backend.save(configHandle, Buffer.from('first'));
      await expectCode(place.backend.save(configHandle, Buffer.from('second')), 'REPOSITORY_EXISTS');
      expect((await place.backend.load(configHandle)).toString()).toBe('first');
    });

    test('has one winner when several save it at once', async () => {
      await using place = await created();
      const contents = ['a', 'b', 'c', 'd', 'e'];
      const outcomes = await Promise.allSettled(
        contents.map((content) => place.backend.save(configHandle, Buffer.from(content))),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect((await place.backend.load(configHandle)).toString()).toBe(contents[winner]);
      expect((await place.paths()).filter((path) => path.startsWith('config'))).toEqual(['config']);
    });
  });

  describe(`${title}: a range`, () => {
    const data = noise(10_000, 'range');
    const within = [
      [0, 1],
      [0, 10_000],
      [1, 9999],
      [4096, 4096],
      [9999, 1],
      [5000, 0],
      [10_000, 0],
    ] as const;
    const beyond = [
      [9999, 2],
      [0, 10_001],
      [10_000, 1],
      [1_000_000, 10],
      // A lie of a hostile index: no memory is reserved for it.
      [0, 0xffff_ffff],
    ] as const;
    const handle = handleOf('data', data);
    const stored = async (): Promise<BackendUnderTest> => {
      const place = await created();
      await place.backend.save(handle, data);
      return place;
    };

    test('within the file is just that', async () => {
      await using place = await stored();
      for (const [offset, length] of within) {
        for (const mayEndEarly of [false, true]) {
          const loaded = await place.backend.load(handle, { offset, length, mayEndEarly });
          expect(loaded.equals(data.subarray(offset, offset + length)), `${length} from ${offset}`).toBe(true);
        }
      }
    });

    test('that goes past the end is damage, unless that is fine', async () => {
      await using place = await stored();
      for (const [offset, length] of beyond) {
        await expectCode(place.backend.load(handle, { offset, length }), 'STORED_FILE_DAMAGED');
        const loaded = await place.backend.load(handle, { offset, length, mayEndEarly: true });
        expect(loaded.equals(data.subarray(offset)), `${length} from ${offset}`).toBe(true);
      }
    });
  });

  describe(`${title}: what is not there`, () => {
    test('is STORED_FILE_MISSING', async () => {
      await using place = await created();
      for (const handle of oneOfEach) {
        await expectCode(place.backend.load(handle), 'STORED_FILE_MISSING');
        const range = { offset: 0, length: 1, mayEndEarly: true };
        await expectCode(place.backend.load(handle, range), 'STORED_FILE_MISSING');
      }
    });

    test('is STORED_FILE_MISSING and listed as nothing before anything was created', async () => {
      await using place = await make();
      for (const handle of oneOfEach) await expectCode(place.backend.load(handle), 'STORED_FILE_MISSING');
      for (const type of named) expect(await place.backend.list(type), type).toEqual([]);
    });

    test('is removed without complaint', async () => {
      await using place = await created();
      for (const handle of oneOfEach) await place.backend.remove(handle);
      expect(await place.backend.list('keys')).toEqual([]);
    });
  });

  describe(`${title}: removing`, () => {
    test('takes one file and leaves the others', async () => {
      await using place = await created();
      for (const handle of oneOfEach) await place.backend.save(handle, Buffer.from(contentOf(handle.type)));
      const stays = handleOf('data', 'stays');
      await place.backend.save(stays, Buffer.from('stays'));
      for (const handle of oneOfEach) {
        await place.backend.remove(handle);
        await expectCode(place.backend.load(handle), 'STORED_FILE_MISSING');
      }
      expect((await place.backend.load(stays)).toString()).toBe('stays');
      expect(await place.backend.list('data')).toEqual([{ name: stays.name, size: 5 }]);
    });

    test('makes room for the same name again', async () => {
      await using place = await created();
      for (const content of ['first', 'second']) {
        await place.backend.save(configHandle, Buffer.from(content));
        expect((await place.backend.load(configHandle)).toString()).toBe(content);
        await place.backend.remove(configHandle);
      }
    });
  });

  describe(`${title}: listing`, () => {
    test('gives name and size of every file of a kind, and of no other', async () => {
      await using place = await created();
      for (const type of named) {
        for (let size = 0; size < 3; size++)
          await place.backend.save(handleOf(type, Buffer.alloc(size)), Buffer.alloc(size));
      }
      for (const type of named) {
        const listed = (await place.backend.list(type)).toSorted((a, b) => a.size - b.size);
        expect(listed, type).toEqual(
          [0, 1, 2].map((size) => ({ name: handleOf(type, Buffer.alloc(size)).name, size })),
        );
      }
    });

    test('gives the config, where there is one', async () => {
      await using place = await created();
      expect(await place.backend.list('config')).toEqual([]);
      await place.backend.save(configHandle, Buffer.alloc(155));
      expect(await place.backend.list('config')).toEqual([{ name: 'config', size: 155 }]);
    });

    test('ignores what strangers put there, and half-written files', async () => {
      await using place = await created();
      const name = 'ab'.repeat(32);
      for (const folder of ['keys', 'locks', 'snapshots', 'index', 'data/ab']) {
        for (const stranger of [
          'readme.txt',
          '.DS_Store',
          name.toUpperCase(),
          `${name}-tmp-123`,
          `${name}.tmp`,
          `.${name}`,
        ])
          await place.putStranger(`${folder}/${stranger}`, 'strange');
      }
      await place.putStranger(`data/${name}`, 'not in its folder');
      await place.putStranger(`data/zz/${name}`, 'not a folder of packs');
      await place.putStranger(`index/${name}/inside`, 'a folder with the name of a file');
      for (const type of named) expect(await place.backend.list(type), type).toEqual([]);
    });
  });

  test(`${title}: a name that no stored file can have is refused by everything`, async () => {
    await using place = await created();
    await place.backend.save(configHandle, Buffer.from('config'));
    const before = await place.paths();
    for (const bad of escaping) {
      for (const type of named) {
        const handle = { type, name: bad };
        const what = `${type}/${JSON.stringify(bad)}`;
        await expect(place.backend.save(handle, Buffer.from('escaped')), `save ${what}`).rejects.toBeInstanceOf(
          HoldfastError,
        );
        await expect(place.backend.load(handle), `load ${what}`).rejects.toBeInstanceOf(HoldfastError);
        await expect(place.backend.remove(handle), `remove ${what}`).rejects.toBeInstanceOf(HoldfastError);
      }
    }
    expect(await place.paths()).toEqual(before);
  });

  describe.runIf(showsUnfinished)(`${title}: what killed saves left`, () => {
    const name = sha256(Buffer.from('unfinished'));
    const left = [
      `data/${name.slice(0, 2)}/${name}-tmp-0123456789ab`,
      `index/${name}-tmp-1234567890`,
      `locks/${name}-tmp-1`,
      `snapshots/${name}-restic-temp-0a1b2c3d4e5f60718293`,
      `keys/${name}.rest-server-temp42`,
      'config-tmp-abcdef',
    ];
    const others = [
      `index/${name}`,
      `index/${name}-tmp-`,
      `index/${name}-tmp-xyz`,
      `index/${name.slice(1)}-tmp-1`,
      `data/${name}-tmp-1`,
      'notes-tmp-1',
    ];

    test('is listed, whoever was at it, and nothing else is', async () => {
      await using place = await created();
      await place.backend.save(configHandle, Buffer.from('config'));
      for (const path of [...left, ...others]) await place.putStranger(path, 'half');
      const found = await place.backend.listUnfinished();
      expect(found.map(({ path }) => path).toSorted()).toEqual(left.toSorted());
      for (const { size, ageMs } of found) {
        expect(size).toBe(4);
        expect(ageMs).toBeLessThan(60_000);
      }
    });

    test('is removed, and cannot be removed twice or by another name', async () => {
      await using place = await created();
      await place.backend.save(configHandle, Buffer.from('config'));
      for (const path of others) await place.putStranger(path, 'half');
      const before = await place.paths();
      for (const path of left) await place.putStranger(path, 'half');
      for (const path of [...left, ...left]) await place.backend.removeUnfinished(path);
      expect(await place.paths()).toEqual(before);
      for (const path of [...others, 'config', '', `../index/${name}-tmp-1`, `data/../${name}-tmp-1`, `/${left[0]}`]) {
        await expect(place.backend.removeUnfinished(path), path).rejects.toBeInstanceOf(HoldfastError);
      }
      expect(await place.paths()).toEqual(before);
    });
  });

  test(`${title}: says where it is`, async () => {
    await using place = await make();
    expect(place.backend.location).toMatch(/\S/);
  });
}

async function expectCode(action: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(action).rejects.toMatchObject({ name: 'HoldfastError', code });
}

/** A name for a file that is not there. */
export function randomName(): string {
  return randomBytes(32).toString('hex');
}
