import { expect, test } from 'vitest';
import { encodeTree } from '../../../../electron/engine/repository/format/tree.ts';
import { addStretch, asLatin1, textsOf, type NodeText } from '../../../../electron/engine/sources/folder/node-text.ts';
import { ParentFolder } from '../../../../electron/engine/sources/folder/parent-folder.ts';

const startOf = (name: string): string => `{"name":"${name}","type":"file"`;
const nodeOf = (name: string): string => `${startOf(name)},"content":["${'ab'.repeat(32)}"]}`;

function parentOf(names: readonly string[]): ParentFolder {
  return new ParentFolder('id', encodeTree(names.map(nodeOf)));
}

function match(parent: ParentFolder, nodes: NodeText[], name: string): void {
  expect(parent.matchNext(asLatin1(startOf(name)))).not.toBeNull();
  addStretch(nodes, parent.matched);
}

test('entries as they were are one stretch of the parent’s tree, whatever their names', () => {
  const names = ['a', 'ä', '日本', 'z'];
  const parent = parentOf(names);
  const nodes: NodeText[] = [];
  for (const name of names) match(parent, nodes, name);
  expect(nodes).toHaveLength(1);
  expect(encodeTree(textsOf(nodes, parent))).toEqual(encodeTree(names.map(nodeOf)));
});

test('what is new, left out or still awaited stays in its place between them', () => {
  const parent = parentOf(['a', 'ä', 'c', 'd']);
  const nodes: NodeText[] = [];
  match(parent, nodes, 'a');
  match(parent, nodes, 'ä');
  nodes.push(null);
  const folder = nodes.push(null) - 1;
  match(parent, nodes, 'c');
  nodes.push(nodeOf('new'));
  match(parent, nodes, 'd');
  nodes[folder] = nodeOf('folder');
  const wanted = ['a', 'ä', 'folder', 'c', 'new', 'd'].map(nodeOf);
  expect(encodeTree(textsOf(nodes, parent))).toEqual(encodeTree(wanted));
});

test('entries that were not side by side are not joined over what lay between', () => {
  const parent = parentOf(['a', 'gone', 'c']);
  const nodes: NodeText[] = [];
  match(parent, nodes, 'a');
  const { to } = parent.matched;
  match(parent, [], 'gone');
  match(parent, nodes, 'c');
  expect(nodes).toHaveLength(2);
  expect(encodeTree(textsOf(nodes, parent))).toEqual(encodeTree(['a', 'c'].map(nodeOf)));
  expect(to).toBeLessThan(parent.matched.from);
});

test('a stretch ends before it is too long for one text', () => {
  const nodes: NodeText[] = [];
  const kib = 1024;
  for (let at = 0; at < 80; at++) addStretch(nodes, { from: at * kib, to: (at + 1) * kib - 1 });
  expect(nodes).toEqual([
    { from: 0, to: 64 * kib - 1 },
    { from: 64 * kib, to: 80 * kib - 1 },
  ]);
});
