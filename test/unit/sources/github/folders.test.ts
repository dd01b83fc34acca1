import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foldersOf, moveFolders } from '../../../../electron/engine/sources/github/folders.ts';
import { makeWorkspace } from '../../../support/workspace.ts';

const record = (id: number, name: string, folder: string | null, isListed = true) => ({ id, name, folder, isListed });

test('a new repository takes the name, and one that is gone keeps its folders under another', () => {
  const folders = foldersOf([record(1, 'tools', 'tools', false), record(2, 'Tools', null), record(3, 'web', 'web')]);
  expect([...folders]).toEqual([
    [2, 'Tools'],
    [3, 'web'],
    [1, 'tools~1'],
  ]);
});

test('names that are exchanged take their folders along', async () => {
  await using workspace = await makeWorkspace();
  const root = await workspace.folder('acme');
  await writeFile(join(root, 'a.git'), 'mirror of 1');
  await writeFile(join(root, 'a.meta'), 'meta of 1');
  await writeFile(join(root, 'b.git'), 'mirror of 2');
  const moved = await moveFolders(root, [record(1, 'b', 'a'), record(2, 'a', 'b')]);
  expect(moved).toEqual(
    new Map([
      [1, 'b'],
      [2, 'a'],
    ]),
  );
  expect(await readFile(join(root, 'b.git'), 'utf8')).toBe('mirror of 1');
  expect(await readFile(join(root, 'b.meta'), 'utf8')).toBe('meta of 1');
  expect(await readFile(join(root, 'a.git'), 'utf8')).toBe('mirror of 2');
});

test('what a kill left half moved is moved on, and what lay there unknown stays beside it', async () => {
  await using workspace = await makeWorkspace();
  const root = await workspace.folder('acme');
  await mkdir(join(root, '.holdfast', 'moving'), { recursive: true });
  await writeFile(join(root, '.holdfast', 'moving', '1.wiki.git'), 'wiki of 1');
  await writeFile(join(root, 'old.git'), 'mirror of 1');
  await writeFile(join(root, 'new.git'), 'of nobody');
  await moveFolders(root, [record(1, 'new', 'old')]);
  expect((await readdir(root)).toSorted()).toEqual(['.holdfast', 'new.git', 'new.wiki.git', 'new~unknown0.git']);
  expect(await readFile(join(root, 'new.git'), 'utf8')).toBe('mirror of 1');
  expect(await readFile(join(root, 'new~unknown0.git'), 'utf8')).toBe('of nobody');
});
