/** Pages of folders of snapshots, out of the trees of one repository. Runs in the thread that keeps the repository open. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { FolderEntry } from '../../../shared/contract/browse.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { baseRaw, dirRaw, displayRaw, joinRaw, type RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from '../repository/blob-reader.ts';
import { permissionsOf } from '../repository/format/go-mode.ts';
import { parseTree } from '../repository/format/tree.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import { canonicalTree, contentKey } from './canonical-tree.ts';
import { FolderTable, noFaults, NotAsScanned, type FolderView } from './folder-table.ts';
import { scanTree } from './tree-scan.ts';

export type PageRequest = {
  readonly view: FolderView;
  /** Id of the snapshot's tree. */
  readonly tree: string;
  /** Absolute, single slashes, none at the end. */
  readonly path: RawPath;
  readonly from: number;
  readonly limit: number;
  /** Tree of the newest snapshot of the source, `newest` where this is it, null where nothing is compared. */
  readonly against: string | null;
};

/** A folder in a folder; `tree` is the same where all in it is. */
export type FoundFolder = { readonly name: RawPath; readonly tree: string };

export type FileRequest = {
  readonly tree: string;
  /** As in `PageRequest`. */
  readonly path: RawPath;
  /** A larger file is refused: TREE_INVALID. */
  readonly maxBytes: number;
};

export type FolderPart = {
  readonly total: number;
  readonly matching: number;
  readonly entries: FolderEntry[];
  readonly issues: Issue[];
};

export type BrowserLimits = {
  /** Of all folders that are kept. */
  readonly keptBytes: number;
  /** Larger trees are read piece by piece. */
  readonly wholeBytes: number;
  /** Of one folder, of those that are read piece by piece. */
  readonly folderBytes: number;
};

export const browserLimits: BrowserLimits = {
  keptBytes: 256 * 1024 * 1024,
  wholeBytes: 96 * 1024 * 1024,
  folderBytes: 192 * 1024 * 1024,
};

const foldersByName: FolderView = { sort: 'name', descending: false, filter: '', foldersOnly: true };

/** What a list shows of a text that somebody may have made long. */
const shownCharacters = 4096;

export class TreeBrowser {
  readonly #reader: BlobReader;
  readonly #limits: BrowserLimits;
  /** The one that was used last comes last. */
  readonly #kept = new Map<string, FolderTable>();
  readonly #underWay = new Map<string, Promise<FolderTable>>();
  /** Trees that have to be read entry by entry. */
  readonly #odd = new Set<string>();

  constructor(reader: BlobReader, limits: BrowserLimits = browserLimits) {
    this.#reader = reader;
    this.#limits = limits;
  }

  /** Memory that folders take at the moment. */
  get keptBytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Throws PATH_NOT_IN_SNAPSHOT, and what reading trees throws. */
  async page(request: PageRequest): Promise<FolderPart> {
    return this.#mended(() => this.#page(request));
  }

