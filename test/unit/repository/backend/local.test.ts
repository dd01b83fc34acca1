import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configHandle } from '../../../../electron/engine/repository/backend/backend.ts';
import { withFaults } from '../../../../electron/engine/repository/backend/faults.ts';
import { LocalBackend } from '../../../../electron/engine/repository/backend/local.ts';
import { withRetry } from '../../../../electron/engine/repository/backend/retry.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { describeBackend, randomName } from '../../../support/backend-contract.ts';
import { isRoot } from '../../../support/bad-input.ts';
import { makeLocalPlace } from '../../../support/local-place.ts';

describeBackend('a folder', () => makeLocalPlace(tmpdir()));
describeBackend('a folder, with retries', async () => {
  const place = await makeLocalPlace();
  return { ...place, backend: withRetry(place.backend) };
});
describeBackend('a folder, with faults that never come', async () => {
  const place = await makeLocalPlace();
  return { ...place, backend: withFaults(place.backend, {}) };
});

const pack = { type: 'data', name: `7f${'ab'.repeat(31)}` } as const;

describe('a repository in a folder', () => {
  test('is laid out as restic lays it out', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    const prefixes = Array.from({ length: 256 }, (_, prefix) => `data/${prefix.toString(16).padStart(2, '0')}`);
    expect(await place.paths()).toEqual(['data', ...prefixes, 'index', 'keys', 'locks', 'snapshots'].sort());
    await place.backend.save(configHandle, Buffer.from('config'));
    await place.backend.save(pack, Buffer.from('pack'));
    await place.backend.save({ type: 'index', name: pack.name }, Buffer.from('index'));
    for (const path of ['config', `data/7f/${pack.name}`, `index/${pack.name}`])
      expect(existsSync(join(place.folder, path)), path).toBe(true);
  });

  test('is for its owner alone, and its files are for reading', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await place.backend.save(pack, Buffer.from('pack'));
    await place.backend.save(configHandle, Buffer.from('config'));
    const mode = (path: string): string => (statSync(join(place.folder, path)).mode & 0o7777).toString(8);
    expect([mode('data'), mode('data/7f'), mode('keys')]).toEqual(['700', '700', '700']);
    expect([mode(`data/7f/${pack.name}`), mode('config')]).toEqual(['400', '400']);
  });

  test('takes packs where a copy has lost the empty folders', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await place.backend.save(configHandle, Buffer.from('config'));
    rmSync(join(place.folder, 'data'), { recursive: true });
    await place.backend.save(pack, Buffer.from('pack'));
    expect((await place.backend.load(pack)).toString()).toBe('pack');
  });

  test('that has vanished, as an unmounted disk does, is not made anew by a save', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await place.backend.save(configHandle, Buffer.from('config'));
    rmSync(place.folder, { recursive: true });
    for (const type of ['data', 'index', 'snapshots', 'locks'] as const)
      await expect(place.backend.save({ type, name: pack.name }, Buffer.from('x')), type).rejects.toBeInstanceOf(
        HoldfastError,
      );
    expect(existsSync(place.folder)).toBe(false);
  });

  test('whose pack was cut short says so where the cut is met', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    await place.backend.save(pack, Buffer.alloc(1000, 7));
    const path = join(place.folder, 'data/7f', pack.name);
    if (!isRoot) rmSync(path);
    writeFileSync(path, Buffer.alloc(1000, 7));
    truncateSync(path, 600);
    expect(await place.backend.list('data')).toEqual([{ name: pack.name, size: 600 }]);
    expect((await place.backend.load(pack, { offset: 0, length: 600 })).equals(Buffer.alloc(600, 7))).toBe(true);
    await expect(place.backend.load(pack, { offset: 500, length: 101 })).rejects.toMatchObject({
      code: 'STORED_FILE_DAMAGED',
    });
  });

  test('does not follow a link that lies where a file should', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    writeFileSync(join(place.root, 'secret'), 'secret');
    symlinkSync(join(place.root, 'secret'), join(place.folder, 'data/7f', pack.name));
    await expect(place.backend.load(pack)).rejects.toBeInstanceOf(HoldfastError);
  });

  test('that is a file is no repository to be made', async () => {
    await using place = await makeLocalPlace();
    writeFileSync(place.folder, 'a file');
    await expect(place.backend.create()).rejects.toMatchObject({ name: 'HoldfastError' });
    expect(statSync(place.folder).isFile()).toBe(true);
  });

  test('is made in folders that are not there yet', async () => {
    await using place = await makeLocalPlace();
    const backend = new LocalBackend(join(place.folder, 'deeper', 'still'));
    await backend.create();
    expect(existsSync(join(place.folder, 'deeper/still/data/ff'))).toBe(true);
  });

  test('replaces a folder with the name of a file by nothing', async () => {
    await using place = await makeLocalPlace();
    await place.backend.create();
    mkdirSync(join(place.folder, 'index', pack.name));
    await expect(place.backend.save({ type: 'index', name: pack.name }, Buffer.from('x'))).rejects.toBeInstanceOf(
      HoldfastError,
    );
    expect((await place.paths()).filter((path) => path.includes('-tmp-'))).toEqual([]);
    expect(await place.backend.list('index')).toEqual([]);
  });

  test('names what is wrong without a stack of system words', async () => {
    await using place = await makeLocalPlace();
    const name = randomName();
    await expect(place.backend.load({ type: 'index', name })).rejects.toThrow(`index/${name} is missing.`);
  });
});

test('a temporary file is not old because the clock of its place is behind: what was written there last tells the time', async () => {
  await using place = await makeLocalPlace();
  await place.backend.create();
  const twoDaysAgo = Date.now() / 1000 - 48 * 3600;
  const name = 'cd'.repeat(32);
  for (const path of [`index/${name}-tmp-1`, `locks/${name}`]) {
    await place.putStranger(path, 'written by that clock');
    utimesSync(join(place.folder, path), twoDaysAgo, twoDaysAgo);
  }
  const [file] = await place.backend.listUnfinished();
  expect(file?.ageMs).toBeLessThan(1000);
});
