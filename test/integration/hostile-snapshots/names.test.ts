import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import {
  expectGoodFiles,
  expectNamed,
  inspectSafely,
  makeScene,
  restored,
  restoreSafely,
  writeHostileSnapshot,
  type Scene,
} from '../../support/hostile.ts';
import { addTree, fileNode, folderNode, linkNode, type Fields } from '../../support/restic-nodes.ts';

/** Names as they stand in the JSON, where restic keeps them quoted as Go quotes strings. */
const escapes: Readonly<Record<string, string>> = {
  'the parent folder': '..',
  'the folder itself': '.',
  'an empty name': '',
  'a slash': 'a/b',
  'a way up and down again': '../escaped',
  'a slash at the end': 'a/',
  'only slashes': '//',
  'the parent in hexadecimal escapes': '\\x2e\\x2e',
  'the parent in octal escapes': '\\056\\056',
  'the parent in unicode escapes': '\\u002e\\U0000002e',
  'a slash in an escape': '..\\x2fescaped',
  'a NUL': 'nul\u0000byte',
  'a NUL in an escape': 'nul\\x00byte',
  'a way up behind a NUL': 'x\\x00/../../escaped',
};

/** Names no honest program writes, or no file system takes: refused or not, nothing else may suffer. */
const oddities: Readonly<Record<string, string>> = {
  'an unknown escape': 'odd\\q',
  'an incomplete escape': 'odd\\xZ',
  'an escape beyond unicode': 'odd\\U00110000',
  'half a surrogate pair': 'odd\\ud800',
  'a backslash at the end': 'odd\\',
  'a quote that is not escaped': 'odd"quote',
  'a newline that is not escaped': 'odd\nline',
  'a lone surrogate in the JSON': 'odd\ud800',
  '256 bytes': 'o'.repeat(256),
  'a million bytes': 'o'.repeat(1_000_000),
};

const kinds: Readonly<Record<string, (scene: Scene, name: string) => Fields>> = {
  file: ({ repository }, name) => fileNode(repository, name, 'escaped'),
  folder: ({ repository }, name) => folderNode(name, addTree(repository, [fileNode(repository, 'escaped', 'escaped')])),
  link: ({ victimFile }, name) => linkNode(name, victimFile),
};

describe('a name in a snapshot cannot lead out of the target', () => {
  const exhibits = Object.entries(escapes).flatMap(([what, name]) =>
    Object.entries(kinds).map(([kind, makeHostileNode]): [string, Exhibit] => [
      `${what}, as ${kind}`,
      (scene) => [makeHostileNode(scene, name)],
    ]),
  );
  const gallery = hangGallery(Object.fromEntries(exhibits));
  for (const [title] of exhibits) {
    test(title, () => {
      gallery.expectNamed(title, ['TREE_INVALID']);
      gallery.expectGoodFiles(title);
      expect(existsSync(gallery.restored(title, 'escaped'))).toBe(false);
      expect(existsSync(gallery.restored(title, '../escaped'))).toBe(false);
    });
  }
});

describe('a hostile place', () => {
  test('an absolute name', async () => {
    await using scene = await makeScene();
    const outside = join(scene.guard, 'escaped');
    writeHostileSnapshot(scene.repository, [fileNode(scene.repository, outside, 'escaped')]);
    expectNamed(await restoreSafely(scene), '/data/hostile', ['TREE_INVALID']);
    expectGoodFiles(scene);
    await inspectSafely(scene);
  });

  test('a hostile name among the top folders', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const escaped = addTree(repository, [fileNode(repository, 'escaped', 'escaped')]);
    const good = addTree(repository, [fileNode(repository, 'good', 'honest')]);
    repository.writeSnapshot(
      addTree(repository, [folderNode('..', escaped), folderNode('good', good), folderNode('../up', escaped)]),
    );
    const result = await restoreSafely(scene);
    expectNamed(result, '..', ['TREE_INVALID']);
    expect(existsSync(join(scene.target, 'good', 'good'))).toBe(true);
  });

  test('a selection that climbs out', async () => {
    await using scene = await makeScene();
    writeHostileSnapshot(scene.repository, []);
    for (const path of ['/data/../../victim.txt', '/../data', '/data/hostile/../../..', '/data/./hostile/..']) {
      const result = await restoreSafely(scene, { selection: `latest:${path}` });
      expect([0, 1, 2], path).toContain(result.code);
    }
  });
});

describe('a name that cannot be used costs nothing but itself', () => {
  const gallery = hangGallery(
    Object.fromEntries(
      Object.entries(oddities).map(([what, name]): [string, Exhibit] => [
        what,
        ({ repository }) => [fileNode(repository, name, 'odd')],
      ]),
    ),
  );
  for (const what of Object.keys(oddities)) {
    test(what, () => {
      if (gallery.issuesIn(what).length > 0) gallery.expectNamed(what, ['TREE_INVALID', 'IO_ERROR', 'TARGET_UNUSABLE']);
      gallery.expectGoodFiles(what);
    });
  }

  test('bytes in the JSON that are not UTF-8', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const node = JSON.stringify(fileNode(repository, 'odd@', 'odd'));
    const good = JSON.stringify(fileNode(repository, '~good', 'honest content of ~good'));
    const first = JSON.stringify(fileNode(repository, '!good', 'honest content of !good'));
    const tree = Buffer.from(`{"nodes":[${first},${node},${good}]}\n`);
    tree[tree.indexOf('@')] = 0xff;
    writeHostileSnapshot(repository, repository.addBlob('tree', tree));
    const result = await restoreSafely(scene);
    if (result.code !== 0) expectNamed(result, '/data/hostile', ['TREE_INVALID']);
    expectGoodFiles(scene, { onlySibling: result.code !== 0 });
    await inspectSafely(scene);
  });

  test('a name that could drive a terminal is shown without its control characters', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    writeHostileSnapshot(repository, [fileNode(repository, 'bad\\x1b]0;title\\a\\u202e\\x9b31m', 'odd')]);
    for (const args of [
      ['ls', 'latest:/data/hostile'],
      ['ls', 'latest:/data/hostile', '--json'],
      ['restore', 'latest', '--to', scene.target],
    ]) {
      const { stdout, stderr } = await workspace.here(args);
      // eslint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
    expect(existsSync(restored(scene, '~good'))).toBe(true);
  });
});
