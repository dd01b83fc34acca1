/** What a restore run replaces stays beside it, in a folder named after the run, until the run is closed. */
import { linkSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import { OpenFolder } from './open-folder.ts';

/** The same file system as what is replaced, whatever is mounted where: a folder in each folder. */
export function asideName(run: string): RawPath {
  return `.holdfast-replaced-${run}`;
}

/**
 * Keeps what has `name` in the folder `base` under the same name in the folder `aside` in it. As a second name where the
 * file system knows such, so that there is no moment without it; it is moved otherwise. What an earlier attempt has kept
 * is the original, and stays.
 */
export function keepAside(base: RawPath, name: RawPath, aside: RawPath): void {
  const from = fsPath(base + name);
  if (lstatSync(from, { throwIfNoEntry: false }) === undefined) return;
  try {
    mkdirSync(fsPath(base + aside), { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // Never through a link that somebody has put there.
  const folder = OpenFolder.open(base + aside);
  try {
    const to = fsPath(folder.base + name);
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return;
    try {
      linkSync(from, to);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') renameSync(from, to);
    }
  } finally {
    folder.release();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
