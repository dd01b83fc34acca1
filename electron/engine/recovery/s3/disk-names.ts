/**
 * Where keys of a bucket lie on a disk: under the very names that they have, as far as a disk can hold these. What it cannot
 * hold lies under `%+escaped`, at the path that it has in the snapshot, whose decoded parts joined are the key.
 */
import type { RawPath } from '../../platform/raw-path.ts';
import { pathOfKey } from '../../sources/s3-bucket/key-path.ts';

export const escapedFolder = '%+escaped';
/** Of a name on any file system of Linux and macOS, in bytes. */
const longestName = 255;

export type DiskPlace = {
  readonly folders: readonly RawPath[];
  /** Null: the key ends in a slash and holds nothing, and is a folder. */
  readonly name: RawPath | null;
  readonly isEscaped: boolean;
};

/** `key`: its bytes, one character each. `size`: of its content. */
export function placeOfKey(key: string, size: number): DiskPlace {
  const parts = key.split('/');
  const last = parts.at(-1) ?? '';
  const folders = parts.slice(0, -1);
  const isFolder = last === '' && size === 0 && folders.length > 0;
  const isHeld = folders.every(canBeName) && (isFolder || canBeName(last)) && parts[0] !== escapedFolder;
  if (!isHeld) return escapedPlace(key);
  return { folders, name: isFolder ? null : last, isEscaped: false };
}

export function escapedPlace(key: string): DiskPlace {
  const { folders, name } = pathOfKey(key);
  return { folders: [escapedFolder, ...folders.map((step) => step.name)], name, isEscaped: true };
}

function canBeName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && part.length <= longestName && !part.includes('\0');
}
