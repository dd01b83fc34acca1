/**
 * Files of an earlier restore that a new one beside it need not write again: they get a second name there, or share their
 * blocks where the file system can do that. What somebody may have changed since is compared before it is believed.
 */
import { closeSync, constants, copyFileSync, linkSync, openSync } from 'node:fs';
import { libc } from '../platform/libc.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import { applyToFile, safePermissions } from './metadata.ts';
import type { Metadata } from './restore-protocol.ts';
import { enterTarget, lookAt, type Existing, type TargetFolder } from './target-folder.ts';

export type Wanted = {
  readonly name: RawPath;
  readonly size: number;
  readonly metadata: Metadata;
  /** Whether it has several names, which stay names of one file. */
  readonly isLinked: boolean;
};

/** `sound`: nobody has touched it since it was sealed; `doubtful`: its content has to be compared. */
export type TakenOver = 'sound' | 'doubtful';

export class TakeOver {
  readonly #sealedNs: bigint;
  /** Until the file system has refused once. */
  #mayShareBlocks = true;

  /** `sealedNs`: what was changed at that time or later, by the clock of the file system, may not be as it was restored. */
  constructor(sealedNs: bigint) {
    this.#sealedNs = sealedNs;
  }

  /** The same folder of the earlier version; null where it has none, or something else in its place. */
  enter(parent: TargetFolder | null, name: RawPath, path: RawPath): TargetFolder | null {
    try {
      return enterTarget(parent, name, path, false);
    } catch {
      return null;
    }
  }

  /** Null where the file has to be written. */
  take(from: TargetFolder, to: TargetFolder, wanted: Wanted): TakenOver | null {
    const { name } = wanted;
    const there = lookAt(from, name);
    if (there === null || !isSameFile(there, wanted) || !hasXattrs(from.base + name, wanted.metadata)) return null;
    const isMade = (!wanted.isLinked && this.#shareBlocks(from, to, wanted)) || tryLink(from, to, name);
    if (!isMade) return null;
    return there.ctimeNs < this.#sealedNs ? 'sound' : 'doubtful';
  }

  #shareBlocks(from: TargetFolder, to: TargetFolder, { name, metadata }: Wanted): boolean {
    if (!this.#mayShareBlocks) return false;
    try {
      const flags = constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL;
      copyFileSync(fsPath(from.base + name), fsPath(to.base + name), flags);
    } catch {
      this.#mayShareBlocks = false;
      return false;
    }
    const descriptor = openSync(fsPath(to.base + name), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      applyToFile(descriptor, metadata);
    } finally {
      closeSync(descriptor);
    }
    return true;
  }
}

/** False where the file system makes no links, or no more of this file. */
function tryLink(from: TargetFolder, to: TargetFolder, name: RawPath): boolean {
  try {
    linkSync(fsPath(from.base + name), fsPath(to.base + name));
    return true;
  } catch {
    return false;
  }
}

function isSameFile({ kind, size, mtimeNs, mode, uid, gid }: Existing, { size: wanted, metadata }: Wanted): boolean {
  if (kind !== 'file' || size !== wanted || mtimeNs !== metadata.mtimeNs) return false;
  if ((mode & 0o7777) !== safePermissions(metadata.permissions)) return false;
  return process.getuid?.() !== 0 || (uid === metadata.uid && gid === metadata.gid);
}

/** Each of the snapshot is there with its value, and no other that a user can set. */
function hasXattrs(path: RawPath, { xattrs }: Metadata): boolean {
  if (libc === null) return xattrs.length === 0;
  try {
    const there = new Map(libc.readXattrs(path).map(({ name, value }) => [name, value]));
    const wanted = new Map(
      xattrs.map(({ name, value }) => [Buffer.from(name, 'utf8').toString('latin1'), Buffer.from(value, 'base64')]),
    );
    const isThere = [...wanted].every(([name, value]) => there.get(name)?.equals(value) === true);
    return isThere && [...there.keys()].every((name) => !name.startsWith('user.') || wanted.has(name));
  } catch {
    // A file system that knows none.
    return xattrs.length === 0;
  }
}
