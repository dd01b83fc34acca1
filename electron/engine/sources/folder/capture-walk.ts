/**
 * Walks folders depth first, keeps what the parent snapshot already has, has the rest stored, and builds the trees. Runs in
 * a thread of its own. Folders finish in any order: each waits for its files' content and its subfolders' trees.
 */
import { realpathSync } from 'node:fs';
import { toHoldfastError, HoldfastError } from '../../../../shared/model/errors.ts';
import { readAccountNames } from '../../platform/account-names.ts';
import { statEntry, timestampNs } from '../../platform/file-stat.ts';
import { dirRaw, displayRaw, fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { blobId } from '../../repository/blob-codec.ts';
import type { BlobIndex } from '../../repository/blob-index.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { encodeTree } from '../../repository/format/tree.ts';
import { formatNodeTail } from '../../repository/format/tree-node.ts';
import type { PackBuilder } from '../../repository/pack-builder.ts';
import type { StoredFileResult } from '../../repository/store-protocol.ts';
import type { CaptureCounts } from '../source.ts';
import type { CaptureIssue, CaptureTotals, WalkOptions } from './capture-protocol.ts';
import { describeEntry, neverUnchanged, readAttributes, readEntry, type Entry } from './entry.ts';
import { compileExcludes, isCacheDirectory, type Excludes } from './excludes.ts';
import { listFolder, type Listing } from './listing.ts';
import {
  addStretch,
  asLatin1,
  attributesIn,
  flat,
  fromLatin1,
  subtreeOf,
  textsOf,
  type NodeText,
} from './node-text.ts';
import { isSameFile, ParentFolder } from './parent-folder.ts';
import { below, planRoots, type PlannedFolder } from './roots.ts';
import type { FolderScout } from './scout.ts';
import type { StoreClient } from './store-client.ts';

export type WalkTools = {
  readonly index: BlobIndex;
  readonly reader: BlobReader;
  readonly trees: PackBuilder;
  readonly store: StoreClient;
  readonly scout: FolderScout;
  readonly onIssue: (issue: CaptureIssue) => void;
  /** Often: the walk goes on for long without giving timers a turn. */
  readonly onProgress: () => void;
  /** When nothing more will be found. */
  readonly onWalked: (totals: CaptureTotals) => void;
};

export type WalkResult = { readonly tree: string; readonly counts: CaptureCounts; readonly items: readonly RawPath[] };

type OpenFolder = {
  readonly path: RawPath;
  readonly parent: OpenFolder | null;
  readonly slot: number;
  /** Of its own node in the parent folder; empty for the root. */
  readonly head: string;
  readonly before: ParentFolder | null;
  /** In order. */
  readonly nodes: NodeText[];
  /** Entries without JSON yet, and one for the walk itself. */
  pending: number;
  /** So far every entry stands in the parent's tree just so. */
  same: boolean;
};

/** A root with what decides about the entries below it. */
type Scope = {
  readonly root: RawPath;
  readonly excludes: Excludes;
  readonly hasExcludes: boolean;
  readonly device: string | null;
};

export class FolderWalk {
  readonly #tools: WalkTools;
  readonly #options: WalkOptions;
  readonly #names = readAccountNames();
  readonly #neverRead: ReadonlySet<RawPath>;
  readonly #foldersWithNeverRead: ReadonlySet<RawPath>;
  readonly #items: RawPath[] = [];
  readonly #finished = Promise.withResolvers<string>();
  #seen = 0;
  #sizes = 0;
  #current: RawPath | null = null;
  #bytes = 0;
  #keptBytes = 0;
  readonly #files = { new: 0, changed: 0, unmodified: 0 };
  readonly #folders = { new: 0, changed: 0, unmodified: 0 };

  constructor(tools: WalkTools, options: WalkOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#neverRead = new Set(options.neverRead);
    this.#foldersWithNeverRead = new Set(options.neverRead.map(dirRaw));
  }

  /** Bytes of files that are dealt with: kept from the parent, or stored. */
  get bytesSeen(): number {
    return this.#keptBytes + this.#tools.store.bytesDone;
  }

  get itemsSeen(): number {
    return this.#seen;
  }

  /** What was come to last; a large file for as long as it is read. Null at the very beginning. */
  get currentItem(): RawPath | null {
    return this.#tools.store.largeFile ?? this.#current;
  }

  async run(parentTree: string | null): Promise<WalkResult> {
    const { base, roots } = this.#options;
    const top = this.#openFolder(base, null, 0, '', await this.#loadParent(parentTree));
    await this.#walkPlanned(top, planRoots(roots.map((root) => below(base, root))));
    this.#settle(top);
    this.#tools.store.flush();
    this.#tools.onWalked({ items: this.#seen, bytes: this.#sizes });
    const tree = await this.#finished.promise;
    const counts = { files: { ...this.#files }, folders: { ...this.#folders }, bytes: this.#bytes };
    return { tree, counts, items: this.#items };
  }

  /** Folders above the roots: only what leads to a root, with their real metadata. */
  async #walkPlanned(folder: OpenFolder, plan: PlannedFolder): Promise<void> {
    if (plan.isRoot) {
      await this.#walkFolder(folder, this.#scope(folder.path));
      return;
    }
    for (const [name, child] of plan.children) {
      const path = joinRaw(folder.path, name);
      // Above a root a link may be part of the path; the snapshot has the folder it leads to.
      const entry = child.isRoot ? readEntry(path, name, this.#names) : readEntry(realPath(path), name, this.#names);
      if (entry.type === 'dir') await this.#enterFolder(folder, path, name, entry, child);
      else await this.#takeEntry(folder, path, name, entry);
    }
  }

  /** Null for nearly all folders: to look a path up makes text of it, which most entries do without. */
  #neverReadIn(folder: RawPath): ReadonlySet<RawPath> | null {
    return this.#foldersWithNeverRead.has(folder) ? this.#neverRead : null;
  }

  #scope(root: RawPath): Scope {
    return {
      root,
      excludes: compileExcludes(this.#options.excludes, { root }),
      hasExcludes: this.#options.excludes.length > 0,
      device: this.#options.oneFileSystem ? statEntry(root).device : null,
    };
  }

  async #walkFolder(folder: OpenFolder, scope: Scope): Promise<void> {
    let listing: Listing;
    try {
      listing = this.#tools.scout.take(folder.path) ?? listFolder(folder.path);
    } catch (error) {
      this.#report(folder.path, error);
      folder.same = false;
      return;
    }
    const atRoot = folder.path === scope.root;
    const neverRead = this.#neverReadIn(folder.path);
    for (const [position, name] of listing.names.entries()) {
      const path = joinRaw(folder.path, name);
      if (neverRead !== null && neverRead.has(path)) continue;
      let entry: Entry;
      try {
        entry = describeEntry(path, name, this.#names, listing.stats.at(position));
      } catch (error) {
        // What vanished between the listing and now is no longer part of the source.
        if (!isSystemError(error, 'ENOENT')) this.#report(path, error);
        folder.same = false;
        continue;
      }
      if (scope.hasExcludes && scope.excludes.matches(below(scope.root, path), entry.type === 'dir')) continue;
      if (atRoot) this.#items.push(path);
      if (entry.type === 'dir') await this.#enterFolder(folder, path, name, entry, scope);
      else {
        const wait = this.#takeEntry(folder, path, name, entry);
        if (wait !== null) await wait;
      }
    }
  }

  async #enterFolder(
    folder: OpenFolder,
    path: RawPath,
    name: RawPath,
    entry: Entry,
    within: Scope | PlannedFolder,
  ): Promise<void> {
    const slot = folder.nodes.push(null) - 1;
    const rest = folder.before?.matchNext(asLatin1(entry.start)) ?? null;
    const subtree = rest === null ? (folder.before?.find(name)?.subtree ?? null) : subtreeOf(rest);
    const head = rest === null ? this.#head(path, entry) : entry.start + fromLatin1(attributesIn(rest));
    if (rest === null) folder.same = false;
    const child = this.#openFolder(path, folder, slot, head, await this.#loadParent(subtree));
    if ('children' in within) await this.#walkPlanned(child, within);
    else if (this.#staysOut(path, entry, within)) child.same = false;
    else await this.#walkFolder(child, within);
    this.#settle(child);
  }

  /** A folder whose content is left out by design: the start of another file system, or a cache. */
  #staysOut(path: RawPath, entry: Entry, scope: Scope): boolean {
    if (scope.device !== null && entry.stat.device !== scope.device) return true;
    return this.#options.excludeCaches && isCacheDirectory(path);
  }

  /** Anything but a folder. Resolves when more may be submitted; null where there is nothing to wait for. */
  #takeEntry(folder: OpenFolder, path: RawPath, name: RawPath, entry: Entry): Promise<void> | null {
    const limit = this.#options.excludeLargerThanBytes;
    if (entry.type === 'file' && limit !== null && entry.size > limit) {
      folder.same = false;
      return null;
    }
    this.#seen += 1;
    this.#sizes += entry.size;
    this.#current = path;
    if ((this.#seen & 63) === 0) this.#tools.onProgress();
    const { before: parent } = folder;
    const rest = parent?.matchNext(asLatin1(entry.start)) ?? null;
    if (parent !== null && rest !== null && (entry.type !== 'file' || this.#hasAll(rest))) {
      if (entry.type === 'file') this.#keep(entry);
      addStretch(folder.nodes, parent.matched);
      return null;
    }
    const slot = folder.nodes.push(null) - 1;
    folder.same = false;
    if (entry.type !== 'file') {
      folder.nodes[slot] = this.#head(path, entry) + formatNodeTail(null, null);
      return null;
    }
    const before = rest === null ? folder.before?.find(name) : undefined;
    if (before?.content && isSameFile(before, entry)) {
      const known = formatNodeTail(before.content, null);
      if (this.#hasAll(known)) {
        this.#keep(entry);
        folder.nodes[slot] = this.#head(path, entry) + known;
        return null;
      }
    }
    folder.pending += 1;
    const kind = before === undefined && rest === null ? 'new' : 'changed';
    const task = { path, size: entry.size, mtimeNs: timestampNs(entry.stat.mtime) };
    return this.#tools.store.submit(task, (result) => {
      this.#takeResult(folder, slot, path, name, entry, kind, result);
    });
  }

  /** With the attributes. What is not to be had of them is named, and does not cost the entry its place in the snapshot. */
  #head(path: RawPath, entry: Entry): string {
    try {
      const { json, unstorable } = readAttributes(path, entry);
      if (unstorable.length === 0) return entry.start + json;
      const names = unstorable.map(displayRaw).join(', ');
      const message = `The snapshot has no place for extended attributes whose name is not UTF-8: ${names}.`;
      this.#tools.onIssue({ path, code: 'ATTRIBUTE_NOT_STORED', message, incomplete: true });
      return neverUnchanged(entry.start) + json;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return entry.start;
      this.#report(path, error);
      return neverUnchanged(entry.start);
    }
  }

  #keep({ size }: Entry): void {
    this.#files.unmodified += 1;
    this.#bytes += size;
    this.#keptBytes += size;
  }

  #takeResult(
    folder: OpenFolder,
    slot: number,
    path: RawPath,
    name: RawPath,
    entry: Entry,
    kind: 'new' | 'changed',
    result: StoredFileResult,
  ): void {
    if ('error' in result) {
      const { code, message } = result.error;
      this.#report(path, new HoldfastError(code, message));
    } else {
      this.#files[kind] += 1;
      this.#bytes += result.size;
      folder.nodes[slot] = flat(this.#headNow(path, name, entry, result) + formatNodeTail(idsOf(result.ids), null));
      if (result.changed) {
        const message = 'The file kept changing while it was read; what was read of it is stored.';
        this.#tools.onIssue({ path, code: 'FILE_CHANGED', message, incomplete: false });
      }
    }
    this.#settle(folder);
  }

  /**
   * The metadata that fits the content: looked at again where the file changed after it was listed. Never newer than the
   * content: a change in between would look like one that is in the snapshot, and no later run would read it.
   */
  #headNow(path: RawPath, name: RawPath, entry: Entry, { size, mtimeNs }: { size: number; mtimeNs: bigint }): string {
    const fits = ({ type, size: found, stat }: Entry): boolean =>
      type === 'file' && found === size && isSameTime(timestampNs(stat.mtime), mtimeNs);
    let fitting = entry;
    if (!fits(entry)) {
      const now = this.#entryNow(path, name);
      fitting = now !== null && fits(now) ? now : describeEntry(path, name, this.#names, entry.stat, size);
    }
    return this.#head(path, fitting);
  }

  #entryNow(path: RawPath, name: RawPath): Entry | null {
    try {
      return readEntry(path, name, this.#names);
    } catch {
      // It is gone by now; what was listed is the best there is.
      return null;
    }
  }

  #openFolder(
    path: RawPath,
    parent: OpenFolder | null,
    slot: number,
    head: string,
    before: ParentFolder | null,
  ): OpenFolder {
    if (parent !== null) parent.pending += 1;
    return { path, parent, slot, head, before, nodes: [], pending: 1, same: before !== null };
  }

  /** One thing less to wait for; the last one makes the folder a tree, and may finish the folder above. */
  #settle(folder: OpenFolder): void {
    let finished: OpenFolder | null = folder;
    while (finished !== null) {
      finished.pending -= 1;
      if (finished.pending > 0) return;
      const tree = this.#storeTree(finished);
      const parent: OpenFolder | null = finished.parent;
      if (parent === null) this.#finished.resolve(tree);
      else {
        if (tree !== finished.before?.treeId) parent.same = false;
        parent.nodes[finished.slot] = finished.head + formatNodeTail(null, tree);
      }
      finished = parent;
    }
  }

  #storeTree({ nodes, before, same, parent }: OpenFolder): string {
    if (before !== null && same && before.exhausted) {
      if (parent !== null) this.#folders.unmodified += 1;
      return before.treeId;
    }
    const json = encodeTree(textsOf(nodes, before));
    const id = blobId(json);
    if (this.#tools.index.claim('tree', id)) this.#tools.trees.add(id, json);
    const hexId = id.toString('hex');
    if (parent !== null)
      this.#folders[before === null ? 'new' : hexId === before.treeId ? 'unmodified' : 'changed'] += 1;
    return hexId;
  }

  /** Null where there is no parent, or it cannot be read: then everything below is stored anew, which heals it. */
  async #loadParent(tree: string | null): Promise<ParentFolder | null> {
    if (tree === null) return null;
    try {
      return new ParentFolder(tree, await this.#tools.reader.load('tree', tree));
    } catch (error) {
      if (error instanceof HoldfastError) return null;
      throw error;
    }
  }

  /** Whether all contents that the tail of a node names are in the repository. */
  #hasAll(tail: string): boolean {
    for (let at = tail.indexOf('["') + 2; at >= 2 && at < tail.length - 64; at += 67) {
      if (this.#tools.index.findHex('data', tail.slice(at, at + 64)) < 0) return false;
    }
    return true;
  }

  #report(path: RawPath, error: unknown): void {
    const { code, message } = toHoldfastError(error);
    this.#tools.onIssue({ path, code, message: withoutPath(message), incomplete: true });
  }
}

function realPath(path: RawPath): RawPath {
  return realpathSync(fsPath(path), { encoding: 'buffer' }).toString('latin1');
}

/** Times come back from the storing threads as 64 bits, which end in 2262. */
function isSameTime(whole: bigint, given: bigint): boolean {
  return BigInt.asIntN(64, whole) === BigInt.asIntN(64, given);
}

function idsOf(ids: Uint8Array): string[] {
  const hex = Buffer.from(ids.buffer, ids.byteOffset, ids.length).toString('hex');
  return Array.from({ length: ids.length / 32 }, (_, position) => hex.slice(position * 64, position * 64 + 64));
}

/** Node's messages end with the call and the path; the path is said beside the message already. */
function withoutPath(message: string): string {
  return message.replace(/, [a-z]+ '.*'$/s, '');
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
