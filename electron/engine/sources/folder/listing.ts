/** Folders as they are listed: names in the order of a snapshot, and what stat says of each. */
import { closeSync, constants, existsSync, openSync, readdirSync } from 'node:fs';
import { statEntryIn, type FileStat } from '../../platform/file-stat.ts';
import { fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { nodeTypeOf } from '../../repository/format/go-mode.ts';

export type Listing = {
  /** Sorted by bytes. */
  readonly names: readonly RawPath[];
  /** In the order of the names: what stat gave, or what it threw. */
  readonly stats: (FileStat | Error | null)[];
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
    return { names, stats: names.map((name) => attempt(() => statEntryIn(path, descriptor, name))) };
  } finally {
    closeSync(descriptor);
  }
}

function attempt(look: () => FileStat): FileStat | Error {
  try {
    return look();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Entries looked at ahead of the walk, at most: some 30 MB. */
const scoutedEntries = 120_000;

/**
 * Lists folders ahead of the walk, in its order, while the key is derived and the index is loaded: on an unchanged source
 * listing is most of the work, and both take about as long.
 */
export class FolderScout {
  readonly #listings = new Map<RawPath, Listing>();
  readonly #ahead: RawPath[];
  readonly #skips: (path: RawPath) => boolean;
  #entries = 0;

  constructor(roots: readonly RawPath[], skips: (path: RawPath) => boolean) {
    this.#ahead = roots.toReversed();
    this.#skips = skips;
  }

  /** Lists one more folder; false when there is none, or enough has been listed. */
  step(): boolean {
    const path = this.#ahead.pop();
    if (path === undefined || this.#entries >= scoutedEntries) return false;
    try {
      const listing = listFolder(path);
      this.#listings.set(path, listing);
      this.#entries += listing.names.length;
      for (let at = listing.names.length - 1; at >= 0; at--) {
        const stat = listing.stats[at];
        if (stat === undefined || stat === null || stat instanceof Error || nodeTypeOf(stat.mode) !== 'dir') continue;
        const child = joinRaw(path, listing.names[at] as RawPath);
        if (!this.#skips(child)) this.#ahead.push(child);
      }
    } catch {
      // Whatever is wrong with the folder, the walk will meet it again and name it.
    }
    return true;
  }

  /** What was listed of a folder, once. */
  take(path: RawPath): Listing | undefined {
    const listing = this.#listings.get(path);
    this.#listings.delete(path);
    return listing;
  }
}
