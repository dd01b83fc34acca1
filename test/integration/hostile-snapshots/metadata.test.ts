import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { hangGallery, type Exhibit } from '../../support/hostile-gallery.ts';
import {
  expectGoodFiles,
  expectNamed,
  makeScene,
  restored,
  restoreSafely,
  writeHostileSnapshot,
  type Scene,
} from '../../support/hostile.ts';
import { mustRun } from '../../support/processes.ts';
import { raw } from '../../support/raw-json.ts';
import { addTree, fileNode, folderNode, goMode, linkNode, type Fields } from '../../support/restic-nodes.ts';
import { amount } from '../../support/torture/rounds.ts';

const content = 'twelve bytes';

const device = { type: 'dev', mode: goMode.device + 0o660, content: null };

/** Fields of a file that cannot be true: the file is named; whether its content comes back is left open. */
const lies: Readonly<Record<string, Fields>> = {
  'a size that is too large': { size: 1_000_000 },
  'a size that is too small': { size: 3 },
  'a size of zero': { size: 0 },
  'a size of 4 TiB': { size: 2 ** 42 },
  'a negative size': { size: -1 },
  'a size of 2^63': { size: raw('9223372036854775808') },
  'a size of 2^64': { size: raw('18446744073709551616') },
  'a size with a fraction': { size: 12.5 },
  'a size beyond all numbers': { size: raw('1e999') },
  'a size in words': { size: '12' },
  'content that is no list': { content: 'abc' },
  'content that is a number': { content: 7 },
  'content ids that are too short': { content: ['abcd'] },
  'content ids that are no text': { content: [1, null, {}] },
  'a content id that climbs': { content: ['../../../../../../../../../../../../../../../../../../../../../etc/'] },
  'an mtime that is no time': { mtime: 'not a time' },
  'an mtime that is a number': { mtime: 5 },
  'an mtime in the year 99999': { mtime: '99999-01-01T00:00:00Z' },
  'an mtime on February 31': { mtime: '2024-02-31T25:61:61Z' },
  'a mode in words': { mode: 'rwxr-xr-x' },
  'a negative mode': { mode: -1 },
  'a mode beyond 32 bits': { mode: 2 ** 40 },
  'an owner beyond 32 bits': { uid: 2 ** 32 },
  'a negative owner': { uid: -1 },
  'an owner in words': { uid: 'root' },
  'an inode in words': { inode: 'seven' },
  'attributes that are no list': { extended_attributes: 'user.x' },
  'attributes that are numbers': { extended_attributes: [1, 2, 3] },
  'an attribute without a name': { extended_attributes: [{ value: 'eA==' }] },
  'an attribute with a NUL in its name': { extended_attributes: [{ name: 'user.a\u0000b', value: 'eA==' }] },
  'an attribute that is not base64': { extended_attributes: [{ name: 'user.x', value: '%%%' }] },
  'an attribute of a megabyte': {
    extended_attributes: [{ name: 'user.x', value: Buffer.alloc(1024 * 1024).toString('base64') }],
  },
  'an attribute whose name is too long': { extended_attributes: [{ name: `user.${'x'.repeat(1000)}`, value: 'eA==' }] },
  'more attributes than any file has': {
    extended_attributes: Array.from({ length: amount(10_000, 100_000) }, (_, index) => ({
      name: `user.${index}`,
      value: 'eA==',
    })),
  },
  'an unknown type': { type: 'hologram' },
  'no type': { type: undefined },
  'a type that is a number': { type: 5 },
  'no name': { name: undefined },
  'a name that is a number': { name: 5 },
  'a folder without a tree': { type: 'dir', mode: goMode.dir + 0o755, content: null },
  'a folder whose tree id is garbage': { type: 'dir', mode: goMode.dir + 0o755, content: null, subtree: 'zz' },
  'a device number that is negative': { ...device, device: -1 },
  'a device number in words': { ...device, device: 'sda' },
  'a device number beyond 64 bits': { ...device, device: raw('18446744073709551616') },
  'neither file nor folder': { type: 'irregular', mode: 2 ** 19 + 0o644, content: null },
  'a link without a text': { type: 'symlink', mode: goMode.symlink + 0o777, content: null },
};

const codes: readonly ErrorCode[] = [
  'TREE_INVALID',
  'BLOB_MISSING',
  'BLOB_DAMAGED',
  'VERIFY_FAILED',
  'IO_ERROR',
  'NO_SPACE',
  'NO_PERMISSION',
];

/** Fields that cannot be true and do not matter: reported or not, the file comes back or is named. */
const indifferent: Readonly<Record<string, Fields>> = {
  'a link count in words': { links: 'many' },
  'an access time that is no time': { atime: 'yesterday' },
  'a user name that is a number': { user: 5 },
};

