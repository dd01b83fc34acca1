/** Folders as they are listed: names in the order of a snapshot, and what stat says of each. */
import { closeSync, constants, existsSync, openSync, readdirSync } from 'node:fs';
import { EntryStats } from '../../platform/file-stat.ts';
import { fsPath, type RawPath } from '../../platform/raw-path.ts';

export type Listing = {
  /** Sorted by bytes. */
  readonly names: readonly RawPath[];
  /** By the position of the name. */
  readonly stats: EntryStats;
};

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const viaDescriptors = existsSync('/proc/self/fd');

/**
 * Throws Node's system errors where the folder itself cannot be read. What was a folder may be a link by now, put there to
 * get somebody else's files into a snapshot: it is not followed.
 */
export function listFolder(path: RawPath): Listing {
  const descriptor = openSync(fsPath(path), folderFlags);
  try {
    const place = viaDescriptors ? `/proc/self/fd/${descriptor}` : fsPath(path);
    const names = readdirSync(place, { encoding: 'latin1' }).sort();
    return { names, stats: EntryStats.of(path, descriptor, names) };
  } finally {
    closeSync(descriptor);
  }
}
