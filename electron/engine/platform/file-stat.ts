/** What the file system says of a path itself, links not followed, in numbers that lose nothing. */
import { lstatSync } from 'node:fs';
import { libc } from './libc.ts';
import { fsPath, joinRaw, type RawPath } from './raw-path.ts';

export type FileStat = {
  /** POSIX st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly size: number;
  /** 64-bit numbers as decimal text. */
  readonly inode: string;
  readonly device: string;
  readonly rdev: string;
  readonly mtime: Timestamp;
  readonly ctime: Timestamp;
};

/** Since 1970; nanoseconds are never negative. */
export type Timestamp = { readonly seconds: number; readonly nanoseconds: number };

/** Throws Node's system errors. */
export function statEntry(path: RawPath): FileStat {
  const view = libc?.statx(path) ?? null;
  return view === null ? viaNode(path) : fromStatx(view);
}

export function timestampNs({ seconds, nanoseconds }: Timestamp): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}

/** As `statEntry` for a name in a folder; `descriptor` is the folder's. */
export function statEntryIn(folder: RawPath, descriptor: number, name: RawPath): FileStat {
  const view = libc?.statxAt(descriptor, name) ?? null;
  return view === null ? viaNode(joinRaw(folder, name)) : fromStatx(view);
}

/** Offsets of struct statx, linux/stat.h. */
function fromStatx(view: DataView): FileStat {
  return {
    mode: view.getUint16(28, true),
    uid: view.getUint32(20, true),
    gid: view.getUint32(24, true),
    links: view.getUint32(16, true),
    size: view.getUint32(40, true) + view.getUint32(44, true) * 2 ** 32,
    inode: uint64(view, 32),
    device: deviceNumber(view.getUint32(136, true), view.getUint32(140, true)),
    rdev: deviceNumber(view.getUint32(128, true), view.getUint32(132, true)),
    mtime: timestamp(view, 112),
    ctime: timestamp(view, 96),
  };
}

function uint64(view: DataView, offset: number): string {
  const high = view.getUint32(offset + 4, true);
  if (high < 2 ** 21) return String(high * 2 ** 32 + view.getUint32(offset, true));
  return String(view.getBigUint64(offset, true));
}

function timestamp(view: DataView, offset: number): Timestamp {
  const seconds = view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
  return { seconds, nanoseconds: view.getUint32(offset + 8, true) };
}

let lastMajor = -1;
let lastMinor = -1;
let lastDevice = '';

/** As glibc's makedev(3): the number stat(2) gives. */
function deviceNumber(major: number, minor: number): string {
  if (major === 0 && minor === 0) return '0';
  if (major !== lastMajor || minor !== lastMinor) {
    const [wideMajor, wideMinor] = [BigInt(major), BigInt(minor)];
    const low = ((wideMajor & 0xfffn) << 8n) | (wideMinor & 0xffn);
    lastDevice = String(low | ((wideMinor & ~0xffn) << 12n) | ((wideMajor & ~0xfffn) << 32n));
    lastMajor = major;
    lastMinor = minor;
  }
  return lastDevice;
}

function viaNode(path: RawPath): FileStat {
  const stats = lstatSync(fsPath(path), { bigint: true });
  return {
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    links: Number(stats.nlink),
    size: Number(stats.size),
    inode: String(stats.ino),
    device: String(stats.dev),
    rdev: String(stats.rdev),
    mtime: toTimestamp(stats.mtimeNs),
    ctime: toTimestamp(stats.ctimeNs),
  };
}

function toTimestamp(timeNs: bigint): Timestamp {
  const nanoseconds = BigInt.asUintN(64, ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return { seconds: Number((timeNs - nanoseconds) / 1_000_000_000n), nanoseconds: Number(nanoseconds) };
}
