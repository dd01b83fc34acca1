import fc from 'fast-check';
import { assert, describe, expect, test } from 'vitest';
import { rawFromUtf8 } from '../../../../electron/engine/platform/raw-path.ts';
import {
  formatNodeAttributes,
  formatNodeStart,
  formatNodeTail,
  isInvalidNode,
  readNode,
  type TreeNode,
} from '../../../../electron/engine/repository/format/tree-node.ts';
import { parseWholeTree } from '../../../../electron/engine/repository/format/tree.ts';

const id = 'ab'.repeat(32);
const otherId = 'cd'.repeat(32);
const zero: TreeNode = {
  name: 'a',
  type: 'file',
  mode: 0,
  mtime: '2024-05-06T07:08:09.123456789Z',
  ctime: '2024-05-06T07:08:10Z',
  uid: 0,
  gid: 0,
  user: '',
  group: '',
  inode: '0',
  deviceId: '0',
  size: 0,
  links: 0,
  linkTarget: null,
  xattrs: [],
  device: '0',
  content: [],
  subtree: null,
};
const format = (node: TreeNode): string =>
  formatNodeStart(node) + formatNodeAttributes(node.xattrs, node.device) + formatNodeTail(node.content, node.subtree);
const times =
  '"mtime":"2024-05-06T07:08:09.123456789Z","atime":"2024-05-06T07:08:09.123456789Z","ctime":"2024-05-06T07:08:10Z"';

describe('the JSON of an entry, as restic writes it', () => {
  test('leaves out what is zero, but not the times, the owner and the content', () => {
    expect(format(zero)).toBe(`{"name":"a","type":"file",${times},"uid":0,"gid":0,"content":[]}`);
  });

  test('has every field in its order', () => {
    const file: TreeNode = {
      ...zero,
      mode: 420,
      uid: 1000,
      gid: 1001,
      user: 'ann',
      group: 'staff',
      inode: '18446744073709551615',
      deviceId: '9223372036854775808',
      size: 5,
      links: 2,
      xattrs: [
        { name: 'user.a', value: 'AAE=' },
        { name: 'user.<b>', value: '' },
      ],
      content: [id, otherId],
    };
    expect(format(file)).toBe(
      `{"name":"a","type":"file","mode":420,${times},"uid":1000,"gid":1001,"user":"ann","group":"staff",` +
        `"inode":18446744073709551615,"device_id":9223372036854775808,"size":5,"links":2,` +
        `"extended_attributes":[{"name":"user.a","value":"AAE="},{"name":"user.\\u003cb\\u003e","value":""}],` +
        `"content":["${id}","${otherId}"]}`,
    );
  });

  test('of a folder names its tree after a content of null', () => {
    const folder: TreeNode = { ...zero, type: 'dir', mode: 2147484141, content: null, subtree: id };
    expect(format(folder)).toBe(
      `{"name":"a","type":"dir","mode":2147484141,${times},"uid":0,"gid":0,"content":null,"subtree":"${id}"}`,
    );
  });

  test('of a device has its number before a content of null', () => {
    const device: TreeNode = { ...zero, type: 'chardev', mode: 69206416, links: 1, device: '1281', content: null };
    expect(format(device)).toBe(
      `{"name":"a","type":"chardev","mode":69206416,${times},"uid":0,"gid":0,"links":1,"device":1281,"content":null}`,
    );
  });

  test('of a link has its target', () => {
    const link: TreeNode = { ...zero, type: 'symlink', links: 1, linkTarget: rawFromUtf8('../ü & <x>'), content: null };
    expect(format(link)).toBe(
      `{"name":"a","type":"symlink",${times},"uid":0,"gid":0,"links":1,"linktarget":"../ü \\u0026 \\u003cx\\u003e","content":null}`,
    );
  });

  test('of a link to a name that is not UTF-8 has the target twice: for old readers, and as it is', () => {
    const link: TreeNode = { ...zero, type: 'symlink', linkTarget: 'caf\xe9\xff', content: null };
    expect(format(link)).toContain(',"linktarget":"caf\\ufffd\\ufffd","linktarget_raw":"Y2Fm6f8=","content":null}');
  });

  test('of a link to a name cut within a character replaces every byte, as encoding/json does', () => {
    const link: TreeNode = { ...zero, type: 'symlink', linkTarget: 'a\xe2\x82', content: null };
    expect(format(link)).toContain('"linktarget":"a\\ufffd\\ufffd"');
  });

  test('of such a link keeps a replacement character that truly stands in it', () => {
    const link: TreeNode = { ...zero, type: 'symlink', linkTarget: `${rawFromUtf8('\ufffd')}\xff`, content: null };
    expect(format(link)).toContain('"linktarget":"\ufffd\\ufffd"');
  });

  test('quotes names as Go does, and then once more as JSON', () => {
    expect(format({ ...zero, name: 'a"\n\xff' })).toContain(String.raw`{"name":"a\\\"\\n\\xff",`);
    expect(format({ ...zero, name: rawFromUtf8('<ü>\u2028') })).toContain(String.raw`{"name":"\u003cü\u003e\\u2028",`);
  });
});

