/**
 * Takes back what a restore run has done to files, newest first: removes what it created and nobody has changed since,
 * puts back what it replaced, removes folders it made that are empty then. Everything else is left, and named.
 */
import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { baseRaw, dirRaw, displayRaw, fsPath, type RawPath } from '../../platform/raw-path.ts';
import { enterTarget, lookAt, type Existing, type TargetFolder } from '../target-folder.ts';
import type { LedgerEntry } from './ledger.ts';

export type UndoAction = 'remove' | 'put back' | 'remove folder' | 'leave';

/** One thing that will happen, or has. `reason` is why it is left. */
export type UndoItem = { readonly path: string; readonly action: UndoAction; readonly reason: string | null };

export type UndoCounts = { removed: number; putBack: number; folders: number; left: number };

export type UndoOptions = {
  /** Absolute; '/' for the original place. */
  readonly target: RawPath;
  readonly dryRun: boolean;
  readonly onItem: (item: UndoItem, done: number) => void;
};

export function undoEntries(entries: readonly LedgerEntry[], options: UndoOptions): UndoCounts {
  const counts: UndoCounts = { removed: 0, putBack: 0, folders: 0, left: 0 };
  const folders = new OpenFolders(options.target);
  try {
    for (const [done, entry] of entries.toReversed().entries()) {
      const item = undoOne(folders, entry, options.dryRun);
      if (item === null) continue;
      if (item.action === 'remove') counts.removed += 1;
      else if (item.action === 'put back') counts.putBack += 1;
      else if (item.action === 'remove folder') counts.folders += 1;
      else counts.left += 1;
      options.onItem({ path: displayRaw(entry.path), ...item }, done + 1);
    }
  } finally {
    folders.close();
  }
  return counts;
}

/** The run is closed: what it replaced goes, and what a stopped attempt has left behind. */
export function discardAside(entries: readonly LedgerEntry[], target: RawPath): void {
  const folders = new OpenFolders(target);
  try {
    for (const entry of entries) {
      const folder = entry.kind === 'folder' ? null : folders.enter(dirRaw(entry.path));
      if (folder === null) continue;
      removePart(folder, entry);
      const kept = entry.aside === null ? null : enterAside(folder, entry.aside);
      if (kept === null) continue;
      if (lookAt(kept, baseRaw(entry.path)) !== null) unlinkSync(fsPath(kept.base + baseRaw(entry.path)));
      kept.release();
      removeFolder(folder, baseRaw(dirRaw(entry.aside ?? '')));
    }
  } finally {
    folders.close();
  }
}

type Done = Omit<UndoItem, 'path'>;
const leave = (reason: string): Done => ({ action: 'leave', reason });

/** Null where there is nothing to undo. */
function undoOne(folders: OpenFolders, entry: LedgerEntry, dryRun: boolean): Done | null {
  try {
    const folder = folders.enter(dirRaw(entry.path));
    if (folder === null) return null;
    const name = baseRaw(entry.path);
    const existing = lookAt(folder, name);
    if (entry.kind === 'folder') return existing?.kind === 'dir' ? undoFolder(folders, folder, entry, dryRun) : null;
    if (!dryRun) removePart(folder, entry);
    if (entry.kind === 'replaced') return putBack(folders, folder, entry, existing, dryRun);
    if (existing === null) return null;
    if (!isAsMade(existing, entry)) return leave('It was changed since it was restored.');
    if (!dryRun) folders.writable(folder, () => unlinkSync(fsPath(folder.base + name)));
    return { action: 'remove', reason: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, [a-z]+(?: '.*')?$/s, '') : String(error);
    return leave(`${reason}.`);
  }
}

function undoFolder(folders: OpenFolders, parent: TargetFolder, { path }: LedgerEntry, dryRun: boolean): Done {
  if (dryRun) return { action: 'remove folder', reason: null };
  folders.leave(path);
  return folders.writable(parent, () => removeFolder(parent, baseRaw(path)))
    ? { action: 'remove folder', reason: null }
    : leave('Other things are in it.');
}

