/** An exact listing of a folder, and the differences between two: what a restore is held against. */
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';
import { readAttributes } from './extended-attributes.ts';
import { quoteBytes } from './quote-bytes.ts';

export type TreeEntry = {
  readonly type: 'file' | 'dir' | 'symlink' | 'fifo' | 'chardev' | 'dev' | 'socket';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  /** Of files. */
  readonly size?: bigint;
  /** Of files: SHA-256; of large ones, of what is in them beside long stretches of zeros. */
  readonly content?: string;
  /** Of files: bytes that take up space on the disk. */
  readonly allocated?: bigint;
  /** Of links: the text, bytes as latin1. */
  readonly target?: string;
  /** Of things with several names: the first of their names, bytes as latin1. */
  readonly sameAs?: string;
  /** Of devices. */
  readonly rdev?: bigint;
  /** Name to value in hexadecimal, access lists (`system.posix_acl_*`) among them. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** Path below the root (bytes as latin1, the root itself is ``) to what is there. */
export type TreeDescription = ReadonlyMap<string, TreeEntry>;

export type DescribeOptions = {
  /** Leaves these paths out, with all below them. */
  readonly without?: (path: string) => boolean;
  /** False where nothing has extended attributes, or `getfattr` cannot walk. */
  readonly attributes?: boolean;
};

/** Describes a folder and all below it. Needs the right to read everything described. */
export function describeTree(root: string, options: DescribeOptions = {}): TreeDescription {
  const without = options.without ?? (() => false);
  const entries = new Map<string, TreeEntry>();
  const attributes = options.attributes === false ? new Map<string, never>() : readAttributes(root);
  const firstNames = new Map<string, string>();
  const buffer = Buffer.allocUnsafe(zeros.length);
  const visit = (path: Buffer, name: string): void => {
    const stats = lstatSync(path, { bigint: true });
    const entry = describeEntry(path, stats, buffer);
    const shared = stats.isDirectory() || stats.nlink === 1n ? {} : { sameAs: firstName(firstNames, stats, name) };
    const own = attributes.get(name);
    entries.set(name, { ...entry, ...shared, ...(own === undefined ? {} : { attributes: own }) });
    if (!stats.isDirectory()) return;
    const names = readdirSync(path, { encoding: 'buffer' }).sort((a, b) => Buffer.compare(a, b));
    for (const child of names) {
      const text = name === '' ? child.toString('latin1') : `${name}/${child.toString('latin1')}`;
      if (!without(text)) visit(Buffer.concat([path, slash, child]), text);
    }
  };
  visit(Buffer.from(root), '');
  return entries;
}

const slash = Buffer.from('/');
const zeros = Buffer.alloc(1024 * 1024);

export type DiffOptions = {
  /** Fields that are not compared. */
  readonly ignore?: readonly (keyof TreeEntry)[];
  /** Things that are not compared at all, on either side. */
  readonly skip?: (path: string, entry: TreeEntry) => boolean;
  /** More fields not to compare, of some things. */
  readonly ignoreIn?: (path: string, entry: TreeEntry) => readonly (keyof TreeEntry)[];
};

/** One readable line per difference; an empty list means the trees are the same. */
export function diffTrees(expected: TreeDescription, actual: TreeDescription, options: DiffOptions = {}): string[] {
  const skip = options.skip ?? (() => false);
  const differences: string[] = [];
  for (const [path, entry] of expected) {
    const other = actual.get(path);
    if (skip(path, entry)) continue;
    if (other === undefined) differences.push(`${show(path)}: missing (${entry.type})`);
    else {
      const ignored = new Set([...(options.ignore ?? []), ...(options.ignoreIn?.(path, entry) ?? [])]);
      differences.push(...compareEntries(path, entry, other, ignored));
    }
  }
  for (const [path, entry] of actual) {
    if (!expected.has(path) && !skip(path, entry)) differences.push(`${show(path)}: unexpected (${entry.type})`);
  }
  return differences;
}

function compareEntries(
  path: string,
  expected: TreeEntry,
  actual: TreeEntry,
  ignored: ReadonlySet<keyof TreeEntry>,
): string[] {
  const fields = ['type', 'mode', 'uid', 'gid', 'mtimeNs', 'size', 'content', 'target', 'sameAs', 'rdev'] as const;
  const lines: string[] = [];
  for (const field of fields) {
    if (ignored.has(field) || expected[field] === actual[field]) continue;
    lines.push(
      `${show(path)}: ${field} ${showValue(field, expected[field])} became ${showValue(field, actual[field])}`,
    );
  }
  const [before, after] = [showAttributes(expected), showAttributes(actual)];
  if (!ignored.has('attributes') && before !== after) {
    lines.push(`${show(path)}: attributes ${before} became ${after}`);
  }
  if (!ignored.has('allocated') && takesMoreSpace(expected, actual)) {
    lines.push(`${show(path)}: takes ${actual.allocated} bytes on disk instead of ${expected.allocated}`);
  }
  return lines;
}

/**
 * File systems allocate by extents and owe nobody an exact number: a hole counts as lost from 256 KiB on, in a large file
 * from a thousandth of its size on.
 */
function takesMoreSpace(expected: TreeEntry, actual: TreeEntry): boolean {
  const leeway = Math.max(256 * 1024, Number(expected.size ?? 0n) / 1000);
  return Number(actual.allocated ?? 0n) > Number(expected.allocated ?? 0n) + leeway;
}

function describeEntry(path: Buffer, stats: BigIntStats, buffer: Buffer): TreeEntry {
  const common = {
    type: typeOf(stats),
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtimeNs: stats.mtimeNs,
  };
  if (stats.isFile()) {
    return { ...common, size: stats.size, content: hashFile(path, stats.size, buffer), allocated: stats.blocks * 512n };
  }
  if (stats.isSymbolicLink()) return { ...common, target: readlinkSync(path, 'buffer').toString('latin1') };
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return { ...common, rdev: stats.rdev };
  return common;
}

function typeOf(stats: BigIntStats): TreeEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'chardev';
  return stats.isBlockDevice() ? 'dev' : 'socket';
}

const largeBytes = 64n * 1024n * 1024n;

/** Gigabytes of zeros, as a sparse file has, are looked at far sooner than they are hashed. */
function hashFile(path: Buffer, size: bigint, buffer: Buffer): string {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
      const isZeros = size > largeBytes && length === zeros.length && buffer.equals(zeros);
      if (size > largeBytes) hash.update(isZeros ? 'zeros' : `bytes ${length}:`);
      if (!isZeros) hash.update(buffer.subarray(0, length));
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

function firstName(firstNames: Map<string, string>, stats: BigIntStats, name: string): string {
  const inode = `${stats.dev}:${stats.ino}`;
  const first = firstNames.get(inode) ?? name;
  firstNames.set(inode, first);
  return first;
}

function show(path: string): string {
  return path === '' ? '(root)' : quoteBytes(Buffer.from(path, 'latin1'));
}

function showValue(field: keyof TreeEntry, value: unknown): string {
  if (field === 'mode' && typeof value === 'number') return `0${value.toString(8)}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function showAttributes({ attributes = {} }: TreeEntry): string {
  const names = Object.keys(attributes).sort((a, b) => (a < b ? -1 : 1));
  return names.map((name) => `${name}=${attributes[name]}`).join(' ') || 'none';
}
