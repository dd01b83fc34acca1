import {
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import fc from 'fast-check';
import { afterEach, assert, beforeEach, describe, expect, test } from 'vitest';

import { isNoReplaceUnsupported, libc as maybeLibc, type Libc } from '../../../electron/engine/platform/libc.ts';
import { fsPath, joinRaw, rawFromUtf8 } from '../../../electron/engine/platform/raw-path.ts';

const LIBC_URL = new URL('../../../electron/engine/platform/libc.ts', import.meta.url).href;
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform !== 'linux')('libc', () => {
  let libc: Libc;
  let dir: string;
  let file: string;

  beforeEach(() => {
    assert(maybeLibc !== null, 'koffi has a build for every Linux the tests run on');
    libc = maybeLibc;
    dir = mkdtempSync(join(tmpdir(), 'holdfast-libc-'));
    file = joinRaw(dir, 'file');
    writeFileSync(file, 'content');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  describe('extended attributes', () => {
    test('what is set is read back, bytes and empty values included', () => {
      libc.setXattr(file, 'user.text', Buffer.from('hello'));
      libc.setXattr(file, 'user.bytes', Uint8Array.of(0, 255, 10, 0));
      libc.setXattr(file, 'user.empty', new Uint8Array());
      expect(byName(libc.readXattrs(file))).toEqual([
        ['user.bytes', Buffer.of(0, 255, 10, 0)],
        ['user.empty', Buffer.of()],
        ['user.text', Buffer.from('hello')],
      ]);
    });

    test('each value is a copy of its own', () => {
      libc.setXattr(file, 'user.a', Buffer.from('first'));
      const [first] = libc.readXattrs(file);
      libc.setXattr(file, 'user.a', Buffer.from('other'));
      libc.readXattrs(file);
      expect(first?.value.toString()).toBe('first');
    });

    test('a value is taken from any view, shared memory included', () => {
      const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 3);
      shared.set([1, 2, 3]);
      libc.setXattr(file, 'user.a', shared);
      expect(libc.readXattrs(file)[0]?.value).toEqual(Buffer.of(1, 2, 3));
    });

    test('long values and long lists are read whole', () => {
      const long = Buffer.alloc(1_500, 'x');
      libc.setXattr(file, 'user.long', long);
      const names = Array.from({ length: 20 }, (_, index) => `user.${'n'.repeat(60)}${index}`);
      for (const name of names) libc.setXattr(file, name, new Uint8Array());
      const read = new Map(libc.readXattrs(file).map(({ name, value }) => [name, value]));
      expect([...read.keys()].toSorted()).toEqual([...names, 'user.long'].toSorted());
      expect(read.get('user.long')).toEqual(long);
    });

    test('names that are not ASCII, on files whose names are not UTF-8', () => {
      const odd = joinRaw(dir, 'bad\u00ff\nname');
      writeFileSync(fsPath(odd), '');
      libc.setXattr(odd, rawFromUtf8('user.été'), Buffer.from('a'));
      libc.setXattr(odd, 'user.\u00fe', Buffer.from('b'));
      expect(byName(libc.readXattrs(odd))).toEqual([
        [rawFromUtf8('user.été'), Buffer.from('a')],
        ['user.\u00fe', Buffer.from('b')],
      ]);
    });

    test('files without any share one frozen empty list', () => {
      const none = libc.readXattrs(file);
      expect(none).toEqual([]);
      expect(Object.isFrozen(none)).toBe(true);
      expect(libc.readXattrs(dir)).toBe(none);
      expect(libc.readXattrs('/proc/self/status')).toBe(none);
    });

    test('a link is not followed', () => {
      const link = joinRaw(dir, 'link');
      symlinkSync('file', link);
      libc.setXattr(file, 'user.a', Buffer.from('of the target'));
      expect(libc.readXattrs(link)).toEqual([]);
    });

    test('a removed one is gone, and removing it again says so', () => {
      libc.setXattr(file, 'user.a', Buffer.from('x'));
      libc.removeXattr(file, 'user.a');
      expect(libc.readXattrs(file)).toEqual([]);
      expect(() => libc.removeXattr(file, 'user.a')).toThrow(
        expect.objectContaining({ code: 'ENODATA', syscall: 'lremovexattr', path: file }),
      );
    });

    test('a value over the limit of Linux is refused', () => {
      expect(() => libc.setXattr(file, 'user.a', new Uint8Array(65_537))).toThrow(
        expect.objectContaining({ code: 'E2BIG', path: file }),
      );
    });
  });

  describe('times', () => {
    test.each([
      ['with nanoseconds', 1_700_000_000_123_456_789n],
      ['at zero', 0n],
      ['just before 1970', -1n],
      ['a second before 1970', -1_000_000_000n],
      ['well before 1970, with nanoseconds', -86_400_000_000_000n - 123_456_789n],
      ['past 2038', 4_102_444_800_999_999_999n],
    ])('%s', (_name, time) => {
      const atime = time + 1n;
      libc.setTimesNs(file, atime, time);
      expect(timesOf(file)).toEqual([atime, time]);
    });

    test('any nanosecond from 1902 to 2038 comes back exactly', () => {
      const anyTime = fc.bigInt({ min: -2_147_000_000_000_000_000n, max: 2_147_000_000_000_000_000n });
      fc.assert(
        fc.property(anyTime, anyTime, (atime, mtime) => {
          libc.setTimesNs(file, atime, mtime);
          expect(timesOf(file)).toEqual([atime, mtime]);
        }),
      );
    });

    test('of a link, not of what it points at', () => {
      const link = joinRaw(dir, 'link');
      symlinkSync('file', link);
      const before = timesOf(file);
      libc.setTimesNs(link, 1n, 2n);
      expect(timesOf(link)).toEqual([1n, 2n]);
      expect(timesOf(file)).toEqual(before);
    });

    test('of an open file', () => {
      const fd = openSync(file, 'r');
      try {
        libc.setFdTimesNs(fd, -5n, 1_600_000_000_000_000_001n);
      } finally {
        closeSync(fd);
      }
      expect(timesOf(file)).toEqual([-5n, 1_600_000_000_000_000_001n]);
      expect(() => libc.setFdTimesNs(-1, 0n, 0n)).toThrow(
        expect.objectContaining({ code: 'EBADF', syscall: 'futimens' }),
      );
    });
  });

  describe('special files', () => {
    test('a fifo and a socket', () => {
      libc.makeNode(joinRaw(dir, 'fifo\u00ff'), 0o010_600, 0n);
      libc.makeNode(joinRaw(dir, 'socket'), 0o140_600, 0n);
      expect(lstatSync(fsPath(joinRaw(dir, 'fifo\u00ff'))).isFIFO()).toBe(true);
      expect(lstatSync(joinRaw(dir, 'socket')).isSocket()).toBe(true);
      expect(lstatSync(joinRaw(dir, 'socket')).mode & 0o777).toBe(0o600);
    });

    test.skipIf(!isRoot)('a device, with the numbers stat gives', () => {
      const { mode, rdev } = lstatSync(devNull, { bigint: true });
      const device = joinRaw(dir, 'null');
      libc.makeNode(device, Number(mode), rdev);
      const made = lstatSync(device, { bigint: true });
      expect(made.isCharacterDevice()).toBe(true);
      expect(made.rdev).toBe(rdev);
      const block = joinRaw(dir, 'block');
      libc.makeNode(block, 0o060_600, 0x12_3456_7800_0000n & 0xf_ffff_fffn);
      expect(lstatSync(block).isBlockDevice()).toBe(true);
    });

    test('one that is there already is not replaced', () => {
      expect(() => libc.makeNode(file, 0o010_600, 0n)).toThrow(
        expect.objectContaining({ code: 'EEXIST', syscall: 'mknod', path: file }),
      );
    });
  });

  describe('sparse files', () => {
    const MIB = 1_048_576;

    test('data and holes are found, past 4 GiB as well', () => {
      const fd = openSync(file, 'w+');
      try {
        const far = 5 * 1_024 * MIB;
        ftruncateSync(fd, far + 2 * MIB);
        writeSync(fd, Buffer.alloc(MIB, 1), 0, MIB, MIB);
        writeSync(fd, Buffer.alloc(MIB, 1), 0, MIB, far);
        expect(fstatSync(fd).blocks * 512).toBeLessThan(4 * MIB);
        expect(libc.nextData(fd, 0)).toBe(MIB);
        expect(libc.nextHole(fd, MIB)).toBe(2 * MIB);
        expect(libc.nextHole(fd, 0)).toBe(0);
        expect(libc.nextData(fd, 2 * MIB)).toBe(far);
        expect(libc.nextHole(fd, far)).toBe(far + MIB);
        expect(libc.nextData(fd, far + MIB)).toBeNull();
        expect(libc.nextHole(fd, far + 2 * MIB)).toBe(far + 2 * MIB);
      } finally {
        closeSync(fd);
      }
    });

    test('a file without holes has one at its end', () => {
      const fd = openSync(file, 'r');
      expect(libc.nextData(fd, 0)).toBe(0);
      expect(libc.nextHole(fd, 0)).toBe(7);
      expect(libc.nextData(fd, 7)).toBeNull();
      closeSync(fd);
    });

    test('where the file system cannot tell, all is data', () => {
      const fd = openSync('/proc/self/status', 'r');
      expect(libc.nextData(fd, 3)).toBe(3);
      expect(libc.nextHole(fd, 3)).toBe(Number.MAX_SAFE_INTEGER);
      closeSync(fd);
    });

    test('a closed descriptor is an error', () => {
      expect(() => libc.nextData(-1, 0)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'lseek' }));
      expect(() => libc.nextHole(-1, 0)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'lseek' }));
    });
  });

  describe('renaming without replacing', () => {
    test('renames onto a free name', () => {
      const to = joinRaw(dir, 'new\u00fe');
      libc.renameNoReplace(file, to);
      expect(readFileSync(fsPath(to), 'utf8')).toBe('content');
      expect(lstatSync(file, { throwIfNoEntry: false })).toBeUndefined();
    });

    test('leaves both as they are when the name is taken, were it by a dangling link', () => {
      const to = joinRaw(dir, 'link');
      symlinkSync('nowhere', to);
      const renaming = catchError(() => libc.renameNoReplace(file, to));
      expect(renaming).toMatchObject({ code: 'EEXIST', errno: -17, syscall: 'renameat2', path: file, dest: to });
      expect(isNoReplaceUnsupported(renaming)).toBe(false);
      expect(lstatSync(to).isSymbolicLink()).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe('content');
    });

    test('the error of a file system that cannot is told apart', () => {
      // The kernel gives for a directory moved below itself what a file system without the flag gives.
      mkdirSync(joinRaw(dir, 'sub'));
      const error = catchError(() => libc.renameNoReplace(joinRaw(dir, 'sub'), joinRaw(dir, 'sub/below')));
      expect(error).toMatchObject({ code: 'EINVAL' });
      expect(isNoReplaceUnsupported(error)).toBe(true);
      expect(isNoReplaceUnsupported(new Error('EINVAL'))).toBe(false);
      expect(isNoReplaceUnsupported(undefined)).toBe(false);
    });
  });

  describe('errors', () => {
    test('read like Node’s own', () => {
      const missing = joinRaw(dir, 'missing');
      const ours = catchError(() => libc.setTimesNs(missing, 0n, 0n));
      const nodes = catchError(() => lstatSync(missing));
      expect(ours.message.replace('utimensat', 'lstat')).toBe(nodes.message);
      expect(ours).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'utimensat', path: missing });
      expect(Object.keys(ours)).toEqual(Object.keys(nodes));
    });

    test('show a path that is not UTF-8 in its display form', () => {
      expect(() => libc.readXattrs(joinRaw(dir, 'caf\u00e9\n'))).toThrow(
        expect.objectContaining({ code: 'ENOENT', path: `${dir}/caf\\xe9\\x0a` }),
      );
    });

    test.each([
      ['a NUL', 'a\0b'],
      ['what is not a byte', 'a\u0100b'],
    ])('refuse a path with %s', (_name, name) => {
      const path = joinRaw(dir, name);
      const refusal: unknown = expect.objectContaining({ code: 'EINVAL' });
      expect(() => libc.readXattrs(path)).toThrow(refusal);
      expect(() => libc.setXattr(path, 'user.a', new Uint8Array())).toThrow(refusal);
      expect(() => libc.setXattr(file, `user.${name}`, new Uint8Array())).toThrow(refusal);
      expect(() => libc.removeXattr(path, 'user.a')).toThrow(refusal);
      expect(() => libc.setTimesNs(path, 0n, 0n)).toThrow(refusal);
      expect(() => libc.makeNode(path, 0o010_600, 0n)).toThrow(refusal);
      expect(() => libc.renameNoReplace(path, file)).toThrow(refusal);
      expect(() => libc.renameNoReplace(file, path)).toThrow(refusal);
    });

    test('refuse a path or a name longer than the kernel takes', () => {
      expect(() => libc.setXattr(file, `user.${'x'.repeat(300)}`, new Uint8Array())).toThrow(
        expect.objectContaining({ code: 'ERANGE' }),
      );
      expect(() => libc.readXattrs(`/${'x/'.repeat(3_000)}`)).toThrow(
        expect.objectContaining({ code: 'ENAMETOOLONG' }),
      );
    });
  });

  test('several worker threads use it at the same time', async () => {
    const workers = ['a', 'b', 'c'].map((name) => runWorker(joinRaw(dir, name)));
    for (let round = 0; round < 200; round += 1) {
      libc.setTimesNs(file, 1n, BigInt(round));
      expect(timesOf(file)).toEqual([1n, BigInt(round)]);
      expect(() => libc.readXattrs(joinRaw(dir, 'missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    }
    expect(await Promise.all(workers)).toEqual(['done', 'done', 'done']);
  });
});

/** Each worker sets and reads the times and attributes of its own file, 500 times, and checks its own errors. */
const WORKER = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { writeFileSync, lstatSync } = require('node:fs');
  const assert = require('node:assert/strict');
  import(workerData.libcUrl).then(({ libc }) => {
    writeFileSync(workerData.path, '');
    for (let round = 0; round < 500; round += 1) {
      const value = Buffer.from(workerData.path + round);
      libc.setXattr(workerData.path, 'user.round', value);
      libc.setTimesNs(workerData.path, -1n, BigInt(round));
      assert.deepEqual(libc.readXattrs(workerData.path), [{ name: 'user.round', value }]);
      assert.equal(lstatSync(workerData.path, { bigint: true }).mtimeNs, BigInt(round));
      assert.throws(() => libc.removeXattr(workerData.path, 'user.absent'), { code: 'ENODATA' });
    }
    parentPort.postMessage('done');
  });
`;

function runWorker(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { eval: true, workerData: { path, libcUrl: LIBC_URL } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function byName(xattrs: ReturnType<Libc['readXattrs']>): [string, Buffer][] {
  return xattrs.map(({ name, value }): [string, Buffer] => [name, value]).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function timesOf(path: string): [bigint, bigint] {
  const { atimeNs, mtimeNs } = lstatSync(fsPath(path), { bigint: true });
  return [atimeNs, mtimeNs];
}

function catchError(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
  return assert.fail('nothing was thrown');
}
