/** Tree nodes: their JSON, byte for byte as restic's encoder writes it, and their guarded reading. */
import { rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { goJsonString, goQuote, goUnquote, utf8Length } from './go-quote.ts';
import type { NodeType } from './go-mode.ts';

export type ExtendedAttribute = { readonly name: string; /** Base64. */ readonly value: string };

/** An entry of a folder in a snapshot. 64-bit numbers are decimal strings, so that none loses digits. */
export type TreeNode = {
  readonly name: RawPath;
  readonly type: NodeType;
  /** Go FileMode bits. */
  readonly mode: number;
  /** RFC 3339 with nanoseconds. */
  readonly mtime: string;
  readonly ctime: string;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  readonly inode: string;
  /** Only for files with several links: tells hard links of different file systems apart. */
  readonly deviceId: string;
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly linkTarget: RawPath | null;
  readonly xattrs: readonly ExtendedAttribute[];
  /** Raw device number of a device node. */
  readonly device: string;
  /** Ids of the data blobs of a file; null for everything else. */
  readonly content: readonly string[] | null;
  readonly subtree: string | null;
};

const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A node's JSON up to where its attributes follow: all that one call of stat (and readlink) tells. */
export function formatNodeStart(node: Omit<TreeNode, 'content' | 'subtree' | 'xattrs' | 'device'>): string {
  const { linkTarget } = node;
  let json = `{"name":${goJsonString(goQuote(node.name))},"type":"${node.type}"`;
  if (node.mode !== 0) json += `,"mode":${node.mode}`;
  json += `,"mtime":"${node.mtime}","atime":"${node.mtime}","ctime":"${node.ctime}","uid":${node.uid},"gid":${node.gid}`;
  if (node.user !== '') json += `,"user":${goJsonString(node.user)}`;
  if (node.group !== '') json += `,"group":${goJsonString(node.group)}`;
  if (node.inode !== '0') json += `,"inode":${node.inode}`;
  if (node.deviceId !== '0') json += `,"device_id":${node.deviceId}`;
  if (node.size !== 0) json += `,"size":${node.size}`;
  if (node.links !== 0) json += `,"links":${node.links}`;
  return linkTarget !== null && linkTarget !== '' ? json + formatLinkTarget(linkTarget) : json;
}

/** What follows the start: extended attributes, and the number of a device (`0` for what is none). */
export function formatNodeAttributes(xattrs: readonly ExtendedAttribute[], device: string): string {
  let json = '';
  if (xattrs.length > 0) {
    const attributes = xattrs.map(({ name, value }) => `{"name":${goJsonString(name)},"value":"${value}"}`);
    json += `,"extended_attributes":[${attributes.join(',')}]`;
  }
  return device === '0' ? json : `${json},"device":${device}`;
}

/** The end of a node's JSON: `,"content":…` and the closing brace. */
export function formatNodeTail(content: readonly string[] | null, subtree: string | null): string {
  if (subtree !== null) return `,"content":null,"subtree":"${subtree}"}`;
  if (content === null) return ',"content":null}';
  return content.length === 0 ? ',"content":[]}' : `,"content":["${content.join('","')}"]}`;
}

function formatLinkTarget(target: RawPath): string {
  const bytes = Buffer.from(target, 'latin1');
  try {
    return `,"linktarget":${goJsonString(utf8Text.decode(bytes))}`;
  } catch {
    // Since restic 0.16: `linktarget` is for readers that know no raw targets, `linktarget_raw` is the truth.
    return `,"linktarget":${goInvalidString(bytes)},"linktarget_raw":"${bytes.toString('base64')}"`;
  }
}

/** Go's JSON encoder writes each invalid byte as the six characters \ufffd. */
function goInvalidString(bytes: Buffer): string {
  let json = '';
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = utf8Length(bytes, at);
    if (length === 0) {
      json += `${goJsonString(bytes.toString('utf8', from, at)).slice(1, -1)}\\ufffd`;
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  return `"${json}${goJsonString(bytes.toString('utf8', from)).slice(1, -1)}"`;
}

/** A node that could not be understood; the others of its tree still can be. */
export type InvalidNode = { readonly name: RawPath | null; readonly reason: string };

const nodeTypes = new Set(['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular']);
const idPattern = /^[0-9a-f]{64}$/;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;

type Json = Readonly<Record<string, unknown>>;

/** Checks one element of a tree's `nodes`, field by field: it may come from a hostile repository. */
export function readNode(json: unknown): TreeNode | InvalidNode {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { name: null, reason: 'the entry is not an object' };
  }
  const node = json as Json;
  const quoted = node['name'];
  const name = typeof quoted === 'string' ? goUnquote(quoted) : null;
  if (name === null) return { name: null, reason: 'the entry has no readable name' };
  const bad = (reason: string): InvalidNode => ({ name, reason });
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
    return bad('no file can have this name');
  }
  const type = node['type'];
  if (typeof type !== 'string' || !nodeTypes.has(type)) return bad('the entry is of an unknown type');
  const mode = node['mode'] ?? 0;
  const uid = node['uid'] ?? 0;
  const gid = node['gid'] ?? 0;
  if (!isCount(mode, 0xffff_ffff) || !isCount(uid, 0xffff_ffff) || !isCount(gid, 0xffff_ffff)) {
    return bad('mode or owner is not a number');
  }
  const size = node['size'] ?? 0;
  const links = node['links'] ?? 0;
  if (!isCount(size, Number.MAX_SAFE_INTEGER)) return bad('the size is not a number of bytes');
  const inode = readUint64(node['inode']);
  const deviceId = readUint64(node['device_id']);
  const device = readUint64(node['device']);
  if (inode === null || deviceId === null || device === null) return bad('inode or device is not a number');
  const { mtime, ctime } = node as { mtime?: unknown; ctime?: unknown };
  if (typeof mtime !== 'string' || !timePattern.test(mtime)) return bad('the modification time is not a time');
  const content = readContent(node['content'], type);
  if (content === undefined) return bad('the list of contents is not readable');
  const subtree = node['subtree'] ?? null;
  if (type === 'dir' ? typeof subtree !== 'string' || !idPattern.test(subtree) : subtree !== null) {
    return bad('the folder names no tree');
  }
  const linkTarget = readLinkTarget(node);
  if (linkTarget === undefined || (type === 'symlink' && linkTarget === null))
    return bad('the link has no readable target');
  const xattrs = readXattrs(node['extended_attributes']);
  if (xattrs === null) return bad('the extended attributes are not readable');
  return {
    name,
    type: type as NodeType,
    mode,
    mtime,
    ctime: typeof ctime === 'string' && ctime.length <= 40 ? ctime : mtime,
    uid,
    gid,
    user: readText(node['user']),
    group: readText(node['group']),
    inode,
    deviceId,
    size,
    links: isCount(links, Number.MAX_SAFE_INTEGER) ? links : 1,
    linkTarget,
    xattrs,
    device,
    content,
    subtree: subtree as string | null,
  };
}

