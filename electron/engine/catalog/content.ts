/** What a version of a path is made of, and the numbers that stand for it in the file. */

export const nodeTypes = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular'] as const;
export type NodeType = (typeof nodeTypes)[number];

/** A row's content; two snapshots with equal contents at a path have the same version of it. */
export type Content = {
  /** Place in `nodeTypes` plus one. */
  readonly type: number;
  /** Bytes. */
  readonly size: number;
  /** Microseconds since 1970. */
  readonly mtime: number;
  /** 32 bytes: SHA-256 of a file whose content is one blob, else of the ids of its blobs; null where there is no content. */
  readonly digest: Uint8Array | null;
};

export function typeNumber(type: NodeType): number {
  return nodeTypes.indexOf(type) + 1;
}

export function typeOf(number: number): NodeType {
  return nodeTypes[number - 1] ?? 'irregular';
}

export function isSameContent(a: Content, b: Content): boolean {
  if (a.type !== b.type || a.size !== b.size || a.mtime !== b.mtime) return false;
  if (a.digest === null || b.digest === null) return a.digest === b.digest;
  return Buffer.compare(a.digest, b.digest) === 0;
}