/** An honest file; `fields` replace what they name, `undefined` leaves it out. */
const read = (fields: Readonly<Record<string, unknown>>): ReturnType<typeof readNode> =>
  readNode(JSON.parse(JSON.stringify({ name: 'file', type: 'file', mtime: zero.mtime, ctime: zero.ctime, ...fields })));
const readGood = (fields: Readonly<Record<string, unknown>>): TreeNode => {
  const node = read(fields);
  assert(!isInvalidNode(node), 'the entry is accepted');
  return node;
};

describe('reading an entry', () => {
  test('fills in what was left out', () => {
    expect(readGood({ mtime: zero.mtime })).toEqual({ ...zero, name: 'file' });
  });

  test('takes what other writers say more', () => {
    expect(readGood({ content: null, error: 'x', generic_attributes: {}, atime: 5 }).content).toEqual([]);
  });

  test('takes the raw target of a link before the readable one', () => {
    const link = readGood({ type: 'symlink', linktarget: 'caf\ufffd', linktarget_raw: 'Y2Fm6Q==' });
    expect(link.linkTarget).toBe('caf\xe9');
  });

  test('takes content only of files and a tree only of folders', () => {
    expect(readGood({ type: 'fifo', content: [id] }).content).toBeNull();
    expect(readGood({ type: 'dir', subtree: id, content: [] })).toMatchObject({ subtree: id, content: null });
  });

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['no name', { name: undefined }],
    ['a name that is a number', { name: 5 }],
    ['a name that no Go quoted', { name: 'a"b' }],
    ['an empty name', { name: '' }],
    ['the name .', { name: '.' }],
    ['the name ..', { name: '..' }],
    ['a name with a slash', { name: '../../etc/passwd' }],
    ['a name with an escaped slash', { name: String.raw`..\x2fpasswd` }],
    ['a name of escaped dots', { name: String.raw`\x2e\u002e` }],
    ['a name with NUL', { name: String.raw`a\x00b` }],
    ['no type', { type: undefined }],
    ['an unknown type', { type: 'door' }],
    ['a type from the prototype', { type: 'constructor' }],
    ['a mode as text', { mode: '420' }],
    ['a negative mode', { mode: -1 }],
    ['a mode of 33 bits', { mode: 2 ** 32 }],
    ['a broken mode', { mode: 0.5 }],
    ['a negative owner', { uid: -1 }],
    ['an owner of 33 bits', { uid: 2 ** 32 }],
    ['an owner as text', { uid: 'root' }],
    ['a negative group', { gid: -1 }],
    ['a group as a list', { gid: [0] }],
    ['a negative size', { size: -1 }],
    ['half a byte', { size: 0.5 }],
    ['a size as text', { size: 'large' }],
    ['a size beyond what can be counted', { size: 2 ** 53 }],
    ['a negative inode', { inode: -1 }],
    ['an inode that is text', { inode: 'x' }],
    ['an inode of 21 digits', { inode: '1'.repeat(21) }],
    ['a device of a file system that is no number', { device_id: {} }],
    ['a device that is no number', { device: true }],
    ['no modification time', { mtime: undefined }],
    ['a modification time that is a number', { mtime: 5 }],
    ['a modification time without end', { mtime: '2'.repeat(41) }],
    ['content that is no list', { content: {} }],
    ['content that is no id', { content: ['abc'] }],
    ['content with an id in capitals', { content: [id.toUpperCase()] }],
    ['content with a number', { content: [id, 5] }],
    ['content with null', { content: [null] }],
    ['a folder without a tree', { type: 'dir' }],
    ['a folder whose tree is null', { type: 'dir', subtree: null }],
    ['a folder whose tree is a path', { type: 'dir', subtree: '../'.repeat(21) + 'x' }],
    ['a file with a tree', { subtree: id }],
    ['a link without a target', { type: 'symlink' }],
    ['a link to nothing', { type: 'symlink', linktarget: '' }],
    ['a link to a number', { type: 'symlink', linktarget: 5 }],
    ['a link with NUL in it', { type: 'symlink', linktarget: 'a\0b' }],
    ['a raw link target with NUL in it', { type: 'symlink', linktarget: 'x', linktarget_raw: 'YQBi' }],
    ['an empty raw link target', { type: 'symlink', linktarget: 'x', linktarget_raw: '' }],
    ['an inode of more than 64 bits', { inode: '18446744073709551616' }],
    ['a raw link target that is not base64', { type: 'symlink', linktarget: 'x', linktarget_raw: '*' }],
    ['attributes that are no list', { extended_attributes: {} }],
    ['an attribute that is null', { extended_attributes: [null] }],
    ['an attribute without a name', { extended_attributes: [{ value: '' }] }],
    ['an attribute whose value is a number', { extended_attributes: [{ name: 'user.a', value: 5 }] }],
    ['an attribute whose value is not base64', { extended_attributes: [{ name: 'user.a', value: '*' }] }],
  ];

  test.each(refused)('%s is refused, with a reason', (_what, fields) => {
    const node = read(fields);
    assert(isInvalidNode(node), 'the entry is refused');
    expect(node.reason).toMatch(/^\w.{10,}$/);
  });

  test.each([null, undefined, 5, 'text', [], [{}]])('%j is refused', (json) => {
    expect(isInvalidNode(readNode(json))).toBe(true);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['a modification time that is no time', { mtime: 'yesterday' }],
  ])('%s is refused too', (_what, fields) => {
    expect(isInvalidNode(read(fields))).toBe(true);
  });

  test('a refused entry is named, where its name can be read', () => {
    expect(read({ name: String.raw`caf\xe9`, type: 'door' })).toMatchObject({ name: 'caf\xe9' });
    expect(read({ name: 7, type: 'door' })).toMatchObject({ name: null });
  });
});

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const rawName = fc
  .uint8Array({ minLength: 1, maxLength: 30 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[/\0]/g, '_'))
  .filter((name) => name !== '.' && name !== '..');
