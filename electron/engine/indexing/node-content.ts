/** Stored entries as versions of the catalog. */
import { createHash, hash } from 'node:crypto';
import { typeNumber, type Content } from '../catalog/content.ts';
import { parseGoTime } from '../repository/format/go-time.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';

export function contentOf(node: TreeNode): Content {
  return {
    type: typeNumber(node.type),
    size: node.type === 'file' ? node.size : 0,
    mtime: microseconds(node.mtime),
    digest: digestOf(node),
  };
}

/** Whether two entries are the same version: what they hold and when it was changed, not who may read it. */
export function isSameVersion(a: TreeNode, b: TreeNode): boolean {
  if (a.type !== b.type || a.size !== b.size) return false;
  if (a.mtime !== b.mtime && microseconds(a.mtime) !== microseconds(b.mtime)) return false;
  if (a.type === 'file') return isSameList(a.content ?? [], b.content ?? []);
  return a.linkTarget === b.linkTarget && a.device === b.device;
}

export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

/** The SHA-256 of a file that is one blob is that blob's id. */
function digestOf({ type, content, linkTarget, device }: TreeNode): Uint8Array | null {
  if (type === 'symlink') return hash('sha256', Buffer.from(linkTarget ?? '', 'latin1'), 'buffer');
  if (type === 'dev' || type === 'chardev') return hash('sha256', device, 'buffer');
  const [first] = content ?? [];
  if (content === null || first === undefined) return null;
  if (content.length === 1) return Buffer.from(first, 'hex');
  const digest = createHash('sha256');
  for (const id of content) digest.update(id, 'hex');
  return digest.digest();
}

const utcTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?Z$/;

/** Since 1970; what would not be exact, years after 2255, is the largest exact number. */
function microseconds(time: string): number {
  const match = utcTime.exec(time);
  if (match === null || time < '0100') return clamp(Number((parseGoTime(time) ?? 0n) / 1000n));
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return clamp(milliseconds * 1000 + Number(fraction.padEnd(6, '0')));
}

function clamp(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
