/** The calls a test tree needs and Node's `fs` lacks: any name, any node type, nanoseconds, extended attributes. */
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const timespec = koffi.struct({ seconds: 'int64', nanoseconds: 'int64' });
type Call = (...values: readonly unknown[]) => unknown;
const mknod: Call = libc.func('int mknod(const uint8_t *path, uint32_t mode, uint64_t device)');
const utimensat: Call = libc.func('utimensat', 'int', ['int', 'const uint8_t *', koffi.pointer(timespec), 'int']);
const lsetxattr: Call = libc.func(
  'int lsetxattr(const uint8_t *path, const char *name, const uint8_t *value, size_t size, int flags)',
);

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

export const fileTypeBits = { fifo: 0o010000, character: 0o020000, block: 0o060000, socket: 0o140000 } as const;

export function makeNode(
  path: Buffer,
  type: keyof typeof fileTypeBits,
  mode: number,
  device = { major: 0, minor: 0 },
): void {
  must('mknod', path, mknod(cString(path), fileTypeBits[type] | mode, deviceNumber(device)));
}

/** Sets both times of the thing itself (not of a link's target) to nanoseconds since 1970, which may be negative. */
export function setTimes(path: Buffer, nanoseconds: bigint): void {
  const billion = 1_000_000_000n;
  const within = ((nanoseconds % billion) + billion) % billion;
  const time = { seconds: Number((nanoseconds - within) / billion), nanoseconds: Number(within) };
  must('utimensat', path, utimensat(AT_FDCWD, cString(path), [time, time], AT_SYMLINK_NOFOLLOW));
}

export function setAttribute(path: Buffer, name: string, value: Buffer): void {
  must('lsetxattr', path, lsetxattr(cString(path), name, value, value.length, 0));
}

/** The kernel's encoding of a device number: 12 bits major, 20 bits minor, as glibc's `makedev`. */
function deviceNumber({ major, minor }: { major: number; minor: number }): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffn) << 8n) | (low & 0xffn) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n);
}

function cString(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.of(0)]);
}

function must(call: string, path: Buffer, result: unknown): void {
  if (result !== 0) throw new Error(`${call} ${path.toString('latin1')}: errno ${koffi.errno()}`);
}
