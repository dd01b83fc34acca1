/** What the file system says of a path itself, links not followed, in numbers that lose nothing. */
import { constants, lstatSync } from 'node:fs';
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

/** The fields of Node's system errors, which an error that is sent to another thread loses. */
type StatFailure = { readonly message: string; readonly code?: string; readonly errno?: number };

/** As `EntryStats`, to be sent. */
export type PackedStats = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly others: readonly (readonly [number, FileStat])[];
  readonly failures: readonly (readonly [number, StatFailure])[];
};

/**
 * What stat said of the names in a folder, as bytes: objects for all entries of large folders, which wait for their turn,
 * would be gone through by each garbage collection until then.
 */
export class EntryStats {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  /** By position, of what has no bytes. */
  readonly #others: Map<number, FileStat | Error>;

  private constructor(bytes: Uint8Array<ArrayBuffer>, others: Map<number, FileStat | Error>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#others = others;
  }

  /** `descriptor` is the folder's. */
  static of(folder: RawPath, descriptor: number, names: readonly RawPath[]): EntryStats {
    const stats = new EntryStats(new Uint8Array(libc === null ? 0 : names.length * packedBytes), new Map());
    for (const [position, name] of names.entries()) stats.#look(position, folder, descriptor, name);
    return stats;
  }

  static unpack({ bytes, others, failures }: PackedStats): EntryStats {
    const failed = failures.map(([position, failure]): [number, Error] => [
      position,
      Object.assign(new Error(failure.message), failure),
    ]);
    return new EntryStats(bytes, new Map<number, FileStat | Error>([...others, ...failed]));
  }

  /** For another thread; nothing is left here once its bytes are transferred. */
  pack(): PackedStats {
    const others: [number, FileStat][] = [];
    const failures: [number, StatFailure][] = [];
    for (const [position, other] of this.#others) {
      if (other instanceof Error) failures.push([position, Object.assign({ message: other.message }, other)]);
      else others.push([position, other]);
    }
    return { bytes: this.#bytes, others, failures };
  }

  /** Throws what stat threw, Node's system errors. */
  at(position: number): FileStat {
    const other = this.#others.get(position);
    if (other instanceof Error) throw other;
    return other ?? unpack(this.#view, position * packedBytes);
  }

  isFolder(position: number): boolean {
    const other = this.#others.get(position);
    if (other instanceof Error) return false;
    const mode = other?.mode ?? this.#view.getUint16(position * packedBytes + modeAt, true);
    return (mode & constants.S_IFMT) === constants.S_IFDIR;
  }

  #look(position: number, folder: RawPath, descriptor: number, name: RawPath): void {
    try {
      const view = libc?.statxAt(descriptor, name) ?? null;
      if (view === null) this.#others.set(position, viaNode(joinRaw(folder, name)));
      else pack(view, this.#bytes, position * packedBytes);
    } catch (error) {
      this.#others.set(position, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** What is read of a struct statx (linux/stat.h): two stretches of it, one behind the other. */
const stretches = [
  { from: 16, to: 48 },
  { from: 96, to: 144 },
] as const;
const packedBytes = 80;
const modeAt = 12;
const one = new Uint8Array(packedBytes);
const oneView = new DataView(one.buffer);

function fromStatx(view: DataView): FileStat {
  pack(view, one, 0);
  return unpack(oneView, 0);
}

function pack({ buffer, byteOffset }: DataView, into: Uint8Array, at: number): void {
  let next = at;
  for (const { from, to } of stretches) {
    into.set(new Uint8Array(buffer, byteOffset + from, to - from), next);
    next += to - from;
  }
}

function unpack(view: DataView, at: number): FileStat {
  return {
    links: view.getUint32(at, true),
    uid: view.getUint32(at + 4, true),
    gid: view.getUint32(at + 8, true),
    mode: view.getUint16(at + modeAt, true),
    inode: uint64(view, at + 16),
    size: view.getUint32(at + 24, true) + view.getUint32(at + 28, true) * 2 ** 32,
    ctime: timestamp(view, at + 32),
    mtime: timestamp(view, at + 48),
    rdev: deviceNumber(view.getUint32(at + 64, true), view.getUint32(at + 68, true)),
    device: deviceNumber(view.getUint32(at + 72, true), view.getUint32(at + 76, true)),
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
