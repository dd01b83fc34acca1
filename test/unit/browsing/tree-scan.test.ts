import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalTree } from '../../../electron/engine/browsing/canonical-tree.ts';
import { FolderTable, noFaults } from '../../../electron/engine/browsing/folder-table.ts';
import { nameOf, nodeTypes, scanTree } from '../../../electron/engine/browsing/tree-scan.ts';
import { toGoMode } from '../../../electron/engine/repository/format/go-mode.ts';
import { encodeTree, parseTree } from '../../../electron/engine/repository/format/tree.ts';
import {
  formatNodeAttributes,
  formatNodeStart,
  formatNodeTail,
  type TreeNode,
} from '../../../electron/engine/repository/format/tree-node.ts';

const time = '2026-01-02T03:04:05.678Z';
const id = 'ab'.repeat(32);

function node(name: string, more: Partial<TreeNode> = {}): TreeNode {
  return {
    name,
    type: 'file',
    mode: toGoMode(0o100644),
    mtime: time,
    ctime: time,
    uid: 0,
    gid: 0,
    user: 'me',
    group: '',
    inode: '18446744073709551615',
    deviceId: '0',
    size: 0,
    links: 1,
    linkTarget: null,
    xattrs: [],
    device: '0',
    content: more.type === undefined || more.type === 'file' ? [id] : null,
    subtree: more.type === 'dir' ? id : null,
    ...more,
  };
}

function encode(nodes: readonly TreeNode[]): Buffer {
  return encodeTree(
    nodes.map(
      (entry) =>
        formatNodeStart(entry) +
        formatNodeAttributes(entry.xattrs, entry.device) +
        formatNodeTail(entry.content, entry.subtree),
    ),
  );
}

function tableOf(nodes: readonly TreeNode[]): FolderTable {
  const scan = scanTree(encode(nodes));
  if (scan === null) throw new Error('not scanned');
  return new FolderTable(scan, noFaults);
}

const view = { sort: 'name', descending: false, filter: '', foldersOnly: false } as const;
const namesIn = (table: FolderTable, more: Partial<Parameters<FolderTable['rows']>[0]> = {}): string[] =>
  [...table.rows({ ...view, ...more })].map((row) => table.name(row));

/** Names of bytes, with all that JSON, Go and shells find special. */
const names = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x3a)), {
    minLength: 1,
    maxLength: 12,
  })
  .map((bytes) =>
    bytes
      .map((byte) => String.fromCharCode(byte))
      .join('')
      .replaceAll('/', '-'),
  )
  .filter((name) => name !== '.' && name !== '..');

const attributes = fc.array(
  fc.record({
    name: fc.oneof(fc.string(), fc.constantFrom('"},{"name":"x","type":"file"', '}', '}}', '},{')),
    value: fc.constantFrom('', 'AAAA', 'e30='),
  }),
  { maxLength: 3 },
);

const trees = fc
  .uniqueArray(fc.record({ name: names, type: fc.constantFrom(...nodeTypes), xattrs: attributes }), {
    selector: ({ name }) => name,
    maxLength: 8,
  })
  .map((entries) =>
    entries
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, xattrs }) => node(name, { type, xattrs, linkTarget: type === 'symlink' ? name : null })),
  );