  /** The folders in a folder, in byte order; null where there is no such path. Throws as `page`. */
  async folders(tree: string, path: RawPath): Promise<readonly FoundFolder[] | null> {
    return this.#mended(async () => {
      const folder = await this.#locate(tree, path);
      if (folder === null) return null;
      const table = await this.#table(folder);
      return Array.from(table.rows(foldersByName)).flatMap((row) => {
        const { name, subtree } = nodeAt(table, folder, row);
        return subtree === null ? [] : [{ name, tree: subtree }];
      });
    });
  }

  /** The content of a file; null where there is none of that path. Throws as `page`, BLOB_MISSING, BLOB_DAMAGED. */
  async file({ tree, path, maxBytes }: FileRequest): Promise<Uint8Array<ArrayBuffer> | null> {
    const content = await this.#mended(async () => {
      const folder = await this.#locate(tree, dirRaw(path));
      if (folder === null) return null;
      const table = await this.#table(folder);
      const row = table.find(baseRaw(path));
      return row < 0 ? null : nodeAt(table, folder, row).content;
    });
    if (content === null) return null;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (const id of content) {
      bytes += this.#reader.plainLength('data', id);
      if (bytes > maxBytes) throw new HoldfastError('TREE_INVALID', `${displayRaw(path)} is too large to be read.`);
      pieces.push(await this.#reader.load('data', id));
    }
    return Uint8Array.from(Buffer.concat(pieces));
  }

  async #mended<Result>(look: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await look();
      } catch (error) {
        if (!(error instanceof OddTree)) throw error;
        // Written anew it cannot be odd again.
        if (this.#odd.has(error.tree)) throw new HoldfastError('TREE_INVALID', 'A stored folder is not readable.');
        this.#odd.add(error.tree);
        this.#kept.delete(error.tree);
      }
    }
  }

  async #page({ tree, path, view, from, limit, against }: PageRequest): Promise<FolderPart> {
    const folder = await this.#locate(tree, path);
    if (folder === null) throw notThere(path);
    const table = await this.#table(folder);
    const rows = table.rows(view);
    const nodes = Array.from(rows.subarray(from, from + limit), (row) => nodeAt(table, folder, row));
    const issues = describeFaults(table, path);
    const compare = await this.#comparison(against, path, folder, issues);
    return {
      total: table.count + table.faults.leftOut,
      matching: rows.length,
      entries: nodes.map((node) => present(node, path, compare(node))),
      issues,
    };
  }

  /** The tree of a folder; null where there is no such path. Throws PATH_NOT_IN_SNAPSHOT where it is no folder. */
  async #locate(root: string, path: RawPath): Promise<string | null> {
    let tree = root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const table = await this.#table(tree);
      const row = table.find(name);
      if (row < 0) return null;
      const { subtree } = nodeAt(table, tree, row);
      if (subtree === null) throw new HoldfastError('PATH_NOT_IN_SNAPSHOT', `${displayRaw(path)} is no folder.`);
      tree = subtree;
    }
    return tree;
  }

  async #comparison(
    against: string | null,
    path: RawPath,
    folder: string,
    issues: Issue[],
  ): Promise<(node: TreeNode) => FolderEntry['against']> {
    if (against === null) return () => null;
    if (against === 'newest') return () => 'newest';
    try {
      const newest = await this.#locate(against, path).catch((error: unknown) => {
        if (error instanceof HoldfastError && error.code === 'PATH_NOT_IN_SNAPSHOT') return null;
        throw error;
      });
      if (newest === null) return () => 'deleted since';
      if (newest === folder) return () => 'same';
      const table = await this.#table(newest);
      return (node) => {
        const row = table.find(node.name);
        if (row < 0) return 'deleted since';
        return isSame(node, nodeAt(table, newest, row)) ? 'same' : 'changed since';
      };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const message = `The newest snapshot cannot be compared with: ${error.message}`;
      issues.push({ path: displayRaw(path), code: error.code, message });
      return () => null;
    }
  }

  async #table(tree: string): Promise<FolderTable> {
    const kept = this.#kept.get(tree);
    if (kept !== undefined) {
      this.#kept.delete(tree);
      this.#kept.set(tree, kept);
      return kept;
    }
    let loading = this.#underWay.get(tree);
    if (loading === undefined) {
      loading = this.#load(tree).finally(() => this.#underWay.delete(tree));
      this.#underWay.set(tree, loading);
    }
    return loading;
  }

  async #load(tree: string): Promise<FolderTable> {
    const { wholeBytes, folderBytes } = this.#limits;
    const pieces = await this.#reader.loadPieces('tree', tree, wholeBytes);
    const [only] = Array.isArray(pieces) ? (pieces as readonly [Buffer]) : [];
    const scan = only === undefined || only.length > wholeBytes || this.#odd.has(tree) ? null : scanTree(only);
    let table: FolderTable;
    if (scan !== null) table = new FolderTable(scan, noFaults);
    else {
      const { json, ...faults } = canonicalTree(parseTree(pieces), folderBytes);
      const written = scanTree(json);
      if (written === null) throw new HoldfastError('TREE_INVALID', 'A stored folder is not readable.');
      table = new FolderTable(written, faults);
    }
    this.#kept.set(tree, table);
    this.#makeRoom();
    return table;
  }

  #makeRoom(): void {
    let bytes = 0;
    for (const [at, [tree, table]] of [...this.#kept].toReversed().entries()) {
      bytes += table.bytes;
      if (at > 0 && bytes > this.#limits.keptBytes) this.#kept.delete(tree);
    }
  }
}

class OddTree extends Error {
  override readonly name = 'OddTree';
  readonly tree: string;

  constructor(tree: string) {
    super('a tree is not as it was scanned');
    this.tree = tree;
  }
}

function nodeAt(table: FolderTable, tree: string, row: number): TreeNode {
  try {
    return table.node(row);
  } catch (error) {
    throw error instanceof NotAsScanned ? new OddTree(tree) : error;
  }
}

function notThere(path: RawPath): HoldfastError {
  return new HoldfastError('PATH_NOT_IN_SNAPSHOT', `The snapshot holds nothing at ${displayRaw(path)}.`);
}

/** As versions are told apart in the catalog. Folders are the same where all in them is. */
function isSame(then: TreeNode, now: TreeNode): boolean {
  if (then.type !== now.type) return false;
  if (then.type === 'dir') return then.subtree === now.subtree;
  return (
    then.size === now.size &&
    then.mtime === now.mtime &&
    then.linkTarget === now.linkTarget &&
    then.device === now.device &&
    contentKey(then.content ?? []) === contentKey(now.content ?? [])
  );
}

function describeFaults({ faults, repeated, count }: FolderTable, path: RawPath): Issue[] {
  const folder = displayRaw(path);
  const issues = faults.invalid.map(({ name, reason }): Issue => ({
    path: cut(name === null ? folder : displayRaw(joinRaw(path, name))),
    code: 'TREE_INVALID',
    message: `The entry is not used: ${reason}.`,
  }));
  const say = (message: string): number => issues.push({ path: folder, code: 'TREE_INVALID', message });
  if (faults.moreInvalid > 0) say(`${formatCount(faults.moreInvalid)} more entries are not used.`);
  if (repeated === 1) say('One name stands in the folder more than once; the last entry counts.');
  if (repeated > 1) say(`Names stand in the folder more than once; ${formatCount(repeated)} entries do not count.`);
  if (faults.leftOut > 0)
    say(`The folder is too large to be shown whole: of its entries only the first ${formatCount(count)} are listed.`);
  return issues;
}

function present(node: TreeNode, folder: RawPath, against: FolderEntry['against']): FolderEntry {
  return {
    path: displayRaw(joinRaw(folder, node.name)),
    name: displayRaw(node.name),
    type: node.type,
    size: node.size,
    mode: permissionsOf(node.mode),
    uid: node.uid,
    gid: node.gid,
    user: cut(node.user),
    group: cut(node.group),
    modifiedAt: node.mtime,
    linkTarget: node.linkTarget === null ? null : cut(displayRaw(node.linkTarget)),
    against,
  };
}

function cut(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}
