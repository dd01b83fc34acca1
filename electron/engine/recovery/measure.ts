/** How much a restore will bring: known before it begins, for a percentage that is true and a disk that is too small. */
import type { RawPath } from '../platform/raw-path.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import type { BlobReader } from '../repository/blob-reader.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import { findNode, loadTree } from '../repository/tree-lookup.ts';
import type { PlannedSelection } from './restore-protocol.ts';

export type Amount = {
  /** Entries of every kind. */
  readonly items: number;
  /** Bytes of files as they are read. */
  readonly bytes: number;
  /** What they take on a disk at least: holes take nothing, and further names of a file neither. */
  readonly leastBytes: number;
};

/** What shrinks to less than this part may be zeros, which become holes. */
const holeRatio = 64;
const nothing: Amount = { items: 0, bytes: 0, leastBytes: 0 };

/** Rejects where a folder cannot be read: then the amount is not known. */
export async function measure(
  index: BlobIndex,
  reader: BlobReader,
  selections: readonly PlannedSelection[],
): Promise<Amount> {
  const measuring = new Measuring(index, reader);
  let total = nothing;
  for (const { tree, path } of selections) total = sum(total, await measuring.selection(tree, path));
  return { ...total, leastBytes: total.leastBytes + measuring.linkedBytes };
}

class Measuring {
  /** Least bytes of files with several names, each once. */
  linkedBytes = 0;
  readonly #index: BlobIndex;
  readonly #reader: BlobReader;
  readonly #linked = new Set<string>();
  /** A folder that is there many times is read once: a hostile tree may name a thousand times what does so itself. */
  readonly #known = new Map<string, Amount>();

  constructor(index: BlobIndex, reader: BlobReader) {
    this.#index = index;
    this.#reader = reader;
  }

  async selection(tree: string, path: RawPath): Promise<Amount> {
    const node = await findNode(this.#reader, tree, path, path);
    return node === null ? this.#tree(tree) : this.#node(node);
  }

  async #tree(id: string): Promise<Amount> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    let total = nothing;
    for (const { nodes } of await loadTree(this.#reader, id)) {
      for (const node of nodes) total = sum(total, await this.#node(node));
    }
    this.#known.set(id, total);
    return total;
  }

  #node(node: TreeNode): Amount | Promise<Amount> {
    if (node.type === 'dir' && node.subtree !== null) {
      return this.#tree(node.subtree).then(({ items, ...rest }) => ({ ...rest, items: items + 1 }));
    }
    return node.type === 'file' ? this.#file(node) : { ...nothing, items: 1 };
  }

  #file({ content, links, deviceId, inode }: TreeNode): Amount {
    let bytes = 0;
    let leastBytes = 0;
    for (const id of content ?? []) {
      const entry = this.#index.findHex('data', id);
      if (entry < 0) continue;
      const plain = this.#index.plainLength(entry);
      bytes += plain;
      if ((this.#index.location(entry)?.length ?? 0) * holeRatio >= plain) leastBytes += plain;
    }
    if (links < 2) return { items: 1, bytes, leastBytes };
    const file = `${deviceId}:${inode}`;
    if (!this.#linked.has(file)) this.linkedBytes += leastBytes;
    this.#linked.add(file);
    return { items: 1, bytes, leastBytes: 0 };
  }
}

function sum(a: Amount, b: Amount): Amount {
  return { items: a.items + b.items, bytes: a.bytes + b.bytes, leastBytes: a.leastBytes + b.leastBytes };
}
