/** Objects of a snapshot into a folder, each under its key. Nothing is written outside the folder, and no link is followed. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import type { KeysRestoreResult } from '../../../../shared/contract/buckets.ts';
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { libc } from '../../platform/libc.ts';
import { fsPath, type RawPath } from '../../platform/raw-path.ts';
import type { BlobIndex } from '../../repository/blob-index.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { findNode } from '../../repository/tree-lookup.ts';
import { Slots } from '../../sources/parallel.ts';
import { readBucketFile } from '../../sources/s3-bucket/bucket-file.ts';
import { storedObjects, type StoredObject } from '../../sources/s3-bucket/stored-objects.ts';
import { KeyFinder } from '../../sources/s3-bucket/stored-versions.ts';
import { ContentComparer, writeBlob } from '../file-content.ts';
import { enterTarget, lookAt, type TargetFolder } from '../target-folder.ts';
import { createTemporary } from '../temporary-file.ts';
import { escapedPlace, placeOfKey, type DiskPlace } from './disk-names.ts';

export type FolderOptions = {
  readonly tree: string;
  /** Text: only keys that begin with it. */
  readonly from: string;
  /** Raw keys: none but these. */
  readonly only?: readonly string[];
  /** Absolute. It is made where it is not there. */
  readonly folder: RawPath;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly dryRun: boolean;
  readonly verify: boolean;
  /** As `TargetFolder.identity`: folders that nothing is written into, wherever keys lead. */
  readonly forbidden?: readonly string[];
};

export type FolderTools = {
  readonly reader: BlobReader;
  readonly index: BlobIndex;
  readonly onIssue: (issue: Issue) => void;
};

export type GivenToFolder = Omit<KeysRestoreResult, 'snapshot' | 'target' | 'issues' | 'durationMs'>;

const atOnce = 16;
const named = 1_000;
const fileMode = 0o600;

export class KeysToFolder {
  doneItems = 0;
  doneBytes = 0;
  currentItem: string | null = null;
  readonly #options: FolderOptions;
  readonly #tools: FolderTools;
  readonly #comparer: ContentComparer;
  readonly #counts = { objects: 0, bytes: 0, unchanged: 0, verified: 0 };
  readonly #conflicts = { kept: 0, replaced: 0, named: [] as GivenToFolder['conflicts']['named'] };
  readonly #escaped = { count: 0, named: [] as GivenToFolder['escaped']['named'] };

  constructor(options: FolderOptions, tools: FolderTools) {
    this.#options = options;
    this.#tools = tools;
    this.#comparer = new ContentComparer(tools.index);
  }

  /** PATH_NOT_IN_SNAPSHOT where it holds no bucket; TARGET_UNUSABLE, and system errors of the target itself. */
  async run(): Promise<GivenToFolder> {
    const { tree, from, only, folder, dryRun } = this.#options;
    const wanted = only === undefined ? null : new Set(only);
    const { reader } = this.#tools;
    const facts = await readBucketFile(reader, tree);
    if (facts === null) throw new HoldfastError('PATH_NOT_IN_SNAPSHOT', 'The snapshot is of no bucket.');
    const present = (await findNode(reader, tree, `/${facts.bucket}`, facts.bucket))?.subtree ?? '';
    const finder = new KeyFinder(reader, present);
    // A dry run makes nothing, not even the folder itself.
    const isThere = existsSync(fsPath(folder));
    const root = dryRun && !isThere ? null : this.#enterAllowed(null, '', folder, true);
    const slots = new Slots(atOnce);
    const working = new Set<Promise<void>>();
    const onBad = (name: string): void => this.#issue(name, 'TREE_INVALID', 'It has a name that no key has.');
    const prefix = Buffer.from(from, 'utf8').toString('latin1');
    try {
      for await (const object of storedObjects(reader, present, prefix, onBad)) {
        if (wanted?.has(object.key) === false) continue;
        const plain = placeOfKey(object.key, object.node.size);
        // A file cannot stand where a folder of the same name has to.
        const isFolderToo = !plain.isEscaped && plain.name !== null && (await finder.hasBelow(object.key));
        const place = isFolderToo ? escapedPlace(object.key) : plain;
        const entered = Promise.withResolvers<void>();
        const work: Promise<void> = slots
          .hold(async () => {
            entered.resolve();
            await this.#giveOne(root, object, place);
          })
          .finally(() => working.delete(work));
        working.add(work);
        await entered.promise;
      }
    } finally {
      await Promise.all(working);
      root?.release();
    }
    return {
      dryRun,
      ...this.#counts,
      conflicts: { ...this.#conflicts, named: inOrder(this.#conflicts.named) },
      escaped: { ...this.#escaped, named: inOrder(this.#escaped.named) },
    };
  }

  async #giveOne(root: TargetFolder | null, object: StoredObject, place: DiskPlace): Promise<void> {
    const key = Buffer.from(object.key, 'latin1').toString('utf8');
    this.currentItem = key;
    try {
      await this.#put(root, key, object, place);
      this.doneItems += 1;
      this.doneBytes += object.node.size;
    } catch (error) {
      const failure = toHoldfastError(error);
      const code = failure.code === 'INTERNAL' ? 'TARGET_UNUSABLE' : failure.code;
      this.#issue(key, code, failure.message);
    }
  }

  async #put(root: TargetFolder | null, key: string, object: StoredObject, { folders, name, isEscaped }: DiskPlace) {
    const folder = this.#enter(root, folders);
    try {
      if (name === null) this.#counts.objects += 1;
      else if (await this.#putFile(folder, key, object, name)) {
        this.#counts.objects += 1;
        this.#counts.bytes += object.node.size;
      } else return;
      if (isEscaped) this.#nameEscaped(key, [...folders, name ?? ''].join('/'));
    } finally {
      folder?.release();
    }
  }

