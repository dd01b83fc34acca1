/**
 * Walks a clone in folders that are held open: never through a link, never onto another file system, never under something
 * that is mounted. What is as the manifest says may go; everything else is somebody's, and is named.
 */
import { rmdirSync, unlinkSync } from 'node:fs';
import { listMounts } from '../../platform/mounts.ts';
import { baseRaw, dirRaw, displayRaw, fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { enterTarget, lookAt, type Existing, type TargetFolder } from '../target-folder.ts';
import type { MadeThing } from './manifest.ts';

export type WalkOptions = {
  /** Absolute, and real. */
  readonly folder: RawPath;
  /** Relative to it: the mark, which goes last. */
  readonly mark: RawPath | null;
  /** Relative paths that programs write by themselves, and that hold nothing of anybody's. */
  readonly ignored: ReadonlySet<RawPath>;
  readonly onThing?: (path: RawPath) => void;
};

export type Kept = { readonly path: RawPath; readonly reason: string };

const firstKept = 100;

/** Everything that is in it: relative path, and how it is. */
export function* thingsIn(folder: RawPath): Generator<readonly [RawPath, Existing]> {
  const root = enterTarget(null, '', folder, false);
  try {
    yield* thingsOf(root, '');
  } finally {
    root.release();
  }
}

function* thingsOf(folder: TargetFolder, path: RawPath): Generator<readonly [RawPath, Existing]> {
  for (const name of folder.names()) {
    const own = path === '' ? name : joinRaw(path, name);
    const found = lookAt(folder, name);
    if (found === null) continue;
    yield [own, found];
    const inner = found.kind === 'dir' ? enterIfAllowed(folder, name, own) : null;
    if (inner === null) continue;
    try {
      yield* thingsOf(inner, own);
    } finally {
      inner.release();
    }
  }
}

/** Null of one that forbids even its owner to look into it: what is in it is then nobody's, and stays. */
function enterIfAllowed(folder: TargetFolder, name: RawPath, path: RawPath): TargetFolder | null {
  try {
    return enterTarget(folder, name, path, false);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return null;
    throw error;
  }
}

/** What `CloneWalk` found: of what the clone has made, and of others. */
export type Found = { items: number; removed: number; kept: number; first: Kept[] };

export class CloneWalk {
  readonly found: Found = { items: 0, removed: 0, kept: 0, first: [] };
  readonly #made: ReadonlyMap<RawPath, MadeThing>;
  readonly #options: WalkOptions;
  readonly #task: 'look' | 'remove' | 'remove all';
  readonly #mounted: ReadonlySet<RawPath>;
  #device = '';

  constructor(made: ReadonlyMap<RawPath, MadeThing>, options: WalkOptions, task: 'look' | 'remove' | 'remove all') {
    this.#made = made;
    this.#options = options;
    this.#task = task;
    this.#mounted = new Set(listMounts().map(({ path }) => path));
  }

  /** `inode`: of the folder itself, as it was made. Null where another one, or nothing, is there. */
  run(inode: bigint): Found | null {
    const { folder, mark } = this.#options;
    const parent = enterTarget(null, '', dirRaw(folder), false);
    try {
      const name = baseRaw(folder);
      const found = lookAt(parent, name);
      if (found?.kind !== 'dir' || found.inode !== inode) return null;
      const root = enterTarget(parent, name, folder, false);
      try {
        this.#device = deviceOf(root);
        this.#walk(root, '');
        if (this.#task === 'look' || this.found.kept > 0) return this.found;
        if (mark !== null) this.#removeMark(root, mark);
      } finally {
        root.release();
      }
      rmdirSync(fsPath(parent.base + name));
      return this.found;
    } finally {
      parent.release();
    }
  }

  /** True where nothing is left in it. */
  #walk(folder: TargetFolder, path: RawPath): boolean {
    let isEmpty = true;
    for (const name of folder.names()) {
      const own = path === '' ? name : joinRaw(path, name);
      this.#options.onThing?.(own);
      // The folders that lead to the mark stay as long as it does.
      if (own === this.#options.mark) isEmpty = false;
      else if (!this.#one(folder, name, own)) isEmpty = false;
    }
    return isEmpty;
  }

  /** True where it is gone. */
  #one(folder: TargetFolder, name: RawPath, path: RawPath): boolean {
    const found = lookAt(folder, name);
    if (found === null) return true;
    try {
      const reason = this.#reasonToKeep(path, found);
      if (reason !== null) return this.#keep(path, reason);
      if (found.kind === 'dir') return this.#folder(folder, name, path);
      this.found.items += 1;
      if (this.#task === 'look') return false;
      writable(folder, () => unlinkSync(fsPath(folder.base + name)));
      this.found.removed += 1;
      return true;
    } catch (error) {
      return this.#keep(
        path,
        error instanceof Error ? error.message.replace(/, [a-z]+(?: '.*')?$/s, '') : String(error),
      );
    }
  }

  #folder(parent: TargetFolder, name: RawPath, path: RawPath): boolean {
    const own = joinRaw(this.#options.folder, path);
    if (this.#mounted.has(own)) return this.#keep(path, 'something is mounted there');
    const folder = writable(parent, () => enterTarget(parent, name, path, false));
    try {
      if (deviceOf(folder) !== this.#device) return this.#keep(path, 'it is another file system');
      const made = this.#made.get(path);
      // Put in its place since it was looked at.
      if (this.#task !== 'remove all' && made !== undefined && !folder.identity.endsWith(` ${made.inode}`))
        return this.#keep(path, 'another folder is in its place');
      this.found.items += 1;
      const isEmpty = this.#walk(folder, path);
      if (!isEmpty || this.#task === 'look') return false;
    } finally {
      folder.release();
    }
    writable(parent, () => rmdirSync(fsPath(parent.base + name)));
    this.found.removed += 1;
    return true;
  }

  #reasonToKeep(path: RawPath, found: Existing): string | null {
    if (this.#task === 'remove all') return null;
    const made = this.#made.get(path);
    if (made === undefined) return this.#options.ignored.has(path) && found.kind === 'file' ? null : 'it was added';
    if (this.#options.ignored.has(path) && found.kind === 'file' && made.kind === 'file') return null;
    if (made.kind !== found.kind || made.inode !== found.inode) return 'something else is in its place';
    if (found.kind === 'dir') return null;
    if (made.size !== found.size || made.mtimeNs !== found.mtimeNs) return 'it was changed';
    // Removing one of several names of a file is a change to the others, so only whoever looks first goes by that.
    return this.#task === 'look' && made.ctimeNs !== found.ctimeNs ? 'it was changed' : null;
  }

  #keep(path: RawPath, reason: string): false {
    this.found.kept += 1;
    if (this.found.first.length < firstKept) this.found.first.push({ path, reason });
    return false;
  }

  #removeMark(root: TargetFolder, mark: RawPath): void {
    const names = mark.split('/');
    const open = [root];
    try {
      for (const name of names.slice(0, -1)) {
        const folder = open.at(-1) ?? root;
        if (lookAt(folder, name)?.kind !== 'dir') return;
        open.push(enterTarget(folder, name, name, false));
      }
      const last = names.at(-1) ?? '';
      const folder = open.at(-1) ?? root;
      if (lookAt(folder, last)?.kind === 'file') writable(folder, () => unlinkSync(fsPath(folder.base + last)));
      for (let depth = names.length - 2; depth >= 0; depth--) {
        const parent = open[depth] ?? root;
        writable(parent, () => rmdirSync(fsPath(parent.base + (names[depth] ?? ''))));
      }
    } finally {
      for (const folder of open.slice(1)) folder.release();
    }
  }
}

export function keptWords({ path, reason }: Kept): string {
  return `${displayRaw(path)}: ${reason}`;
}

function deviceOf(folder: TargetFolder): string {
  return folder.identity.split(' ')[0] ?? '';
}

/** A restored folder may forbid its owner to write in it. */
function writable<Result>(folder: TargetFolder, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    folder.makeWritable();
    return work();
  }
}
