/** Walking several trees side by side, name by name, in the order of bytes: what differs is found without holding them. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from './blob-reader.ts';
import type { TreePiece } from './format/tree.ts';
import type { InvalidNode, TreeNode } from './format/tree-node.ts';
import { loadTree } from './tree-lookup.ts';

/** One name of a folder, and what each tree has under it; null where it has nothing. */
export type MergedName = { readonly name: RawPath; readonly nodes: readonly (TreeNode | null)[] };

export type FolderPieces = Iterable<TreePiece> | null;

/** The pieces of a stored folder, checked for their order; null for none. Throws as `loadTree`. */
export async function loadFolder(reader: BlobReader, tree: string | null): Promise<FolderPieces> {
  return tree === null ? null : loadTree(reader, tree);
}

/**
 * All names of the folders, each once, sorted by bytes. Throws TREE_INVALID where a large folder is not in the order
 * that the format prescribes. `onInvalid` is told of entries that cannot be used, with the number of their folder.
 */
export function* mergeFolders(
  folders: readonly FolderPieces[],
  onInvalid: (folder: number, node: InvalidNode) => void,
): Generator<MergedName> {
  const lists = folders.map((pieces, folder) => sortedNodes(pieces ?? [], (node) => onInvalid(folder, node)));
  const heads = lists.map((list) => nextOf(list));
  for (;;) {
    let name: RawPath | null = null;
    for (const head of heads) if (head !== null && (name === null || head.name < name)) name = head.name;
    if (name === null) return;
    const nodes: (TreeNode | null)[] = [];
    for (const [at, head] of heads.entries()) {
      const found = head !== null && head.name === name;
      nodes.push(found ? head : null);
      if (found) heads[at] = nextOf(lists[at] as Iterator<TreeNode>);
    }
    yield { name, nodes };
  }
}

function nextOf(list: Iterator<TreeNode>): TreeNode | null {
  const next = list.next();
  return next.done === true ? null : next.value;
}

/** Of two entries with one name the later one counts. A small folder that is out of order is put in order. */
function* sortedNodes(pieces: Iterable<TreePiece>, onInvalid: (node: InvalidNode) => void): Generator<TreeNode> {
  let last: RawPath | null = null;
  let count = 0;
  for (const { nodes, invalid } of pieces) {
    invalid.forEach(onInvalid);
    count += 1;
    for (const node of isAscending(nodes) ? nodes : inOrder(nodes)) {
      if (count > 1 && last !== null && node.name <= last)
        throw new HoldfastError('TREE_INVALID', 'A stored folder is not in the order of its names.');
      last = node.name;
      yield node;
    }
  }
}

function isAscending(nodes: readonly TreeNode[]): boolean {
  for (let at = 1; at < nodes.length; at++) {
    if ((nodes[at - 1] as TreeNode).name >= (nodes[at] as TreeNode).name) return false;
  }
  return true;
}

function inOrder(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
