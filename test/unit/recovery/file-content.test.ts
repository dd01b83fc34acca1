import { hash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { libc } from '../../../electron/engine/platform/libc.ts';
import { ContentComparer } from '../../../electron/engine/recovery/file-content.ts';
import { BlobIndex } from '../../../electron/engine/repository/blob-index.ts';

const mib = 1024 * 1024;
const zeros = hash('sha256', Buffer.alloc(mib), 'buffer');
let folder: string;
let file: number;
let comparer: ContentComparer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-content-'));
  file = openSync(join(folder, 'file'), 'w+');
  comparer = new ContentComparer(BlobIndex.create(0));
});
afterEach(() => {
  closeSync(file);
  rmSync(folder, { recursive: true });
});

/** What this process has read so far, from anywhere. */
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);

describe('a hole', () => {
  test.skipIf(process.platform !== 'linux' || libc === null)('is taken for zeros without being read', () => {
    ftruncateSync(file, 256 * mib);
    const before = bytesRead();
    for (let at = 0; at < 256; at++) expect(comparer.matches(file, zeros, mib, at * mib)).toBe(true);
    expect(bytesRead() - before).toBeLessThan(mib);
    expect(comparer.matches(file, hash('sha256', Buffer.alloc(mib, 1), 'buffer'), mib, 0)).toBe(false);
  });

  test('that has something in it is none', () => {
    ftruncateSync(file, 4 * mib);
    writeSync(file, 'x', mib + 500_000);
    expect([0, 1, 2].map((at) => comparer.matches(file, zeros, mib, at * mib))).toEqual([true, false, true]);
  });

  test('ends where the file ends', () => {
    ftruncateSync(file, 2 * mib - 1);
    expect([0, 1, 2].map((at) => comparer.matches(file, zeros, mib, at * mib))).toEqual([true, false, false]);
  });
});
