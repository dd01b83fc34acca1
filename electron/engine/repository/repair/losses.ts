/** What cannot be repaired: which files of which snapshots, and where the nearest good version of each is. */
import { displayRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import type { BlobIndex } from '../blob-index.ts';
import type { TreeNode } from '../format/tree-node.ts';
import type { StoredSnapshot } from '../snapshots.ts';

export type LostItem = {
  readonly snapshot: string;
  readonly source: string;
  /** Display form. A folder whose content nobody knows ends in a slash. */
  readonly path: string;
  /** Another snapshot that holds a whole version of it, the nearest in time; null: none does. */
  readonly nearest: { readonly snapshot: string; readonly takenAtMs: number } | null;
};

export type Losses = {
  readonly items: readonly LostItem[];
  /** All there are; `items` ends at a bound. */
  readonly count: number;
  /** Ids of the snapshots they are in. */
  readonly snapshots: readonly string[];
};

const mostItems = 1000;
/** A file that never changed is as lost in all of them. */
const versionsTried = 60;

export type LossPorts = {
  readonly sound: BlobIndex;
  /** Null where nobody has the folder. */
  readonly nodesOf: (tree: string) => Promise<readonly TreeNode[] | null>;
  readonly signal: AbortSignal;
};

export async function describeLosses(snapshots: readonly StoredSnapshot[], ports: LossPorts): Promise<Losses> {
  return new LossFinder(snapshots, ports).run();
}

class LossFinder {
  readonly #all: readonly StoredSnapshot[];
  readonly #ports: LossPorts;
  /** By tree: whether anything in it or below is lost. */
  readonly #isBad = new Map<string, boolean>();
  readonly #items: LostItem[] = [];
  readonly #affected: string[] = [];
  #count = 0;

  constructor(snapshots: readonly StoredSnapshot[], ports: LossPorts) {
    this.#all = snapshots;
    this.#ports = ports;
  }

  async run(): Promise<Losses> {
    for (const snapshot of this.#all) {
      if (!(await this.#bad(snapshot.file.tree))) continue;
      this.#affected.push(snapshot.id);
      await this.#list(snapshot, snapshot.file.tree, '/');
    }
    return { items: this.#items, count: this.#count, snapshots: this.#affected };
  }

  async #bad(tree: string): Promise<boolean> {
    const known = this.#isBad.get(tree);
    if (known !== undefined) return known;
    this.#ports.signal.throwIfAborted();
    const nodes = await this.#ports.nodesOf(tree);
    let isBad = nodes === null;
    for (const { content, subtree } of nodes ?? []) {
      if (this.#lacks(content)) isBad = true;
      else if (subtree !== null && (await this.#bad(subtree))) isBad = true;
    }
    this.#isBad.set(tree, isBad);
    return isBad;
  }

  #lacks(content: readonly string[] | null): boolean {
    return content?.some((id) => this.#ports.sound.findHex('data', id) < 0) ?? false;
  }

  async #list(snapshot: StoredSnapshot, tree: string, path: RawPath): Promise<void> {
    const nodes = await this.#ports.nodesOf(tree);
    if (nodes === null) await this.#name(snapshot, path, true);
    for (const { name, content, subtree } of nodes ?? []) {
      const below = joinRaw(path, name);
      if (this.#lacks(content)) await this.#name(snapshot, below, false);
      if (subtree !== null && this.#isBad.get(subtree) === true) await this.#list(snapshot, subtree, below);
    }
  }

  async #name(snapshot: StoredSnapshot, path: RawPath, isFolder: boolean): Promise<void> {
    this.#count += 1;
    if (this.#items.length >= mostItems) return;
    const nearest = await this.#nearest(snapshot, path);
    const shown = displayRaw(path);
    this.#items.push({
      snapshot: snapshot.id,
      source: snapshot.source,
      path: isFolder && shown !== '/' ? `${shown}/` : shown,
      nearest: nearest === null ? null : { snapshot: nearest.id, takenAtMs: nearest.takenAtMs },
    });
  }

  async #nearest(from: StoredSnapshot, path: RawPath): Promise<StoredSnapshot | null> {
    const others = this.#all
      .filter(({ id, source }) => id !== from.id && source === from.source)
      .toSorted((a, b) => distance(a, from) - distance(b, from));
    for (const other of others.slice(0, versionsTried)) if (await this.#isWhole(other.file.tree, path)) return other;
    return null;
  }

  async #isWhole(root: string, path: RawPath): Promise<boolean> {
    let tree: string | null = root;
    let node: TreeNode | undefined;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (tree === null) return false;
      node = (await this.#ports.nodesOf(tree))?.find((one) => one.name === name);
      if (node === undefined) return false;
      tree = node.subtree;
    }
    if (tree !== null) return !(await this.#bad(tree));
    return node !== undefined && !this.#lacks(node.content);
  }
}

function distance(a: StoredSnapshot, b: StoredSnapshot): number {
  return Math.abs(a.takenAtMs - b.takenAtMs);
}