export function isInvalidNode(node: TreeNode | InvalidNode): node is InvalidNode {
  return 'reason' in node;
}

function isCount(value: unknown, maximum: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= maximum && Number.isInteger(value);
}

/** Numbers of sixteen digits and more were turned into strings before JSON.parse. */
function readUint64(value: unknown): string | null {
  if (value === undefined) return '0';
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return null;
  return BigInt(value) < 2n ** 64n ? value : null;
}

function readContent(value: unknown, type: string): readonly string[] | null | undefined {
  if (type !== 'file') return null;
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  return value.every((id): id is string => typeof id === 'string' && idPattern.test(id)) ? value : undefined;
}

function readLinkTarget(node: Json): RawPath | null | undefined {
  const raw = node['linktarget_raw'];
  const target = node['linktarget'];
  if (raw !== undefined && raw !== null) {
    if (typeof raw !== 'string' || raw.length % 4 !== 0 || !base64Pattern.test(raw)) return undefined;
    const bytes = Buffer.from(raw, 'base64').toString('latin1');
    return bytes === '' || bytes.includes('\0') ? undefined : bytes;
  }
  if (target === undefined) return null;
  return typeof target === 'string' && target !== '' && !target.includes('\0') ? rawFromUtf8(target) : undefined;
}

function readXattrs(value: unknown): readonly ExtendedAttribute[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return null;
  const attributes: ExtendedAttribute[] = [];
  for (const item of value as readonly Json[]) {
    const name = item?.['name'];
    const content = item?.['value'] ?? '';
    if (typeof name !== 'string' || typeof content !== 'string' || !base64Pattern.test(content)) return null;
    attributes.push({ name, value: content });
  }
  return attributes;
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
