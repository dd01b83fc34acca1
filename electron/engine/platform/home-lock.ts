/**
 * Who owns a HOLDFAST_HOME. The lock is the kernel's, on the open file `engine.lock`, and ends with the process that
 * holds it: there is no stale one, and the file itself stays. Where the kernel or the file system has no such lock, the
 * process that the file names decides, by its id and the time it started.
 */
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { libc } from './libc.ts';
import { lockByProcess, ownMark, parseMark, type ProcessMark } from './process-lock.ts';

export interface HomeLock {
  /** After this somebody else may own the home. */
  release(): void;
}

/** Takes the home for this process, or for this call within it; null when another one owns it. */
export function lockHome(home: string): HomeLock | null {
  const file = lockFile(home);
  if (libc === null) return lockByProcess(file);
  const fd = openLock(file);
  try {
    if (libc.tryLock(fd)) {
      leaveName(fd);
      return { release: once(() => closeSync(fd)) };
    }
  } catch (error) {
    closeSync(fd);
    if (isLockUnsupported(error)) return lockByProcess(file);
    throw error;
  }
  closeSync(fd);
  return null;
}

/** On a disk that is full or read-only, a lock that was there before does as well. */
function openLock(file: string): number {
  try {
    return openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    try {
      return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch {
      throw error;
    }
  }
}

/** The process that owns the home, or owned it last; for people, and null where nothing is known. */
export function homeOwner(home: string): ProcessMark | null {
  try {
    return parseMark(readFileSync(lockFile(home), 'utf8'));
  } catch {
    return null;
  }
}

function lockFile(home: string): string {
  return join(home, 'engine.lock');
}

/** The lock holds without it: a full disk takes away nothing but the name in a message. */
function leaveName(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, JSON.stringify(ownMark()), 0);
  } catch {
    // As said above.
  }
}

/** A descriptor closed twice may be somebody else's by then. */
function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

function isLockUnsupported(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOLCK' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS' || code === 'EINVAL';
}