describe('a tree as restic and Holdfast write it', () => {
  test('is scanned to what parsing finds, whatever the names and attributes are', () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const json = encode(nodes);
        const parsed = [...parseTree([json])].flatMap((piece) => piece.nodes);
        const scan = scanTree(json);
        expect(scan?.count).toBe(parsed.length);
        if (scan === null) return;
        const table = new FolderTable(scan, noFaults);
        for (const [row, expected] of parsed.entries()) {
          expect(nameOf(scan, row)).toBe(expected.name);
          expect(nodeTypes[scan.types[row] as number]).toBe(expected.type);
          expect(table.node(row)).toEqual(expected);
          expect(table.find(expected.name)).toBe(row);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('written anew it is the same but for what no list shows', () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const { json, invalid } = canonicalTree(parseTree([encode(nodes)]), 1_000_000);
        expect(invalid).toEqual([]);
        const again = [...parseTree([json])].flatMap((piece) => piece.nodes);
        expect(again).toEqual(nodes.map((entry) => ({ ...entry, xattrs: [] })));
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});

describe('a tree of another form is not scanned', () => {
  const one = encode([node('a')]).toString();
  const forms: Readonly<Record<string, string | Buffer>> = {
    empty: '',
    'a list': '[]',
    'null for the nodes': '{"nodes":null}\n',
    'white space': one.replace('{"nodes"', '{ "nodes"'),
    'something before the nodes': one.replace('{"nodes"', '{"a":1,"nodes"'),
    'something behind the nodes': one.replace(/\]\}\n$/, '],"a":1}\n'),
    'an end that is missing': one.slice(0, -4),
    'a name with a slash': one.replace('"a"', '"a/b"'),
    'the name ..': one.replace('"a"', '".."'),
    'an empty name': one.replace('"a"', '""'),
    'an escaped slash': one.replace('"a"', String.raw`"a\u002fb"`),
    'a name that Go does not read': one.replace('"a"', String.raw`"a\\q"`),
    'a name of many bytes': one.replace('"a"', `"${'a'.repeat(5000)}"`),
    'an unknown type': one.replace('"file"', '"door"'),
    'what is not UTF-8': Buffer.from(one.replace('"a"', '"\u00ff"'), 'latin1'),
  };
  for (const [what, json] of Object.entries(forms))
    test(what, () => expect(scanTree(Buffer.isBuffer(json) ? json : Buffer.from(json))).toBeNull());

  test('and an empty one has no entries', () => expect(scanTree(Buffer.from('{"nodes":[]}\n'))?.count).toBe(0));
});

describe('the order of a folder', () => {
  const table = tableOf([
    node('B.txt', { size: 5, mtime: '2026-01-01T00:00:00.5Z' }),
    node('a.txt', { size: 0, mtime: '2026-01-01T02:00:00+03:00' }),
    node('b.pdf', { size: 1_000_000, mtime: '2026-01-01T00:00:00Z' }),
    node('c', { type: 'dir', mtime: '2020-01-01T00:00:00Z' }),
    node('d', { type: 'dir', mtime: '2027-01-01T00:00:00Z' }),
    node('e.txt', { size: 5, mtime: '1999-01-01T00:00:00Z' }),
  ]);

  test('is by bytes, folders first, also backwards', () => {
    expect(namesIn(table)).toEqual(['c', 'd', 'B.txt', 'a.txt', 'b.pdf', 'e.txt']);
    expect(namesIn(table, { descending: true })).toEqual(['d', 'c', 'e.txt', 'b.pdf', 'a.txt', 'B.txt']);
  });

  test('by size, by time and by type, equal ones by name', () => {
    expect(namesIn(table, { sort: 'size' })).toEqual(['c', 'd', 'a.txt', 'B.txt', 'e.txt', 'b.pdf']);
    expect(namesIn(table, { sort: 'modified' })).toEqual(['c', 'd', 'e.txt', 'a.txt', 'b.pdf', 'B.txt']);
    expect(namesIn(table, { sort: 'type' })).toEqual(['c', 'd', 'b.pdf', 'B.txt', 'a.txt', 'e.txt']);
  });

  test('holds what the filter lets through, whatever the case', () => {
    expect(namesIn(table, { filter: 'B' })).toEqual(['B.txt', 'b.pdf']);
    expect(namesIn(table, { foldersOnly: true, descending: true })).toEqual(['d', 'c']);
    expect(namesIn(table, { filter: 'nothing' })).toEqual([]);
  });

  test('is what the view says, whatever the folder holds, and no view changes another', () => {
    const entry = fc.record({ name: fc.stringMatching(/^[a-d}]{1,3}$/), isFolder: fc.boolean(), size: fc.nat(3) });
    const entries = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 12 });
    const views = fc.record({
      sort: fc.constantFrom('name' as const, 'size' as const),
      descending: fc.boolean(),
      filter: fc.constantFrom('', 'a', '}'),
      foldersOnly: fc.boolean(),
    });
    fc.assert(
      fc.property(entries, fc.array(views, { minLength: 1, maxLength: 4 }), (given, asked) => {
        const nodes = given.map(({ name, isFolder, size }) =>
          isFolder ? node(name, { type: 'dir' }) : node(name, { size }),
        );
        const viewed = tableOf(nodes);
        for (const one of [...asked, view]) {
          const { sort, descending, filter, foldersOnly } = one;
          const sorted = nodes
            .filter(({ name, type }) => name.includes(filter) && (type === 'dir' || !foldersOnly))
            .toSorted((a, b) => (sort === 'size' ? a.size - b.size : 0) || (a.name < b.name ? -1 : 1));
          if (descending) sorted.reverse();
          const ordered = [true, false].flatMap((first) => sorted.filter(({ type }) => (type === 'dir') === first));
          expect(namesIn(viewed, one)).toEqual(ordered.map(({ name }) => name));
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('is made where there is none, and of two with one name the later counts', () => {
    const messy = tableOf([node('b', { size: 1 }), node('a'), node('b', { size: 2 })]);
    expect(namesIn(messy)).toEqual(['a', 'b']);
    expect(messy.node(messy.find('b')).size).toBe(2);
    expect(messy.repeated).toBe(1);
  });
});

test('what is kept of a large folder has a bound, and the rest is counted', () => {
  const pieces = Array.from({ length: 10 }, (_, piece) => ({
    nodes: Array.from({ length: 10 }, (__, at) => node(`${piece}${at}`)),
    invalid: [],
  }));
  const { json, leftOut } = canonicalTree(pieces, 5000);
  const kept = scanTree(json)?.count ?? 0;
  expect(kept).toBeGreaterThan(10);
  expect(kept + leftOut).toBe(100);
});