const anyNode: fc.Arbitrary<TreeNode> = fc
  .record({
    name: rawName,
    mode: fc.integer({ min: 0, max: 0xffff_ffff }),
    mtime: fc.constant(zero.mtime),
    ctime: fc.constant(zero.ctime),
    uid: fc.integer({ min: 0, max: 0xffff_ffff }),
    gid: fc.integer({ min: 0, max: 0xffff_ffff }),
    user: fc.string(),
    group: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    inode: uint64,
    deviceId: uint64,
    size: fc.integer({ min: 0, max: 999_999_999_999_999 }),
    links: fc.nat(),
    xattrs: fc.array(fc.record({ name: fc.string(), value: fc.base64String() }), { maxLength: 3 }),
    device: uint64,
    kind: fc.oneof(
      fc.record({
        type: fc.constant('file' as const),
        content: fc.array(fc.constantFrom(id, otherId), { maxLength: 3 }),
      }),
      fc.record({ type: fc.constant('dir' as const), subtree: fc.constantFrom(id, otherId) }),
      fc.record({ type: fc.constant('symlink' as const), linkTarget: rawName }),
      fc.record({ type: fc.constantFrom('dev' as const, 'chardev' as const, 'fifo' as const, 'socket' as const) }),
    ),
  })
  .map(({ kind, ...rest }) => ({ ...zero, ...rest, content: null, ...kind }));

const readBack = (node: TreeNode): unknown => parseWholeTree(Buffer.from(`{"nodes":[${format(node)}]}\n`)).nodes[0];

describe('an entry written and read again', () => {
  test('is the same, to the last digit', () => {
    fc.assert(
      fc.property(anyNode, (node) => {
        expect(readBack(node)).toEqual(node);
      }),
    );
  });

  test('keeps numbers that look like others within its names', () => {
    const node = {
      ...zero,
      name: '"inode":12345678901234567890,',
      user: '"size":1234567890123456}',
      inode: '12345678901234567890',
    };
    expect(readBack(node)).toEqual(node);
  });

  test('keeps its size in petabytes: a sparse file may well have that', () => {
    const node = { ...zero, size: 1_125_899_906_842_624 };
    expect(readBack(node)).toEqual(node);
  });
});