function putBack(
  folders: OpenFolders,
  folder: TargetFolder,
  entry: LedgerEntry,
  existing: Existing | null,
  dryRun: boolean,
): Done | null {
  const name = baseRaw(entry.path);
  const kept = enterAside(folder, entry.aside ?? '');
  if (kept === null) return null;
  try {
    // Without it nothing was replaced.
    if (lookAt(kept, name) === null) return null;
    if (existing !== null && existing.kind !== 'dir' && !isAsMade(existing, entry) && !isKept(existing, kept, name)) {
      return leave('It was changed since it was restored; what it replaced stays beside it.');
    }
    if (dryRun) return { action: 'put back', reason: null };
    if (existing?.kind === 'dir' && !removeFolder(folder, name)) return leave('A folder with other things is there.');
    folders.writable(folder, () => renameSync(fsPath(kept.base + name), fsPath(folder.base + name)));
    // A rename between two names of one file does nothing: the one that was kept is still there.
    if (lookAt(kept, name) !== null) unlinkSync(fsPath(kept.base + name));
  } finally {
    kept.release();
  }
  removeFolder(folder, baseRaw(dirRaw(entry.aside ?? '')));
  return { action: 'put back', reason: null };
}

/** Killed between keeping it and replacing it: it is still in its place. */
function isKept(existing: Existing, kept: TargetFolder, name: RawPath): boolean {
  return lookAt(kept, name)?.inode === existing.inode;
}

function isAsMade(existing: Existing, { intended, there }: LedgerEntry): boolean {
  if (intended === null || existing.kind === 'dir' || existing.mtimeNs !== intended.mtimeNs) return false;
  if (existing.kind === 'file' && existing.size !== intended.size) return false;
  if (there === null) return true;
  return existing.inode === there.inode && (there.ctimeNs === null || existing.ctimeNs === there.ctimeNs);
}

function enterAside(folder: TargetFolder, aside: RawPath): TargetFolder | null {
  const name = baseRaw(dirRaw(aside));
  return lookAt(folder, name)?.kind === 'dir' ? enterTarget(folder, name, dirRaw(aside), false) : null;
}

function removePart(folder: TargetFolder, { intended, there }: LedgerEntry): void {
  const part = intended?.temporary ?? null;
  if (part === null || there !== null || lookAt(folder, part)?.kind !== 'file') return;
  unlinkSync(fsPath(folder.base + part));
}

/** False where it is not empty. */
function removeFolder(parent: TargetFolder, name: RawPath): boolean {
  try {
    rmdirSync(fsPath(parent.base + name));
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** The folders on the way to the one that is worked in, held open. Links are followed where a restore follows them. */
class OpenFolders {
  readonly #target: RawPath;
  readonly #open: { readonly path: RawPath; readonly folder: TargetFolder }[] = [];

  constructor(target: RawPath) {
    this.#target = target;
  }

  /** Null where it is not there any more, or something else is in its place. */
  enter(path: RawPath): TargetFolder | null {
    this.#closeWhere((open) => open !== path && !isBelow(path, open));
    if (this.#open.length === 0) {
      if (lstatSync(fsPath(this.#target), { throwIfNoEntry: false })?.isDirectory() !== true) return null;
      this.#open.push({ path: this.#target, folder: enterTarget(null, '', this.#target, false) });
    }
    for (;;) {
      const last = this.#open.at(-1);
      if (last === undefined) return null;
      if (last.path === path) return last.folder;
      const rest = path.slice(last.path === '/' ? 1 : last.path.length + 1);
      const name = rest.split('/')[0] ?? '';
      const found = lookAt(last.folder, name);
      const follows = found?.kind === 'symlink' && found.trusted && this.#target === '/';
      if (found === null || (found.kind !== 'dir' && !follows)) return null;
      const next = last.path === '/' ? `/${name}` : `${last.path}/${name}`;
      this.#open.push({ path: next, folder: enterTarget(last.folder, name, next, follows) });
    }
  }

  leave(path: RawPath): void {
    this.#closeWhere((open) => open === path || isBelow(open, path));
  }

  /** A restored folder may forbid its owner to write in it. */
  writable<Result>(folder: TargetFolder, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
      folder.makeWritable();
      return work();
    }
  }

  close(): void {
    this.#closeWhere(() => true);
  }

  #closeWhere(matches: (path: RawPath) => boolean): void {
    for (let last = this.#open.at(-1); last !== undefined && matches(last.path); last = this.#open.at(-1)) {
      last.folder.release();
      this.#open.pop();
    }
  }
}

function isBelow(path: RawPath, folder: RawPath): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
