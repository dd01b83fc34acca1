/**
 * The system calls a faithful backup needs and Node's `fs` lacks: extended attributes, times to the nanosecond, special
 * files, the holes of sparse files, a rename that never replaces, and locks that end with their process. They are
 * reached in libc through koffi.
 */
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

import type * as koffiModule from 'koffi';

import { displayRaw, type RawPath } from './raw-path.ts';

/** One extended attribute. `name` is raw bytes, as a `RawPath` is, with its namespace: `user.comment`. */
export type Xattr = { readonly name: RawPath; readonly value: Buffer };

/**
 * Failures throw what Node's `fs` throws: an `Error` with `code` (`ENOENT`), a negative `errno`, `syscall`, and, unless
 * the call took a descriptor, `path` (and `dest`) in display form. A path that holds a NUL, or a unit that is not a
 * byte, fails with `EINVAL` and reaches no system call. No call follows a symbolic link in its last name. All block.
 */
export interface Libc {
  /**
   * The attributes in the kernel's order, each value a copy. The same frozen empty array for every file without any
   * and on file systems that know none. An attribute removed while they are read is left out.
   */
  readXattrs(path: RawPath): readonly Xattr[];
  setXattr(path: RawPath, name: RawPath, value: Uint8Array): void;
  setFdXattr(fd: number, name: RawPath, value: Uint8Array): void;
  removeXattr(path: RawPath, name: RawPath): void;

  /**
   * `lstat` into memory of this object, valid until the next call: a `struct statx`, whose layout is the same on every
   * architecture. Half the cost of Node's, which makes eighteen bigints. Null before glibc 2.28 and Linux 4.11.
   */
  statx(path: RawPath): DataView | null;
  /** The same for a name in a folder held open: spares the kernel the way there. */
  statxAt(folder: number, name: RawPath): DataView | null;

  /** Times are nanoseconds since 1970, negative before it. What a file system cannot hold, the kernel clamps. */
  setTimesNs(path: RawPath, atimeNs: bigint, mtimeNs: bigint): void;
  setFdTimesNs(fd: number, atimeNs: bigint, mtimeNs: bigint): void;

  /**
   * Creates a fifo, socket, device or empty file. `mode` is POSIX `st_mode`, its type bits included, less the process's
   * umask: set the permissions afterwards. `dev` is `st_rdev` as `stat` gives it, 0 for what is no device. Devices need
   * root (`EPERM`).
   */
  makeNode(path: RawPath, mode: number, dev: bigint): void;

  /**
   * The first byte of data at or after `offset`, null when only a hole follows. `offset` itself where the file system
   * cannot tell. Moves the descriptor's own position: read with explicit positions.
   */
  nextData(fd: number, offset: number): number | null;
  /**
   * The first hole at or after `offset`; the end of a file counts as one. `Number.MAX_SAFE_INTEGER` where the file
   * system cannot tell, so bound it by the size. From the end of the file on, `offset` itself.
   */
  nextHole(fd: number, offset: number): number;

  /**
   * Renames in one step, never onto something that is there (`EEXIST`). Some file systems cannot promise that:
   * `isNoReplaceUnsupported` recognises their error.
   */
  renameNoReplace(from: RawPath, to: RawPath): void;

  /**
   * Gives an open file a name, in one step and never in place of another (`EEXIST`): how a file opened with `O_TMPFILE`
   * appears whole or not at all. Needs /proc.
   */
  linkDescriptor(fd: number, to: RawPath): void;

  /**
   * Locks an open file for this descriptor alone (`flock`); false when another one holds it. The kernel gives the lock
   * back when the descriptor is closed, however its process ends. Some network file systems know no locks (`ENOLCK`,
   * `EOPNOTSUPP`).
   */
  tryLock(fd: number): boolean;
}

/** Linux's `O_TMPFILE`, which `fs.constants` lacks: opens a file without a name in the folder given as path. */
export const O_TMPFILE = 0o20200000;
/** Linux's `O_PATH`, which `fs.constants` lacks: names a thing without opening it. */
export const O_PATH = 0o10000000;

/**
 * True when `renameNoReplace` failed because the kernel or the file system (some network and FUSE ones) lacks it, and
 * nothing was renamed. Moving a directory below itself gives `EINVAL` too; a plain rename then fails the same way.
 */
export function isNoReplaceUnsupported(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'EINVAL' || error.code === 'ENOSYS' || error.code === 'ENOTSUP';
}

function openLibc(): Libc | null {
  if (process.platform !== 'linux') return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    // The layouts below (timespec, off_t, dev_t) are those of 64-bit Linux.
    return koffi.sizeof('long') === 8 ? new LinuxLibc(koffi.errno, bind(koffi)) : null;
  } catch {
    return null;
  }
}

