import { lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTree, diffTrees } from '../../support/describe-tree.ts';
import {
  expectCalm,
  expectGoodFiles,
  makeScene,
  restored,
  restoreSafely,
  writeHostileSnapshot,
  type Scene,
} from '../../support/hostile.ts';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import { mustRun } from '../../support/processes.ts';
import { addTree, fileNode, folderNode, linkNode, type Fields } from '../../support/restic-nodes.ts';

const folderWithInside = ({ repository }: Scene, name: string) =>
  folderNode(
    name,
    addTree(repository, [fileNode(repository, 'inside', 'escaped'), fileNode(repository, 'new', 'escaped')]),
  );

/** Two nodes of one name, where the second would be written through the first. */
const duplicates: Readonly<Record<string, Exhibit>> = {
  'a link to a folder, then a folder': (scene) => [linkNode('x', scene.victimFolder), folderWithInside(scene, 'x')],
  'a folder, then a link to a folder': (scene) => [folderWithInside(scene, 'x'), linkNode('x', scene.victimFolder)],
  'a link to a file, then a file': (scene) => [
    linkNode('x', scene.victimFile),
    fileNode(scene.repository, 'x', 'escaped'),
  ],
  'a file, then a link to a file': (scene) => [
    fileNode(scene.repository, 'x', 'escaped'),
    linkNode('x', scene.victimFile),
  ],
  'a link to what is not there, then a file': (scene) => [
    linkNode('x', join(scene.guard, 'created')),
    fileNode(scene.repository, 'x', 'escaped'),
  ],
  'a file, then a folder': (scene) => [fileNode(scene.repository, 'x', 'a file'), folderWithInside(scene, 'x')],
  'a folder, then a file': (scene) => [folderWithInside(scene, 'x'), fileNode(scene.repository, 'x', 'a file')],
  'two files': ({ repository }) => [fileNode(repository, 'x', 'one'), fileNode(repository, 'x', 'another')],
  'two folders': (scene) => [folderWithInside(scene, 'x'), folderWithInside(scene, 'x')],
  'two spellings of one name': (scene) => [linkNode('x', scene.victimFolder), { ...folderWithInside(scene, '\\x78') }],
  'a link, a folder, and a hard link': (scene) => [
    linkNode('x', scene.victimFolder),
    folderWithInside(scene, 'x'),
    fileNode(scene.repository, 'x', 'escaped', { links: 2, inode: 7, device_id: 7 }),
  ],
};

const shared = { links: 2, inode: 77, device_id: 7 };

const hardLinks: Readonly<Record<string, Exhibit>> = {
  'a link outward, then a file of the same inode': (scene) => [
    linkNode('first', scene.victimFile, shared),
    fileNode(scene.repository, 'second', 'escaped', shared),
  ],
  'a folder and a file of the same inode': (scene) => [
    { ...folderWithInside(scene, 'first'), ...shared },
    fileNode(scene.repository, 'second', 'escaped', shared),
  ],
  'a folder reached by a link, and a file of the same inode': (scene) => [
    linkNode('first', scene.victimFolder, shared),
    folderWithInside(scene, 'first'),
    fileNode(scene.repository, 'second', 'escaped', shared),
  ],
};

describe('two things of one name cannot lead out of the target', () => {
  const gallery = hangGallery(duplicates);
  for (const what of Object.keys(duplicates)) {
    test(what, () => {
      gallery.expectNamed(what, ['TREE_INVALID']);
      gallery.expectGoodFiles(what);
    });
  }
});

describe('hard links cannot lead out of the target', () => {
  const gallery = hangGallery(hardLinks);
  for (const what of Object.keys(hardLinks)) test(what, () => gallery.expectGoodFiles(what));
});

describe('links in a snapshot', () => {
  test('names that claim to be one file but hold different content do not get each other’s content in silence', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    writeHostileSnapshot(repository, [
      fileNode(repository, 'first', 'content of the first', shared),
      fileNode(repository, 'second', 'content of the second, which differs', shared),
    ]);
    const result = await restoreSafely(scene);
    const contents = ['first', 'second'].map((name) => readFileSync(restored(scene, name), 'utf8'));
    const right = contents[0] === 'content of the first' && contents[1] === 'content of the second, which differs';
    expect(right || result.code === 3, `${contents.join(' | ')}, exit ${result.code}`).toBe(true);
    expectGoodFiles(scene);
  });

  test('a hard link whose other name is not restored comes back whole', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    writeHostileSnapshot(repository, [
      fileNode(repository, 'first', 'one content', shared),
      fileNode(repository, 'second', 'one content', shared),
    ]);
    const result = await restoreSafely(scene, { selection: 'latest:/data/hostile/second' });
    expect(result.code).toBe(0);
    expect(readFileSync(restored(scene, 'second'), 'utf8')).toBe('one content');
  });

  test('a top folder that is also a link', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const inside = addTree(repository, [fileNode(repository, 'inside', 'escaped')]);
    repository.writeSnapshot(addTree(repository, [linkNode('data', scene.victimFolder), folderNode('data', inside)]));
    await restoreSafely(scene);
    await restoreSafely(scene, { selection: 'latest:/data/inside', args: ['--overwrite', 'always'] });
  });
});

