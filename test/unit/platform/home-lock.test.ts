import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeOwner, lockHome } from '../../../electron/engine/platform/home-lock.ts';
import { lockByProcess, ownMark } from '../../../electron/engine/platform/process-lock.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
});
afterEach(() => rmSync(home, { recursive: true }));

describe('the lock of a home', () => {
  test('is held by one at a time, and by the next one once it was released', () => {
    const first = lockHome(home);
    expect(first).not.toBeNull();
    expect(lockHome(home)).toBeNull();
    first?.release();
    const second = lockHome(home);
    expect(second).not.toBeNull();
    // Once more takes nothing away from the new holder.
    first?.release();
    expect(lockHome(home)).toBeNull();
    second?.release();
  });

  test('names its holder, and only its account can read it', () => {
    const lock = lockHome(home);
    expect(homeOwner(home)).toEqual(ownMark());
    expect(statSync(join(home, 'engine.lock')).mode & 0o777).toBe(0o600);
    lock?.release();
    expect(homeOwner(join(home, 'nowhere'))).toBeNull();
  });

  test('ends with the process that holds it, also when that is killed', async () => {
    const script = `
      const { lockHome } = await import(${JSON.stringify(new URL('../../../electron/engine/platform/home-lock.ts', import.meta.url).href)});
      if (lockHome(${JSON.stringify(home)}) === null) process.exit(1);
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(lockHome(home)).toBeNull();
    expect(homeOwner(home)?.pid).toBe(child.pid);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const lock = lockHome(home);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  test('is not taken through a link that somebody has put there', () => {
    const elsewhere = join(home, 'elsewhere');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, join(home, 'engine.lock'));
    expect(() => lockHome(home)).toThrow(/ELOOP/);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
  });
});

describe('the lock where the kernel has none', () => {
  const file = (): string => join(home, 'engine.lock');

  test('is held as long as its process lives, and leaves nothing behind', () => {
    const first = lockByProcess(file());
    expect(first).not.toBeNull();
    expect(lockByProcess(file())).toBeNull();
    first?.release();
    expect(readdirSync(home)).toEqual([]);
    const second = lockByProcess(file());
    first?.release();
    expect(existsSync(file())).toBe(true);
    second?.release();
  });

  test.each<[string, () => unknown]>([
    ['a process that is gone', () => ({ pid: 2 ** 22 + 5, started: '1', host: hostname() })],
    ['an earlier process with our own id', () => ({ pid: process.pid, started: '1', host: hostname() })],
    ['nobody in particular', () => 'garbage'],
  ])('of %s is replaced', (_whose, mark) => {
    writeFileSync(file(), JSON.stringify(mark()));
    const lock = lockByProcess(file());
    expect(lock).not.toBeNull();
    expect(homeOwner(home)).toEqual(ownMark());
    lock?.release();
    expect(readdirSync(home)).toEqual([]);
  });

  test('of a process on another machine is respected: it cannot be asked', () => {
    writeFileSync(file(), JSON.stringify({ pid: 2 ** 22 + 5, started: '1', host: 'elsewhere' }));
    expect(lockByProcess(file())).toBeNull();
  });
});