type Koffi = typeof koffiModule;

type Native = {
  readonly llistxattr: (path: Buffer, list: Buffer, size: number) => number;
  readonly lgetxattr: (path: Buffer, name: Buffer, value: Buffer, size: number) => number;
  readonly lsetxattr: (path: Buffer, name: Buffer, value: Uint8Array, size: number, flags: number) => number;
  readonly lremovexattr: (path: Buffer, name: Buffer) => number;
  readonly utimensat: (dirFd: number, path: Buffer, times: BigInt64Array, flags: number) => number;
  readonly futimens: (fd: number, times: BigInt64Array) => number;
  readonly mknod: (path: Buffer, mode: number, dev: bigint) => number;
  /** koffi gives a bigint past 2^53. */
  readonly lseek: (fd: number, offset: number, whence: number) => number | bigint;
  readonly fsetxattr: (fd: number, name: Buffer, value: Uint8Array, size: number, flags: number) => number;
  readonly linkat: (fromFd: number, from: Buffer, toFd: number, to: Buffer, flags: number) => number;
  readonly flock: (fd: number, operation: number) => number;
  readonly statx: ((dirFd: number, path: Buffer, flags: number, mask: number, out: Buffer) => number) | null;
  /** Absent before glibc 2.28, and from some releases of musl. */
  readonly renameat2: ((fromFd: number, from: Buffer, toFd: number, to: Buffer, flags: number) => number) | null;
};

function bind(koffi: Koffi): Native {
  // The process itself: it has libc loaded already, under whatever name that has on this distribution.
  const self = koffi.load(null);
  return {
    llistxattr: self.func('llistxattr', 'int64', ['void *', 'void *', 'size_t']),
    lgetxattr: self.func('lgetxattr', 'int64', ['void *', 'void *', 'void *', 'size_t']),
    lsetxattr: self.func('lsetxattr', 'int', ['void *', 'void *', 'void *', 'size_t', 'int']),
    lremovexattr: self.func('lremovexattr', 'int', ['void *', 'void *']),
    utimensat: self.func('utimensat', 'int', ['int', 'void *', 'void *', 'int']),
    futimens: self.func('futimens', 'int', ['int', 'void *']),
    mknod: bindMknod(self),
    lseek: self.func('lseek', 'int64', ['int', 'int64', 'int']),
    fsetxattr: self.func('fsetxattr', 'int', ['int', 'void *', 'void *', 'size_t', 'int']),
    linkat: self.func('linkat', 'int', ['int', 'void *', 'int', 'void *', 'int']),
    flock: self.func('flock', 'int', ['int', 'int']),
    statx: bindStatx(self),
    renameat2: bindRenameat2(self),
  };
}

type Library = ReturnType<Koffi['load']>;

/** glibc exports `mknod` since 2.33; before, its header called `__xmknod` with a structure version and a pointer. */
function bindMknod(self: Library): Native['mknod'] {
  try {
    return self.func('mknod', 'int', ['void *', 'uint32', 'uint64']);
  } catch {
    const xmknod: (version: number, path: Buffer, mode: number, dev: BigUint64Array) => number = self.func(
      '__xmknod',
      'int',
      ['int', 'void *', 'uint32', 'void *'],
    );
    return (path, mode, dev) => xmknod(0, path, mode, BigUint64Array.of(dev));
  }
}

function bindStatx(self: Library): Native['statx'] {
  try {
    return self.func('statx', 'int', ['int', 'void *', 'int', 'uint32', 'void *']);
  } catch {
    return null;
  }
}

function bindRenameat2(self: Library): Native['renameat2'] {
  try {
    return self.func('renameat2', 'int', ['int', 'void *', 'int', 'void *', 'uint32']);
  } catch {
    return null;
  }
}

/** One per thread: the scratch buffers are reused by every call, and koffi keeps `errno` per thread. */
class LinuxLibc implements Libc {
  readonly #errno: () => number;
  readonly #native: Native;
  readonly #path = Buffer.allocUnsafeSlow(PATH_MAX);
  readonly #secondPath = Buffer.allocUnsafeSlow(PATH_MAX);
  readonly #name = Buffer.allocUnsafeSlow(PATH_MAX);
  readonly #list = Buffer.allocUnsafeSlow(XATTR_SIZE_MAX);
  readonly #value = Buffer.allocUnsafeSlow(XATTR_SIZE_MAX);
  readonly #statx = Buffer.alloc(256);
  readonly #statxView = new DataView(this.#statx.buffer, this.#statx.byteOffset, 256);
  readonly #times = new BigInt64Array(4);

  constructor(errno: () => number, native: Native) {
    this.#errno = errno;
    this.#native = native;
  }

