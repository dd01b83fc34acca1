import { spawnSync } from 'node:child_process';
import {
  closeSync,
  chmodSync,
  fstatSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../../electron/engine/recovery/restore-journal.ts';
import { createTemporary, markOf, openBegun, openLeft } from '../../../electron/engine/recovery/temporary-file.ts';

let folder: string;
let path: string;
let victim: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-temporary-'));
  path = join(folder, '.holdfast.part');
  victim = join(folder, 'victim');
  writeFileSync(victim, 'somebody’s', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const planted: Readonly<Record<string, () => unknown>> = {
  'a second name of a file': () => linkSync(victim, path),
  'a link to a file': () => symlinkSync(victim, path),
  'a link that leads nowhere': () => symlinkSync(join(folder, 'new'), path),
  'a pipe': () => spawnSync('mkfifo', [path]),
  'a file that others may use': () => {
    writeFileSync(path, 'planted');
    chmodSync(path, 0o666);
  },
};

describe.each(Object.entries(planted))('where %s was put in its place, a temporary file', (_, plant) => {
  test('is made anew, and nothing else is touched', () => {
    plant();
    const descriptor = createTemporary(path);
    const stats = fstatSync(descriptor);
    expect([stats.isFile(), stats.nlink, stats.size, stats.ino === statSync(path).ino]).toEqual([true, 1, 0, true]);
    closeSync(descriptor);
    expect(readFileSync(victim, 'utf8')).toBe('somebody’s');
    expect(statSync(join(folder, 'new'), { throwIfNoEntry: false })).toBeUndefined();
  });

  test('is not taken for one that an earlier run has left, nor for the one that was begun', () => {
    const begun = createTemporary(path);
    const mark = markOf(fstatSync(begun));
    closeSync(begun);
    rmSync(path);
    plant();
    expect(openLeft(path)).toBeNull();
    expect(() => openBegun(path, mark)).toThrow(expect.objectContaining({ code: 'TARGET_UNUSABLE' }));
  });
});

test('a temporary file is found again by the run that has begun it, and by the next one', () => {
  const begun = createTemporary(path);
  const mark = markOf(fstatSync(begun));
  closeSync(begun);
  for (const open of [() => openBegun(path, mark), () => openLeft(path)]) {
    const descriptor = open();
    expect(descriptor).not.toBeNull();
    closeSync(descriptor ?? -1);
  }
});

test('a temporary name is the same in every run of a restore, and nobody else can tell it', () => {
  const content = Buffer.alloc(32, 1);
  const nameIn = (journal: string): string => openJournal(join(folder, journal)).temporaryName('file', content);
  const name = nameIn('one');
  expect(name).toMatch(/^\.holdfast-[0-9a-f]{32}\.part$/);
  expect(nameIn('one')).toBe(name);
  expect(nameIn('two')).not.toBe(name);
  expect(openJournal(join(folder, 'one')).temporaryName('other', content)).not.toBe(name);
  expect(statSync(join(folder, 'one')).mode & 0o077).toBe(0);
});
