/**
 * What a snapshot has that its neighbours in time do not: their trees walked side by side. Folders that are equal in all
 * of them are never opened.
 */
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { typeNumber } from '../catalog/content.ts';
import { BatchBuilder, entryGone, entryKept, rootHandle } from '../catalog/version-batch.ts';
import { joinRaw, type RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from '../repository/blob-reader.ts';
import type { InvalidNode, TreeNode } from '../repository/format/tree-node.ts';
import { loadFolder, mergeFolders, type FolderPieces } from '../repository/tree-merge.ts';
import { contentOf, isSameVersion } from './node-content.ts';

export type WalkTrees = {
  readonly own: string;
  /** Null where there is no such neighbour. */
  readonly previous: string | null;
  readonly next: string | null;
};

export type WalkEvents = {
  /** Takes a full batch over; the walk goes on when it resolves. */
  readonly onBatch: (batch: BatchBuilder) => Promise<void>;
  readonly onEntries: (entries: number, folder: RawPath) => void;
  readonly onIssue: (path: RawPath, error: HoldfastError) => void;
};

type Which = keyof WalkTrees;

/** Stored data is damaged where the walk cannot do without it: the snapshot's root, or any folder of a neighbour. */
export class UnreadableTree extends Error {
  override readonly name = 'UnreadableTree';
  readonly which: Which;

  constructor(which: Which, options: { cause: unknown }) {
    super('a tree cannot be read', options);
    this.which = which;
  }
}

type Folder = {
  readonly handle: number;
  readonly path: RawPath;
  /** Trees of the snapshot and of its neighbours; null where they have no such folder. */
  readonly trees: readonly (string | null)[];
};

const neighbourNames = ['previous', 'next'] as const;

/** What no second try changes; a disk or a network that fails is another matter. */
const damageCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'BLOB_MISSING',
  'BLOB_DAMAGED',
  'TREE_INVALID',
  'STORED_FILE_MISSING',
  'STORED_FILE_DAMAGED',
]);

export class SnapshotWalk {
  readonly #reader: BlobReader;
  readonly #events: WalkEvents;
  readonly #neighbours: readonly Which[];
  readonly #stack: Folder[] = [];
  readonly #batch = new BatchBuilder();
  #nextHandle = rootHandle + 1;
  #entries = 0;

  constructor(reader: BlobReader, trees: WalkTrees, events: WalkEvents) {
    this.#reader = reader;
    this.#events = events;
    this.#neighbours = neighbourNames.filter((which) => trees[which] !== null);
    const all = [trees.own, ...this.#neighbours.map((which) => trees[which])];
    if (this.#differ(all)) this.#stack.push({ handle: rootHandle, path: '/', trees: all });
  }

  /** Entries that were looked at. */
  get entries(): number {
    return this.#entries;
  }

  /** Throws UnreadableTree; what of the snapshot itself cannot be read is told and left out. */
  async run(signal: AbortSignal): Promise<void> {
    for (let folder = this.#stack.pop(); folder !== undefined; folder = this.#stack.pop()) {
      signal.throwIfAborted();
      await this.#walk(folder);
      this.#batch.release(folder.handle);
      this.#events.onEntries(this.#entries, folder.path);
    }
    if (!this.#batch.isEmpty) await this.#events.onBatch(this.#batch);
  }

  async #walk(folder: Folder): Promise<void> {
    const pieces = await Promise.all(folder.trees.map((tree, at) => this.#load(folder, tree, at)));
    const onInvalid = (at: number, { name, reason }: InvalidNode): void => {
      if (at > 0) return;
      const path = name === null ? folder.path : joinRaw(folder.path, name);
      this.#events.onIssue(path, new HoldfastError('TREE_INVALID', `The entry is not used: ${reason}.`));
    };
    const below: Folder[] = [];
    try {
      for (const { name, nodes } of mergeFolders(pieces, onInvalid)) {
        this.#entries += 1;
        const next = this.#add(folder, name, nodes);
        if (next !== null) below.push(next);
        if (this.#batch.isFull) await this.#events.onBatch(this.#batch);
      }
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'TREE_INVALID') throw error;
      this.#events.onIssue(folder.path, error);
    }
    for (let next = below.pop(); next !== undefined; next = below.pop()) this.#stack.push(next);
  }

  /** Puts an entry into the batch where it differs; returns the folder it is, where that must be opened. */
  #add(folder: Folder, name: RawPath, nodes: readonly (TreeNode | null)[]): Folder | null {
    const [own = null, ...others] = nodes;
    const trees = nodes.map((node) => node?.subtree ?? null);
    const isOpened = this.#differ(trees);
    const isSame = others.length > 0 && others.every((other) => isSameEntry(own, other));
    if (isSame && !isOpened) return null;
    const handle = isOpened ? this.#nextHandle++ : 0;
    if (own === null) this.#batch.add(folder.handle, name, entryGone, null, handle);
    else if (isSame) this.#batch.add(folder.handle, name, entryKept, null, handle);
    else this.#batch.add(folder.handle, name, typeNumber(own.type), contentOf(own), handle);
    return isOpened ? { handle, path: joinRaw(folder.path, name), trees } : null;
  }

  /** Whether a folder must be opened: without neighbours every one, else those that are not the same everywhere. */
  #differ(trees: readonly (string | null)[]): boolean {
    const [own = null] = trees;
    if (trees.every((tree) => tree === null)) return false;
    return this.#neighbours.length === 0 || trees.some((tree) => tree !== own);
  }

  async #load({ path, handle }: Folder, tree: string | null, at: number): Promise<FolderPieces> {
    try {
      return await loadFolder(this.#reader, tree);
    } catch (error) {
      if (!(error instanceof HoldfastError) || !damageCodes.has(error.code)) throw error;
      const which = at === 0 ? 'own' : (this.#neighbours[at - 1] as Which);
      if (at > 0 || handle === rootHandle) throw new UnreadableTree(which, { cause: error });
      this.#events.onIssue(path, error);
      return null;
    }
  }
}

function isSameEntry(own: TreeNode | null, other: TreeNode | null): boolean {
  if (own === null || other === null) return own === other;
  return isSameVersion(own, other);
}
