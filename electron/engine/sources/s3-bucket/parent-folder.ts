/** What the snapshot before says of one folder of keys: looked up name by name, in about the order of the keys. */
import type { RawPath } from '../../platform/raw-path.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';
import { loadTree } from '../../repository/tree-lookup.ts';
import { beside, bytesOfName, recordsName } from './key-path.ts';
import { parseRecords, type ObjectRecord } from './record.ts';

export type Found = { readonly node: TreeNode; readonly leaf: ParentLeaf };

/** A stored tree that holds entries, and not parts. */
export class ParentLeaf {
  readonly tree: string;
  readonly nodes: ReadonlyMap<RawPath, TreeNode>;
  readonly #reader: BlobReader;
  readonly #records: TreeNode | undefined;
  #parsed: Promise<Map<string, ObjectRecord>> | undefined;

  constructor(tree: string, nodes: ReadonlyMap<RawPath, TreeNode>, records: TreeNode | undefined, reader: BlobReader) {
    this.tree = tree;
    this.nodes = nodes;
    this.#records = records;
    this.#reader = reader;
  }

  /** Read when it is first asked for: where nothing has changed, nobody asks. Undefined where it cannot be read. */
  async record(name: RawPath): Promise<ObjectRecord | undefined> {
    this.#parsed ??= this.#load();
    return (await this.#parsed).get(name);
  }

  async #load(): Promise<Map<string, ObjectRecord>> {
    try {
      const blobs: Buffer[] = [];
      for (const id of this.#records?.content ?? []) blobs.push(await this.#reader.load('data', id));
      return parseRecords(Buffer.concat(blobs).toString('utf8'));
    } catch (error) {
      if (error instanceof HoldfastError) return new Map();
      throw error;
    }
  }
}

type Part = { readonly from: string; readonly tree: string };

export class ParentFolder {
  readonly #reader: BlobReader;
  readonly #leaf: ParentLeaf;
  /** In the order of what they begin with. */
  readonly #parts: readonly Part[];
  #open: { readonly part: Part; readonly folder: Promise<ParentFolder | null> } | undefined;

  private constructor(reader: BlobReader, leaf: ParentLeaf, parts: readonly Part[]) {
    this.#reader = reader;
    this.#leaf = leaf;
    this.#parts = parts;
  }

  /** Null where there is none, or it cannot be read: then all that is in it is read anew. */
  static async open(reader: BlobReader, tree: string | null): Promise<ParentFolder | null> {
    if (tree === null) return null;
    try {
      const nodes = new Map<RawPath, TreeNode>();
      const parts: Part[] = [];
      let records: TreeNode | undefined;
      for (const piece of await loadTree(reader, tree)) {
        for (const node of piece.nodes) {
          if (node.name === recordsName) records = node;
          else if (node.type === 'dir' && node.name.startsWith(beside) && node.subtree !== null)
            parts.push({ from: beginningOf(node.name), tree: node.subtree });
          else nodes.set(node.name, node);
        }
      }
      parts.sort((a, b) => (a.from < b.from ? -1 : 1));
      return new ParentFolder(reader, new ParentLeaf(tree, nodes, records, reader), parts);
    } catch (error) {
      if (error instanceof HoldfastError) return null;
      throw error;
    }
  }

  async find(name: RawPath): Promise<Found | null> {
    const node = this.#leaf.nodes.get(name);
    if (node !== undefined) return { node, leaf: this.#leaf };
    if (this.#parts.length === 0) return null;
    const sought = bytesOfName(name) ?? '';
    const part = this.#parts.findLast(({ from }) => from <= sought) ?? this.#parts[0];
    if (part === undefined) return null;
    if (this.#open?.part !== part) this.#open = { part, folder: ParentFolder.open(this.#reader, part.tree) };
    return (await this.#open.folder)?.find(name) ?? null;
  }
}

/** The first entry's name stands in that of a part, after a mark for each level. */
function beginningOf(name: RawPath): string {
  return bytesOfName(name.replace(/^(?:%\+)+/, '')) ?? '';
}