  /** Null where a dry run comes to one that is not there yet. */
  #enter(root: TargetFolder | null, folders: readonly RawPath[]): TargetFolder | null {
    if (root === null) return null;
    let at = root;
    at.hold();
    for (const name of folders) {
      try {
        if (lookAt(at, name) === null) {
          if (this.#options.dryRun) {
            at.release();
            return null;
          }
          at.make(name);
        }
        const next = this.#enterAllowed(at, name, '', false);
        at.release();
        at = next;
      } catch (error) {
        at.release();
        const { message } = toHoldfastError(error);
        throw new HoldfastError('TARGET_UNUSABLE', `${name} in its way is no folder that can be used. ${message}`);
      }
    }
    return at;
  }

  #enterAllowed(...where: Parameters<typeof enterTarget>): TargetFolder {
    const folder = enterTarget(...where);
    if (this.#options.forbidden?.includes(folder.identity) !== true) return folder;
    folder.release();
    const what = 'Nothing is restored into the home of Holdfast, nor into its repository.';
    throw new HoldfastError('TARGET_UNUSABLE', what);
  }

  /** Whether it is, or would be, written. */
  async #putFile(folder: TargetFolder | null, key: string, object: StoredObject, name: RawPath): Promise<boolean> {
    const { overwrite, dryRun } = this.#options;
    const there = lookAt(folder, name);
    if (there !== null && folder !== null) {
      const isSame = there.kind === 'file' && overwrite !== 'always' && this.#isAs(folder, name, object);
      if (isSame) {
        this.#counts.unchanged += 1;
        return false;
      }
      if (overwrite === 'never' || there.kind !== 'file') {
        this.#conflict(key, 'kept');
        return false;
      }
    }
    if (!dryRun && folder !== null) await this.#write(folder, object, name);
    if (there !== null) this.#conflict(key, 'replaced');
    return true;
  }

  async #write(folder: TargetFolder, { node, record }: StoredObject, name: RawPath): Promise<void> {
    const temporary = `.holdfast-${randomBytes(8).toString('hex')}`;
    const descriptor = createTemporary(folder.base + temporary);
    try {
      let at = 0;
      for (const id of node.content ?? []) {
        const blob = await this.#tools.reader.load('data', id);
        writeBlob(descriptor, blob, at, true);
        at += blob.length;
      }
      if (at !== node.size) throw new HoldfastError('BLOB_DAMAGED', 'The snapshot holds another length of it.');
      if (this.#options.verify) {
        if (!this.#comparer.matchesAll(descriptor, idsOf(node.content)))
          throw new HoldfastError('VERIFY_FAILED', 'What the disk holds is not what was written.');
        this.#counts.verified += 1;
      }
      const timeMs = record === null ? Number.NaN : Date.parse(record.lastModified);
      const ns = BigInt(Number.isNaN(timeMs) ? Date.now() : timeMs) * 1_000_000n;
      libc?.setFdTimesNs(descriptor, ns, ns);
      fsyncSync(descriptor);
      chmodSync(fsPath(folder.base + temporary), fileMode);
      renameSync(fsPath(folder.base + temporary), fsPath(folder.base + name));
    } catch (error) {
      unlinkSync(fsPath(folder.base + temporary));
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  #isAs(folder: TargetFolder, name: RawPath, { node }: StoredObject): boolean {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const descriptor = openSync(fsPath(folder.base + name), flags);
    try {
      return fstatSync(descriptor).size === node.size && this.#comparer.matchesAll(descriptor, idsOf(node.content));
    } finally {
      closeSync(descriptor);
    }
  }

  #conflict(key: string, action: 'kept' | 'replaced'): void {
    this.#conflicts[action] += 1;
    if (this.#conflicts.named.length < named) this.#conflicts.named.push({ key, action });
  }

  #nameEscaped(key: string, path: string): void {
    this.#escaped.count += 1;
    if (this.#escaped.named.length < named) this.#escaped.named.push({ key, path });
  }

  #issue(path: string, code: ErrorCode, message: string): void {
    this.#tools.onIssue({ path, code, message });
  }
}

/** Several are given at once and end in any order; a dry run names them in the same one. */
function inOrder<T extends { readonly key: string }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function idsOf(content: readonly string[] | null): Buffer {
  return Buffer.from((content ?? []).join(''), 'hex');
}