describe('links that lie in the target already are not followed', () => {
  for (const overwrite of ['never', 'if-changed', 'always']) {
    test(`--overwrite ${overwrite}`, async () => {
      await using scene = await makeScene();
      const { repository } = scene;
      writeHostileSnapshot(repository, [
        fileNode(repository, 'file', 'from the snapshot'),
        folderNode('folder', addTree(repository, [fileNode(repository, 'inside', 'from the snapshot')])),
        fileNode(repository, 'hard-a', 'shared', shared),
        fileNode(repository, 'hard-b', 'shared', shared),
      ]);
      mkdirSync(join(scene.target, 'data', 'hostile'), { recursive: true });
      symlinkSync(scene.victimFile, restored(scene, 'file'));
      symlinkSync(scene.victimFolder, restored(scene, 'folder'));
      symlinkSync(scene.victimFile, restored(scene, 'hard-a'));
      const result = await restoreSafely(scene, { args: ['--overwrite', overwrite] });
      expectCalm(result);
      expectGoodFiles(scene);
      const isLink = (name: string) => lstatSync(restored(scene, name)).isSymbolicLink();
      if (overwrite === 'never') expect(['file', 'folder'].map(isLink)).toEqual([true, true]);
      else expect(readFileSync(restored(scene, 'file'), 'utf8')).toBe('from the snapshot');
      expect(readFileSync(restored(scene, 'hard-b'), 'utf8')).toBe('shared');
    });
  }

  test('a folder on the way that is a link', async () => {
    await using scene = await makeScene();
    writeHostileSnapshot(scene.repository, []);
    symlinkSync(scene.victimFolder, join(scene.target, 'data'));
    for (const overwrite of ['never', 'if-changed']) {
      await restoreSafely(scene, { args: ['--overwrite', overwrite] });
    }
    await restoreSafely(scene, { selection: 'latest:/data/sibling/good', args: ['--overwrite', 'always'] });
  });

  test('a hard link to the outside is replaced, not written into', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    writeHostileSnapshot(repository, [fileNode(repository, 'file', 'from the snapshot')]);
    mkdirSync(join(scene.target, 'data', 'hostile'), { recursive: true });
    await mustRun('ln', [scene.victimFile, restored(scene, 'file')]);
    await workspace.here(['restore', 'latest', '--to', scene.target, '--overwrite', 'always']);
    expect(readFileSync(scene.victimFile, 'utf8')).toBe('untouched');
    expect(readFileSync(restored(scene, 'file'), 'utf8')).toBe('from the snapshot');
  });
});

describe('link texts that cannot be', () => {
  const texts: Readonly<Record<string, Fields>> = {
    empty: { linktarget: '' },
    missing: { linktarget: undefined },
    'a NUL inside': { linktarget: 'a\u0000b' },
    'a megabyte': { linktarget: 'x'.repeat(1024 * 1024) },
    'a number': { linktarget: 5 },
    'raw bytes that are not base64': { linktarget_raw: '%%%' },
    'raw bytes with a NUL': { linktarget_raw: Buffer.from('a\0b').toString('base64') },
  };
  const gallery = hangGallery(
    Object.fromEntries(
      Object.entries(texts).map(([what, fields]): [string, Exhibit] => [
        what,
        () => [linkNode('link', 'somewhere', fields)],
      ]),
    ),
  );
  for (const what of Object.keys(texts)) {
    test(what, () => {
      gallery.expectNamed(what, ['TREE_INVALID', 'IO_ERROR']);
      gallery.expectGoodFiles(what);
    });
  }
});

describe('links outward', () => {
  test('are restored as links, and nothing is done to what they point to', async () => {
    await using scene = await makeScene();
    writeHostileSnapshot(scene.repository, [
      linkNode('to file', scene.victimFile, { mode: 0o4777, uid: 12_345 }),
      linkNode('to folder', scene.victimFolder),
      linkNode('up', '../../../victim-folder'),
    ]);
    const before = describeTree(scene.guard, { without: (path) => path === 'target' });
    const result = await restoreSafely(scene);
    expect([0, 3]).toContain(result.code);
    expect(
      diffTrees(before, describeTree(scene.guard, { without: (path) => path === 'target' }), {
        skip: (path) => path === '',
      }),
    ).toEqual([]);
    expect(lstatSync(restored(scene, 'to folder')).isSymbolicLink()).toBe(true);
    expectGoodFiles(scene);
  });
});
