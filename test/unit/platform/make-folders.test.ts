import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolders } from '../../../electron/engine/platform/make-folders.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-folders-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('making folders', () => {
  test('makes all that are missing, for this account alone', async () => {
    const below = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolders(below), makeFolders(below)]);
    expect([folder, join(folder, 'a'), below].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o700, 0o700,
    ]);
    await makeFolders(below);
  });

  test('tells each of many at once what it has made, and nobody what another has', async () => {
    const folders = [join(folder, 'a'), join(folder, 'a', 'b'), join(folder, 'a', 'b', 'c')];
    for (let round = 0; round < 20; round++) {
      const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(join(folder, 'a', 'b', 'c'))));
      expect(made.flat().toSorted()).toEqual(folders);
      rmSync(join(folder, 'a'), { recursive: true });
    }
  });

  test('says so where something else is in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolders(join(folder, 'file'))).rejects.toMatchObject({ code: 'PLACE_UNUSABLE' });
    await expect(makeFolders(join(folder, 'file', 'below', 'it'))).rejects.toMatchObject({ code: 'PLACE_UNUSABLE' });
  });

  test.skipIf(process.platform !== 'linux')('ends where no folder can be made', async () => {
    await expect(makeFolders('/proc/x/y')).rejects.toMatchObject({
      code: 'PLACE_UNUSABLE',
      message: 'No folder can be made in /proc.',
    });
  });
});
