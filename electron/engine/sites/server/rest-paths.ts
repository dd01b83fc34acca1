/** Which address of restic's REST protocol means what: nothing is decoded, and what is not exactly one of them is none. */
import type { FileHandle, FileType } from '../../repository/backend/backend.ts';

/** Of a user, and so of the first part of every address: no dots, no capitals, nothing that a disk might take for another. */
export const userPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export type SiteTarget =
  | { readonly kind: 'repository'; readonly user: string; readonly create: boolean }
  | { readonly kind: 'list'; readonly user: string; readonly type: Exclude<FileType, 'config'> }
  | { readonly kind: 'file'; readonly user: string; readonly handle: FileHandle };

const user = '([a-z0-9][a-z0-9_-]{0,62})';
const type = '(keys|locks|snapshots|index|data)';
const repositoryAddress = new RegExp(String.raw`^/${user}/(\?create=true)?$`);
const listAddress = new RegExp(`^/${user}/${type}/$`);
const fileAddress = new RegExp(`^/${user}/${type}/([0-9a-f]{64})$`);
const configAddress = new RegExp(`^/${user}/config$`);

/** Null for every other address. `url` is what stands in the first line of the request. */
export function parseTarget(url: string): SiteTarget | null {
  const repository = repositoryAddress.exec(url);
  if (repository !== null)
    return { kind: 'repository', user: repository[1] ?? '', create: repository[2] !== undefined };
  const list = listAddress.exec(url);
  if (list !== null) return { kind: 'list', user: list[1] ?? '', type: list[2] as Exclude<FileType, 'config'> };
  const file = fileAddress.exec(url);
  if (file !== null)
    return { kind: 'file', user: file[1] ?? '', handle: { type: file[2] as FileType, name: file[3] ?? '' } };
  const config = configAddress.exec(url);
  if (config !== null) return { kind: 'file', user: config[1] ?? '', handle: { type: 'config', name: 'config' } };
  return null;
}

/** What a request asks for of a file of `size` bytes: a range, all of it (null), or nothing that is there. */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | null | 'beyond' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(size, Number(last));
    return length === 0 ? 'beyond' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'beyond' : { start, end };
}
