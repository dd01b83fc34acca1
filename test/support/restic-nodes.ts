/** Nodes and trees of the restic format, honest by default; any field can be replaced by anything. */
import { encodeRawJson } from './raw-json.ts';
import type { ResticRepository } from './restic-repository.ts';

export type Fields = Readonly<Record<string, unknown>>;

const times = {
  mtime: '2024-05-06T07:08:09.123456789Z',
  atime: '2024-05-06T07:08:09.123456789Z',
  ctime: '2024-05-06T07:08:09.123456789Z',
};
const common = { ...times, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, inode: 1 };

/** Go's `os.FileMode` bits that are not permissions. */
export const goMode = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  namedPipe: 2 ** 25,
  charDevice: 2 ** 21,
} as const;

export function fileNode(
  repository: ResticRepository,
  name: string,
  content: string | Buffer,
  fields: Fields = {},
): Fields {
  const bytes = Buffer.from(content);
  const blobs = bytes.length === 0 ? [] : [repository.addBlob('data', bytes)];
  return { name, type: 'file', mode: 0o644, ...common, size: bytes.length, links: 1, content: blobs, ...fields };
}

export function folderNode(name: string, subtree: string, fields: Fields = {}): Fields {
  return { name, type: 'dir', mode: goMode.dir + 0o755, ...common, content: null, subtree, ...fields };
}

export function linkNode(name: string, linktarget: string, fields: Fields = {}): Fields {
  return {
    name,
    type: 'symlink',
    mode: goMode.symlink + 0o777,
    ...common,
    links: 1,
    linktarget,
    content: null,
    ...fields,
  };
}

/** Stores a tree of nodes, in the order given, as the Go encoder writes it: with a newline at the end. See `raw`. */
export function addTree(repository: ResticRepository, nodes: readonly Fields[]): string {
  return repository.addBlob('tree', encodeTree(nodes));
}

export function encodeTree(nodes: readonly Fields[]): string {
  return `${encodeRawJson({ nodes })}\n`;
}