/** Fields that do not contradict what is restored: the file comes back and nothing is reported. */
const harmless: Readonly<Record<string, Fields>> = {
  'fields of a later version': {
    invented: { deep: [1, 2, 3] },
    another: 'field',
    generic_attributes: { 'windows.x': 1 },
  },
  'no access and change time': { atime: undefined, ctime: undefined },
  'a link count of 2^64 - 1': { links: raw('18446744073709551615') },
  'an inode of 2^64 - 1': { inode: raw('18446744073709551615') },
  'a time with an offset': { mtime: '2024-05-06T12:38:09.123456789+05:30' },
  'a time in the year 0': { mtime: '0000-01-01T00:00:00Z' },
  'a folder’s field on a file': { subtree: undefined, linktarget: 'ignored' },
};

/** Nodes that are none. */
const noNodes: Readonly<Record<string, unknown>> = {
  'a node that is null': null,
  'a node that is a number': 5,
  'a node that is a list': [[]],
  'a node that is text': 'file',
  'a node with nothing in it': {},
};

const asExhibits = <Value>(values: Readonly<Record<string, Value>>, hang: (scene: Scene, value: Value) => Fields[]) =>
  Object.fromEntries(
    Object.entries(values).map(([what, value]): [string, Exhibit] => [what, (scene) => hang(scene, value)]),
  );

describe('fields of a file that cannot be true are named, and the files beside it come back', () => {
  const gallery = hangGallery({
    ...asExhibits(lies, ({ repository }, fields) => [fileNode(repository, 'liar', content, fields)]),
    ...asExhibits(indifferent, ({ repository }, fields) => [fileNode(repository, 'odd', content, fields)]),
    ...asExhibits(noNodes, (_, node) => [node as Fields]),
  });
  for (const what of [...Object.keys(lies), ...Object.keys(noNodes)]) {
    test(what, () => {
      gallery.expectNamed(what, codes);
      gallery.expectGoodFiles(what);
    });
  }
  for (const what of Object.keys(indifferent)) {
    test(what, () => {
      if (gallery.issuesIn(what).length > 0) gallery.expectNamed(what, codes);
      else expect(readFileSync(gallery.restored(what, 'odd'), 'utf8')).toBe(content);
      gallery.expectGoodFiles(what);
    });
  }
});

describe('fields nobody needs to fear', () => {
  const gallery = hangGallery(
    asExhibits(harmless, ({ repository }, fields) => [fileNode(repository, 'honest', content, fields)]),
  );
  for (const what of Object.keys(harmless)) {
    test(what, () => {
      expect(gallery.issuesIn(what)).toEqual([]);
      expect(readFileSync(gallery.restored(what, 'honest'), 'utf8')).toBe(content);
      gallery.expectGoodFiles(what);
    });
  }

  test('a field that stands twice', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const node = JSON.stringify(fileNode(repository, 'twice', content)).replace('{', '{"name":"..","type":"dir",');
    writeHostileSnapshot(repository, repository.addBlob('tree', `{"nodes":[${node}]}\n`));
    const result = await restoreSafely(scene);
    expect([0, 3]).toContain(result.code);
    expectGoodFiles(scene, { onlySibling: true });
  });
});

describe('special files of a snapshot', () => {
  const devices = [
    { name: 'disk', type: 'dev', mode: goMode.device + 0o660, device: 8 * 256, content: null },
    { name: 'null', type: 'chardev', mode: goMode.device + goMode.charDevice + 0o666, device: 259, content: null },
  ];
  const common = { mtime: '2024-05-06T07:08:09Z', atime: '2024-05-06T07:08:09Z', ctime: '2024-05-06T07:08:09Z' };
  const nodes = devices.map((fields) => ({ ...common, uid: 0, gid: 0, links: 1, ...fields }));

  test.skipIf(process.getuid?.() !== 0)(
    'device nodes, restored by somebody who may not make them (needs root)',
    async () => {
      await using scene = await makeScene();
      const { workspace } = scene;
      writeHostileSnapshot(scene.repository, nodes);

      await mustRun('chown', ['-R', '65534:65534', workspace.root]);
      const result = await restoreSafely(scene, { unprivileged: true });
      expectNamed(result, '/data/hostile/disk', ['NO_PERMISSION']);
      expectNamed(result, '/data/hostile/null', ['NO_PERMISSION']);
      expect(existsSync(restored(scene, 'disk'))).toBe(false);
      expectGoodFiles(scene);
    },
  );

  test('a folder and a link inside a folder without any rights come back', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    const inside = addTree(repository, [fileNode(repository, 'file', 'inside'), linkNode('link', 'file')]);
    writeHostileSnapshot(repository, [folderNode('closed', inside, { mode: goMode.dir })]);
    const result = await restoreSafely(scene);
    expect(result.code).toBe(0);
    expectGoodFiles(scene);
  });
});
