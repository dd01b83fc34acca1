/** What must hold before folders are captured: absence and emptiness are alarms, not backups. */
import { accessSync, constants, lstatSync, opendirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, fsPath, joinRaw, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { contains } from './roots.ts';

/** A path that was to be captured and cannot be. */
export type LostRoot = { readonly path: RawPath; readonly error: HoldfastError };

type FoundRoots = { readonly found: readonly RawPath[]; readonly lost: readonly LostRoot[] };

/**
 * The paths to capture, and those that cannot be: one bad path must not keep the others from being protected. Where none
 * is left, throws why the first cannot be: SOURCE_NOT_FOUND or SOURCE_UNREADABLE.
 */
export function resolveRoots(paths: readonly string[]): FoundRoots {
  const roots = findRoots(paths);
  const [first] = roots.lost;
  if (first !== undefined && roots.found.length === 0) throw first.error;
  return roots;
}

/** As `resolveRoots`, where something may bring them back before they are read. */
export function findRoots(paths: readonly string[]): FoundRoots {
  const found: RawPath[] = [];
  const lost: LostRoot[] = [];
  for (const path of paths) {
    try {
      found.push(resolveRoot(path));
    } catch (error) {
      lost.push({ path: likelyPath(path), error: toHoldfastError(error) });
    }
  }
  return { found, lost };
}

/** What `resolveRoot` would give were it there: the name of a source must not change because one of its paths is away. */
function likelyPath(path: string): RawPath {
  const above = dirname(path);
  if (above === path) return rawFromUtf8(path);
  const name = rawFromUtf8(path.slice(path.lastIndexOf('/') + 1));
  try {
    return joinRaw(realpathSync(above, { encoding: 'buffer' }).toString('latin1'), name);
  } catch {
    return joinRaw(likelyPath(above), name);
  }
}

/** Absolute, links resolved at the root itself. */
export function resolveRoot(path: string | Buffer): RawPath {
  try {
    const real = realpathSync(path, { encoding: 'buffer' }).toString('latin1');
    accessSync(fsPath(real), statSync(fsPath(real)).isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    return real;
  } catch (error) {
    const { code } = toHoldfastError(error);
    const shown = typeof path === 'string' ? path : displayRaw(path.toString('latin1'));
    if (code === 'NO_PERMISSION')
      throw new HoldfastError('SOURCE_UNREADABLE', `${shown} cannot be read.`, { cause: error });
    throw new HoldfastError('SOURCE_NOT_FOUND', `There is nothing at ${shown}.`, { cause: error });
  }
}

/** The mount point a path lies on, or null where that is the root file system. */
export function mountPointOf(path: RawPath): RawPath | null {
  let current = path;
  const { dev } = lstatSync(fsPath(path), { bigint: true });
  while (current !== '/') {
    const above = current.slice(0, current.lastIndexOf('/')) || '/';
    if (lstatSync(fsPath(above), { bigint: true }).dev !== dev) return current;
    current = above;
  }
  return null;
}

/** Throws SOURCE_NOT_MOUNTED when a root lay on a mount point that is a plain folder now. */
export function refuseUnmounted(roots: readonly RawPath[], formerMountPoints: readonly RawPath[]): void {
  for (const mountPoint of formerMountPoints) {
    const root = roots.find((candidate) => contains(mountPoint, candidate));
    if (root === undefined || mountPointOf(root) === mountPoint) continue;
    const text = `Nothing is mounted at ${displayRaw(mountPoint)}, from where ${displayRaw(root)} was read before.`;
    throw new HoldfastError('SOURCE_NOT_MOUNTED', text);
  }
}

/** Whether a folder holds nothing. */
export function isEmptyFolder(path: RawPath): boolean {
  const stats = statSync(fsPath(path));
  if (!stats.isDirectory()) return false;
  const folder = opendirSync(fsPath(path));
  try {
    return folder.readSync() === null;
  } finally {
    folder.closeSync();
  }
}
