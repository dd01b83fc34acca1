/** Where restic's layout puts the files of a repository, below its root. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { FileHandle, FileType } from './backend.ts';

export const storedName = /^[0-9a-f]{64}$/;
export const storedFolders = ['keys', 'locks', 'snapshots', 'index', 'data'] as const satisfies readonly FileType[];

/** With `/` between its parts. A name that no stored file can have is INTERNAL. */
export function storedPath({ type, name }: FileHandle): string {
  if (type === 'config') return 'config';
  if (!storedName.test(name))
    throw new HoldfastError('INTERNAL', 'A stored file was asked for by a name it cannot have.');
  return type === 'data' ? `data/${name.slice(0, 2)}/${name}` : `${type}/${name}`;
}

/** The file that a path below the root is, in restic's layout; null where it is none. */
export function handleAt(path: string): FileHandle | null {
  if (path === 'config') return { type: 'config', name: 'config' };
  const [, type, prefix, name = ''] =
    /^(keys|locks|snapshots|index|data)\/(?:([0-9a-f]{2})\/)?([0-9a-f]{64})$/.exec(path) ?? [];
  if (type === undefined || (type === 'data') !== (prefix !== undefined)) return null;
  if (prefix !== undefined && !name.startsWith(prefix)) return null;
  return { type: type as FileType, name };
}
