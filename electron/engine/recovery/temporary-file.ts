/**
 * The files that restored content is written to before it has its name. Whoever may write to the folder could put a link,
 * a pipe or another name of somebody's file in their place: nothing but a file that this account alone has made is used.
 */
import { closeSync, constants, fstatSync, openSync, unlinkSync, type Stats } from 'node:fs';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';

const readWrite = constants.O_RDWR | constants.O_NOFOLLOW;
const othersMayUse = 0o077;

/** A new one; what is in its place goes. */
export function createTemporary(path: RawPath): number {
  const fresh = readWrite | constants.O_CREAT | constants.O_EXCL;
  try {
    return openSync(fsPath(path), fresh, 0o600);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    // Only the name goes: what it may have been a second name of stays as it is.
    unlinkSync(fsPath(path));
    return openSync(fsPath(path), fresh, 0o600);
  }
}

/** Whose a file is, and who may use it: some file systems know one owner for all, so it need not be this account. */
export type OwnerMark = string;

/** One that an earlier run has left; null where there is none, or it may be somebody else's. */
export function openLeft(path: RawPath): number | null {
  const owner = process.geteuid?.();
  return openIf(path, ({ uid, mode }) => uid === owner && (mode & othersMayUse) === 0);
}

/** The one that this run has begun. TARGET_UNUSABLE where it is another now. */
export function openBegun(path: RawPath, mark: OwnerMark): number {
  const descriptor = openIf(path, (stats) => markOf(stats) === mark);
  if (descriptor !== null) return descriptor;
  throw new HoldfastError('TARGET_UNUSABLE', 'Somebody has put something in the place of the file while it came.');
}

export function markOf({ uid, mode }: Stats): OwnerMark {
  return `${uid} ${mode}`;
}

/** A second name means that it is somebody's file already. */
function openIf(path: RawPath, isRight: (stats: Stats) => boolean): number | null {
  let descriptor: number;
  try {
    // Opening a pipe would wait for a reader.
    descriptor = openSync(fsPath(path), readWrite | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  const stats = fstatSync(descriptor);
  if (stats.isFile() && stats.nlink === 1 && isRight(stats)) return descriptor;
  closeSync(descriptor);
  return null;
}
