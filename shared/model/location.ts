import { HoldfastError } from './errors.ts';

/**
 * The folder a repository's location means: the text itself, or what follows `local:`. Throws
 * REPOSITORY_KIND_UNSUPPORTED for an address (`sftp:…`, `s3:…`, `nas:/backup`): taken for the name of a folder, it would
 * put on this machine what was meant to lie on another.
 */
export function folderOfLocation(location: string): string {
  if (location.startsWith('local:')) return location.slice('local:'.length);
  const address = /^([^/:]{2,}):/.exec(location);
  if (address === null) return location;
  const text = `${address[1] ?? ''}: is the beginning of an address, not of a folder's name.`;
  throw new HoldfastError('REPOSITORY_KIND_UNSUPPORTED', text);
}
