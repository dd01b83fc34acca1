/** One entry of a folder as the file system shows it, in the terms of a snapshot. */
import { isUtf8 } from 'node:buffer';
import { readlinkSync } from 'node:fs';
import type { AccountNames } from '../../platform/account-names.ts';
import { statEntry, type FileStat, type Timestamp } from '../../platform/file-stat.ts';
import { libc } from '../../platform/libc.ts';
import { fsPath, type RawPath } from '../../platform/raw-path.ts';
import { nodeTypeOf, toGoMode, type NodeType } from '../../repository/format/go-mode.ts';
import { formatGoTime } from '../../repository/format/go-time.ts';
import { formatNodeAttributes, formatNodeStart, type ExtendedAttribute } from '../../repository/format/tree-node.ts';

export type Entry = {
  readonly type: NodeType;
  readonly size: number;
  readonly stat: FileStat;
  /** Times as a snapshot has them. */
  readonly mtime: string;
  readonly ctime: string;
  /** The beginning of its JSON: all that stat says. */
  readonly start: string;
};

/** Throws Node's system errors: the entry may be gone, or not ours to look at. */
export function readEntry(path: RawPath, name: RawPath, names: AccountNames): Entry {
  return describeEntry(path, name, names, statEntry(path));
}

/** `size` replaces that of a file. */
export function describeEntry(path: RawPath, name: RawPath, names: AccountNames, stat: FileStat, size?: number): Entry {
  const type = nodeTypeOf(stat.mode);
  const isFile = type === 'file';
  const mtime = formatTime(stat.mtime);
  const ctime = formatTime(stat.ctime);
  const fileSize = isFile ? (size ?? stat.size) : 0;
  const start = formatNodeStart({
    name,
    type,
    mode: toGoMode(stat.mode),
    mtime,
    ctime,
    uid: stat.uid,
    gid: stat.gid,
    user: names.user(stat.uid),
    group: names.group(stat.gid),
    inode: stat.inode,
    deviceId: isFile && stat.links > 1 ? stat.device : '0',
    size: fileSize,
    links: type === 'dir' ? 0 : stat.links,
    linkTarget: type === 'symlink' ? readlinkSync(fsPath(path), { encoding: 'latin1' }) : null,
  });
  return { type, size: fileSize, stat, mtime, ctime, start };
}

/** The middle of an entry's JSON, and the names of attributes that have no place in it. */
export type Attributes = { readonly json: string; readonly unstorable: readonly RawPath[] };

/** What has to be read besides stat. An unchanged ctime says that it is unchanged too. */
export function readAttributes(path: RawPath, { type, stat }: Entry): Attributes {
  const device = type === 'dev' || type === 'chardev' ? stat.rdev : '0';
  const attributes = libc?.readXattrs(path) ?? [];
  if (attributes.length === 0) return { json: formatNodeAttributes(none, device), unstorable: [] };
  const isText = ({ name }: { readonly name: RawPath }): boolean => isUtf8(Buffer.from(name, 'latin1'));
  const unstorable = attributes.filter((attribute) => !isText(attribute)).map(({ name }) => name);
  return { json: formatNodeAttributes(attributes.filter(isText).map(toExtendedAttribute), device), unstorable };
}

/** So that the next run does not take the entry for unchanged, but looks at it again, and says again what is missing. */
export function neverUnchanged(start: string): string {
  return start.replace(/,"ctime":"[^"]*"/, ',"ctime":"0001-01-01T00:00:00Z"');
}

const none: readonly ExtendedAttribute[] = [];

function toExtendedAttribute({ name, value }: { readonly name: RawPath; readonly value: Buffer }): ExtendedAttribute {
  return { name: Buffer.from(name, 'latin1').toString('utf8'), value: value.toString('base64') };
}

function formatTime({ seconds, nanoseconds }: Timestamp): string {
  return formatGoTime(seconds, nanoseconds);
}
