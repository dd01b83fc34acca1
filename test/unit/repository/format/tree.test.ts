import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeTree,
  parseTree,
  parseWholeTree,
  type TreePiece,
} from '../../../../electron/engine/repository/format/tree.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';

const id = 'ab'.repeat(32);
const mtime = '2024-05-06T07:08:09Z';
const file = (name: string, more = ''): string =>
  `{"name":${JSON.stringify(name)},"type":"file","mtime":"${mtime}","atime":"${mtime}","ctime":"${mtime}","uid":0,"gid":0${more},"content":["${id}"]}`;
const smallTree = encodeTree([
  file('a'),
  file('b]},{[', ',"inode":18446744073709551615'),
  file(String.raw`c\"\\`),
  file('é😀'),
  file('}]', ',"extended_attributes":[{"name":"user.]}","value":"AAE="},{"name":"x","value":""}]'),
  '{"name":"..","type":"file"}',
  file('z'),
]);

/** All pieces as one. */
const together = (pieces: Iterable<TreePiece>): TreePiece => {
  const all = [...pieces];
  return { nodes: all.flatMap(({ nodes }) => nodes), invalid: all.flatMap(({ invalid }) => invalid) };
};
const cutAt = (json: Buffer, offsets: readonly number[]): Buffer[] => {
  const edges = [0, ...offsets.toSorted((a, b) => a - b), json.length];
  return edges.slice(1).map((end, position) => json.subarray(edges[position], end));
};
const codeOf = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error instanceof HoldfastError ? error.code : error;
  }
};
/** Where the list of nodes has begun. */
const listAt = '{"nodes":['.length;

describe('a tree', () => {
  test('is written as restic writes it', () => {
    expect(encodeTree([]).toString()).toBe('{"nodes":[]}\n');
    expect(encodeTree(['{"a":1}', '{"b":2}']).toString()).toBe('{"nodes":[{"a":1},{"b":2}]}\n');
  });

  test('is read entry by entry; what is no entry is named and hides no other', () => {
    const { nodes, invalid } = parseWholeTree(smallTree);
    expect(nodes.map(({ name }) => Buffer.from(name, 'latin1').toString())).toEqual([
      'a',
      'b]},{[',
      String.raw`c"\ `.trim(),
      'é😀',
      '}]',
      'z',
    ]);
    expect(nodes[1]?.inode).toBe('18446744073709551615');
    expect(invalid).toHaveLength(1);
    expect(invalid[0]).toMatchObject({ name: '..' });
  });

  test('may be empty', () => {
    const none = { nodes: [], invalid: [] };
    expect(parseWholeTree(Buffer.from('{"nodes":[]}\n'))).toEqual(none);
    expect(parseWholeTree(Buffer.from('{"nodes":null}\n'))).toEqual(none);
    expect(together(parseTree([Buffer.from('{"nodes":[]}\n')]))).toEqual(none);
  });
});

describe('a tree in pieces', () => {
  test('reads the same wherever it is cut', () => {
    const whole = parseWholeTree(smallTree);
    for (let offset = listAt; offset <= smallTree.length; offset++) {
      expect(together(parseTree(cutAt(smallTree, [offset]))), `cut at ${offset}`).toEqual(whole);
    }
  });

  test('reads the same when it is cut before the list of entries has begun', () => {
    for (let offset = 0; offset < listAt; offset++) {
      expect(
        codeOf(() => together(parseTree(cutAt(smallTree, [offset])))),
        `cut at ${offset}`,
      ).toEqual(parseWholeTree(smallTree));
    }
  });

  test('reads the same in many pieces, also empty ones', () => {
    const whole = parseWholeTree(smallTree);
    const offsets = fc.array(fc.integer({ min: listAt, max: smallTree.length }), { maxLength: 40 });
    fc.assert(
      fc.property(offsets, (cuts) => {
        expect(together(parseTree(cutAt(smallTree, cuts)))).toEqual(whole);
      }),
    );
  });

  test('keeps nothing of the memory its pieces came in', () => {
    const reused = Buffer.alloc(16);
    const pieces = function* (): Generator<Buffer> {
      for (let at = 0; at < smallTree.length; at += reused.length) {
        reused.fill(0x20);
        const length = smallTree.copy(reused, 0, at, at + reused.length);
        yield reused.subarray(0, length);
      }
    };
    expect(together(parseTree(pieces()))).toEqual(parseWholeTree(smallTree));
  });
});

describe('a large tree', () => {
  const count = 45_000;
  const json = encodeTree(Array.from({ length: count }, (_, at) => file(`file ] ${String(at).padStart(6, '0')}`)));

  test('is more than one piece', () => {
    expect(json.length).toBeGreaterThan(2 * 4 * 1024 * 1024);
    expect([...parseTree([json])].length).toBeGreaterThan(1);
  });

  test('has all its entries, in order, once', () => {
    const { nodes, invalid } = parseWholeTree(json);
    expect(invalid).toEqual([]);
    expect(nodes).toHaveLength(count);
    expect(nodes.every(({ name }, at) => name === `file ] ${String(at).padStart(6, '0')}`)).toBe(true);
  });

  test('has the same entries in pieces of 64 KiB', () => {
    const offsets = Array.from({ length: Math.floor(json.length / 65_536) }, (_, at) => (at + 1) * 65_536);
    const parsed = together(parseTree(cutAt(json, offsets)));
    expect(parsed.nodes.map(({ name }) => name)).toEqual(parseWholeTree(json).nodes.map(({ name }) => name));
  });

  test('that ends too early is TREE_INVALID', () => {
    expect(codeOf(() => parseWholeTree(json.subarray(0, json.length - 4)))).toBe('TREE_INVALID');
    expect(codeOf(() => parseWholeTree(json.subarray(0, 5 * 1024 * 1024)))).toBe('TREE_INVALID');
  });

  test('with a broken entry is TREE_INVALID', () => {
    const broken = Buffer.from(json);
    broken.write('#', broken.lastIndexOf('"uid"'));
    expect(codeOf(() => parseWholeTree(broken))).toBe('TREE_INVALID');
  });

  test.each(['', '}}', '} and more'])('whose list is followed by %j is TREE_INVALID, as a small one is', (end) => {
    const cut = json.subarray(0, json.length - 2);
    expect(codeOf(() => parseWholeTree(Buffer.concat([cut, Buffer.from(end)])))).toBe('TREE_INVALID');
  });
});

describe('TREE_INVALID', () => {
  test.each(['', '{', 'null', '5', '[]', '{}', '{"nodes":{}}', '{"nodes":"x"}', '{"nodes":[}', '{"nodes":[{]}', '\0'])(
    'is what %j is',
    (text) => {
      expect(codeOf(() => parseWholeTree(Buffer.from(text)))).toBe('TREE_INVALID');
    },
  );

  test('is a tree that ends before its list does, in pieces too', () => {
    const end = smallTree.lastIndexOf(']');
    for (let length = 0; length <= end; length++) {
      const cut = smallTree.subarray(0, length);
      expect(
        codeOf(() => parseWholeTree(cut)),
        `${length} bytes`,
      ).toBe('TREE_INVALID');
      expect(
        codeOf(() => together(parseTree([cut]))),
        `${length} bytes in pieces`,
      ).toBe('TREE_INVALID');
    }
  });
});