  readXattrs(path: RawPath): readonly Xattr[] {
    this.#writePath('llistxattr', path);
    const length = this.#listXattrs(path);
    if (length === 0) return NO_XATTRS;
    const xattrs: Xattr[] = [];
    for (const name of this.#list.toString('latin1', 0, length - 1).split('\0')) {
      const value = this.#getXattr(path, name);
      if (value !== null) xattrs.push({ name, value });
    }
    return xattrs;
  }

  setXattr(path: RawPath, name: RawPath, value: Uint8Array): void {
    this.#writePath('lsetxattr', path);
    this.#writeName('lsetxattr', path, name);
    if (this.#native.lsetxattr(this.#path, this.#name, value, value.length, 0) < 0) this.#fail('lsetxattr', path);
  }

  setFdXattr(fd: number, name: RawPath, value: Uint8Array): void {
    const failure = writeCString(this.#name, name);
    if (failure !== 0) throw systemError(failure, 'fsetxattr');
    if (this.#native.fsetxattr(fd, this.#name, value, value.length, 0) < 0) this.#fail('fsetxattr');
  }

  removeXattr(path: RawPath, name: RawPath): void {
    this.#writePath('lremovexattr', path);
    this.#writeName('lremovexattr', path, name);
    if (this.#native.lremovexattr(this.#path, this.#name) < 0) this.#fail('lremovexattr', path);
  }

  statx(path: RawPath): DataView | null {
    return this.statxAt(AT_FDCWD, path);
  }

  statxAt(folder: number, path: RawPath): DataView | null {
    const { statx } = this.#native;
    if (statx === null) return null;
    this.#writePath('statx', path);
    if (statx(folder, this.#path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, this.#statx) < 0) {
      const errno = this.#errno();
      if (errno === ENOSYS) return null;
      throw systemError(errno, 'statx', path);
    }
    return this.#statxView;
  }

  setTimesNs(path: RawPath, atimeNs: bigint, mtimeNs: bigint): void {
    this.#writePath('utimensat', path);
    this.#writeTimes(atimeNs, mtimeNs);
    if (this.#native.utimensat(AT_FDCWD, this.#path, this.#times, AT_SYMLINK_NOFOLLOW) < 0) {
      this.#fail('utimensat', path);
    }
  }

  setFdTimesNs(fd: number, atimeNs: bigint, mtimeNs: bigint): void {
    this.#writeTimes(atimeNs, mtimeNs);
    if (this.#native.futimens(fd, this.#times) < 0) this.#fail('futimens');
  }

  makeNode(path: RawPath, mode: number, dev: bigint): void {
    this.#writePath('mknod', path);
    if (this.#native.mknod(this.#path, mode, dev) < 0) this.#fail('mknod', path);
  }

  nextData(fd: number, offset: number): number | null {
    const found = Number(this.#native.lseek(fd, offset, SEEK_DATA));
    if (found >= 0) return found;
    const errno = this.#errno();
    if (errno === ENXIO) return null;
    if (errno === EINVAL || errno === EOPNOTSUPP) return offset;
    throw systemError(errno, 'lseek');
  }

  nextHole(fd: number, offset: number): number {
    const found = Number(this.#native.lseek(fd, offset, SEEK_HOLE));
    if (found >= 0) return found;
    const errno = this.#errno();
    if (errno === ENXIO) return offset;
    if (errno === EINVAL || errno === EOPNOTSUPP) return Number.MAX_SAFE_INTEGER;
    throw systemError(errno, 'lseek');
  }

  renameNoReplace(from: RawPath, to: RawPath): void {
    this.#writePath('renameat2', from);
    const failure = writeCString(this.#secondPath, to);
    if (failure !== 0) throw systemError(failure, 'renameat2', from, to);
    const { renameat2 } = this.#native;
    if (renameat2 === null) throw systemError(ENOSYS, 'renameat2', from, to);
    if (renameat2(AT_FDCWD, this.#path, AT_FDCWD, this.#secondPath, RENAME_NOREPLACE) < 0) {
      this.#fail('renameat2', from, to);
    }
  }

  linkDescriptor(fd: number, to: RawPath): void {
    this.#writePath('linkat', `/proc/self/fd/${fd}`);
    const failure = writeCString(this.#secondPath, to);
    if (failure !== 0) throw systemError(failure, 'linkat', to);
    if (this.#native.linkat(AT_FDCWD, this.#path, AT_FDCWD, this.#secondPath, AT_SYMLINK_FOLLOW) < 0) {
      this.#fail('linkat', to);
    }
  }

  tryLock(fd: number): boolean {
    if (this.#native.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
    const errno = this.#errno();
    if (errno === EWOULDBLOCK) return false;
    throw systemError(errno, 'flock');
  }

  /** The length of the list now in `#list`: each name with a NUL after it. Expects `path` in `#path`. */
  #listXattrs(path: RawPath): number {
    const { llistxattr } = this.#native;
    let length = llistxattr(this.#path, this.#list, FIRST_XATTR_SIZE);
    let errno = length < 0 ? this.#errno() : 0;
    if (errno === ERANGE) {
      length = llistxattr(this.#path, this.#list, XATTR_SIZE_MAX);
      errno = length < 0 ? this.#errno() : 0;
    }
    if (length >= 0) return length;
    if (errno === EOPNOTSUPP) return 0;
    throw systemError(errno, 'llistxattr', path);
  }

  /** Null when the attribute is gone since it was listed. Expects `path` in `#path`. */
  #getXattr(path: RawPath, name: RawPath): Buffer | null {
    const { lgetxattr } = this.#native;
    this.#writeName('lgetxattr', path, name);
    let length = lgetxattr(this.#path, this.#name, this.#value, FIRST_XATTR_SIZE);
    let errno = length < 0 ? this.#errno() : 0;
    if (errno === ERANGE) {
      length = lgetxattr(this.#path, this.#name, this.#value, XATTR_SIZE_MAX);
      errno = length < 0 ? this.#errno() : 0;
    }
    if (length >= 0) return Buffer.from(this.#value.subarray(0, length));
    if (errno === ENODATA) return null;
    throw systemError(errno, 'lgetxattr', path);
  }

  #writePath(syscall: string, path: RawPath): void {
    const failure = writeCString(this.#path, path);
    if (failure !== 0) throw systemError(failure, syscall, path);
  }

  #writeName(syscall: string, path: RawPath, name: RawPath): void {
    const failure = writeCString(this.#name, name);
    if (failure !== 0) throw systemError(failure, syscall, path);
  }

  #writeTimes(atimeNs: bigint, mtimeNs: bigint): void {
    writeTimespec(this.#times, 0, atimeNs);
    writeTimespec(this.#times, 2, mtimeNs);
  }

  #fail(syscall: string, path?: RawPath, dest?: RawPath): never {
    throw systemError(this.#errno(), syscall, path, dest);
  }
}

/** Writes the bytes of `raw` and a NUL. Returns 0, or the errno of why it cannot be a C string of this size. */
function writeCString(buffer: Buffer, raw: RawPath): number {
  const { length } = raw;
  if (length >= buffer.length) return ENAMETOOLONG;
  for (let index = 0; index < length; index += 1) {
    const unit = raw.charCodeAt(index);
    if (unit === 0 || unit > 0xff) return EINVAL;
    buffer[index] = unit;
  }
  buffer[length] = 0;
  return 0;
}

/** A `struct timespec`: whole seconds, rounded down also before 1970, and 0 to 999,999,999 nanoseconds. */
function writeTimespec(times: BigInt64Array, index: number, timeNs: bigint): void {
  const remainder = timeNs % NS_PER_SECOND;
  const ns = remainder < 0n ? remainder + NS_PER_SECOND : remainder;
  times[index] = (timeNs - ns) / NS_PER_SECOND;
  times[index + 1] = ns;
}

function systemError(errno: number, syscall: string, path?: RawPath, dest?: RawPath): Error {
  const [code, reason] = getSystemErrorMap().get(-errno) ?? ['UNKNOWN', `unknown error ${errno}`];
  const where = {
    ...(path !== undefined && { path: displayRaw(path) }),
    ...(dest !== undefined && { dest: displayRaw(dest) }),
  };
  const names = Object.values(where).map((name) => `'${name}'`);
  const message = [`${code}: ${reason}, ${syscall}`, names.join(' -> ')].filter(Boolean).join(' ');
  return Object.assign(new Error(message), { errno: -errno, code, syscall, ...where });
}

const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const STATX_BASIC_STATS = 0x7ff;
const AT_SYMLINK_NOFOLLOW = 0x100;
const RENAME_NOREPLACE = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** Of Linux's `limits.h`: the NUL included, and the most an attribute's value or a list of names may take. */
const PATH_MAX = 4_096;
const XATTR_SIZE_MAX = 65_536;
/** Asked for first: the kernel allocates what it is asked for, and clears it, on every call. */
const FIRST_XATTR_SIZE = 1_024;

const { EINVAL, ENAMETOOLONG, ENODATA, ENOSYS, ENXIO, EOPNOTSUPP, ERANGE, EWOULDBLOCK } = constants.errno;

const NS_PER_SECOND = 1_000_000_000n;

const NO_XATTRS: readonly Xattr[] = Object.freeze([]);

/** Null where libc cannot be reached: not Linux, not 64 bits, or koffi has no build for this machine. */
export const libc: Libc | null = openLibc();
