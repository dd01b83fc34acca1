/**
 * Makes a folder and those above it, one by one. Node's recursive mkdir never ends where the kernel says ENOENT to whoever
 * makes a folder in one that is there, as below /proc.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '../../../shared/model/errors.ts';

/**
 * For this account alone, unless given another mode. Returns those that were made, from the top, without what somebody else
 * made at the same time. PLACE_UNUSABLE, or what the system says.
 */
export async function makeFolders(path: string, mode = 0o700): Promise<string[]> {
  const made: string[] = [];
  const missing: string[] = [];
  let nearest = path;
  for (; !(await isFolder(nearest)); nearest = dirname(nearest)) missing.push(nearest);
  for (const folder of missing.toReversed()) {
    try {
      await mkdir(folder, { mode });
      made.push(folder);
    } catch (error) {
      // Somebody else made it meanwhile.
      if (isSystemError(error, 'EEXIST') && (await isFolder(folder))) continue;
      if (!isSystemError(error, 'ENOENT')) throw error;
      throw new HoldfastError('PLACE_UNUSABLE', `No folder can be made in ${dirname(folder)}.`, { cause: error });
    }
  }
  return made;
}

/** Throws PLACE_UNUSABLE where something else is there. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') && dirname(path) !== path) return false;
    if (!isSystemError(error, 'ENOTDIR')) throw error;
    return false;
  }
  throw new HoldfastError('PLACE_UNUSABLE', `${path} is not a folder.`);
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
