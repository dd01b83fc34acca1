/** Nodes of trees that no file system shows, such as objects of a bucket: plain files and folders of whoever stores them. */
import { processIdentity } from '../../platform/identity.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { toGoMode } from './go-mode.ts';
import { formatGoTimeNs } from './go-time.ts';
import { formatNodeStart, formatNodeTail } from './tree-node.ts';

export type MadeFile = {
  readonly name: RawPath;
  readonly size: number;
  readonly mtimeMs: number;
  /** Of its data blobs, in hexadecimal. */
  readonly content: readonly string[];
  /** By which it is seen to be unchanged: a number of 64 bits in decimal digits. */
  readonly inode?: string;
};

const regularFile = 0o100600;
const folder = 0o040700;

export function formatMadeFile({ name, size, mtimeMs, content, inode = '0' }: MadeFile): string {
  return start(name, 'file', regularFile, mtimeMs, { size, inode, links: 1 }) + formatNodeTail(content, null);
}

/** Without a time of its own: it stays equal as long as what is in it does. */
export function formatMadeFolder(name: RawPath, tree: string): string {
  return start(name, 'dir', folder, 0, { size: 0, inode: '0', links: 0 }) + formatNodeTail(null, tree);
}

function start(
  name: RawPath,
  type: 'file' | 'dir',
  mode: number,
  mtimeMs: number,
  facts: { readonly size: number; readonly inode: string; readonly links: number },
): string {
  const { uid, gid } = processIdentity();
  const mtime = formatGoTimeNs(BigInt(Math.trunc(mtimeMs)) * 1_000_000n);
  const owner = { uid, gid, user: '', group: '' };
  const none = { deviceId: '0', linkTarget: null };
  return formatNodeStart({ name, type, mode: toGoMode(mode), mtime, ctime: mtime, ...owner, ...none, ...facts });
}
