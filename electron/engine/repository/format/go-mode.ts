/** Modes as Go's fs.FileMode has them: nine permission bits low, the rest high. */

export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular';

const goSetuid = 2 ** 23;
const goSetgid = 2 ** 22;
const goSticky = 2 ** 20;
const goTypeBits: Readonly<Record<NodeType, number>> = {
  file: 0,
  dir: 2 ** 31,
  symlink: 2 ** 27,
  dev: 2 ** 26,
  chardev: 2 ** 26 + 2 ** 21,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  irregular: 2 ** 19,
};

const posixTypes: Readonly<Record<number, NodeType>> = {
  0o100000: 'file',
  0o040000: 'dir',
  0o120000: 'symlink',
  0o060000: 'dev',
  0o020000: 'chardev',
  0o010000: 'fifo',
  0o140000: 'socket',
};

/** The kind of thing a POSIX st_mode speaks of. */
export function nodeTypeOf(posixMode: number): NodeType {
  return posixTypes[posixMode & 0o170000] ?? 'irregular';
}

export function toGoMode(posixMode: number): number {
  const special =
    (posixMode & 0o4000 ? goSetuid : 0) + (posixMode & 0o2000 ? goSetgid : 0) + (posixMode & 0o1000 ? goSticky : 0);
  return (posixMode & 0o777) + special + goTypeBits[nodeTypeOf(posixMode)];
}

/** The twelve permission bits (0o0000 to 0o7777) of a Go mode. */
export function permissionsOf(goMode: number): number {
  return (
    (goMode & 0o777) |
    (goMode & goSetuid ? 0o4000 : 0) |
    (goMode & goSetgid ? 0o2000 : 0) |
    (goMode & goSticky ? 0o1000 : 0)
  );
}
