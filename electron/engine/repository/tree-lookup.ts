/** Finding things in stored trees. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from './blob-reader.ts';
import { parseTree, parseWholeTree, type TreePiece } from './format/tree.ts';
import type { TreeNode } from './format/tree-node.ts';

/** A tree's nodes, a few thousand at a time: the objects of millions of them would fill the memory. */
export async function loadTree(reader: BlobReader, id: string): Promise<Iterable<TreePiece>> {
  const pieces = await reader.loadPieces('tree', id);
  return Array.isArray(pieces) ? pieces.map(parseWholeTree) : parseTree(pieces);
}

/** The node at an absolute raw path, or null for the root itself. Throws PATH_NOT_IN_SNAPSHOT. */
export async function findNode(
  reader: BlobReader,
  rootTree: string,
  path: RawPath,
  display: string,
): Promise<TreeNode | null> {
  return findNodeIn((tree) => loadTree(reader, tree), rootTree, path, display);
}

type Pieces = AsyncIterable<TreePiece> | Promise<Iterable<TreePiece>>;

/** As `findNode`, with another way to read trees. */
export async function findNodeIn(
  read: (tree: string) => Pieces,
  rootTree: string,
  path: RawPath,
  display: string,
): Promise<TreeNode | null> {
  let tree: string | null = rootTree;
  let found: TreeNode | null = null;
  for (const name of path.split('/').filter((part) => part !== '')) {
    found = tree === null ? null : await findIn(await read(tree), name);
    if (found === null) throw new HoldfastError('PATH_NOT_IN_SNAPSHOT', `The snapshot holds nothing at ${display}.`);
    tree = found.subtree;
  }
  return found;
}

async function findIn(pieces: AsyncIterable<TreePiece> | Iterable<TreePiece>, name: RawPath): Promise<TreeNode | null> {
  for await (const piece of pieces) {
    const found = findInPieces([piece], name);
    if (found !== null) return found;
  }
  return null;
}

export function findInPieces(pieces: Iterable<TreePiece>, name: RawPath): TreeNode | null {
  for (const { nodes } of pieces) {
    const found = nodes.find((node) => node.name === name);
    if (found !== undefined) return found;
  }
  return null;
}
