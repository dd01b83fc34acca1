/**
 * A lock for where the kernel has none to offer: a file that names its process. The file appears whole or not at all, and
 * counts as long as that process lives; the time a process started tells it from a later one with the same id.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

export type ProcessMark = {
  readonly pid: number;
  /** When the process started, in whatever form the system tells it; empty where it does not. */
  readonly started: string;
  readonly host: string;
};

const attempts = 10;

export function lockByProcess(file: string): { release(): void } | null {
  const mark = JSON.stringify({ ...ownMark(), nonce: randomBytes(8).toString('hex') });
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(own, mark, { mode: 0o600, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (linkIfFree(own, file)) return { release: () => removeIf(file, mark) };
      const held = readIfThere(file);
      if (held === null) continue;
      const holder = parseMark(held);
      if (holder !== null && isAlive(holder)) return null;
      setAside(file, held);
    }
    return null;
  } finally {
    unlinkSync(own);
  }
}

export function ownMark(): ProcessMark {
  return { pid: process.pid, started: startOf(process.pid), host: hostname() };
}

export function parseMark(text: string): ProcessMark | null {
  try {
    const { pid, started, host } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof host !== 'string') return null;
    return { pid, started, host };
  } catch {
    return null;
  }
}

/** A process of another machine cannot be asked, so it counts as alive. */
function isAlive({ pid, started, host }: ProcessMark): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return started === '' || now === '' || now === started;
}

function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      // The 22nd field, counted behind the name of the program, which may hold anything (proc(5)).
      const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function linkIfFree(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Takes a dead lock away. One that somebody else has put there since is put back. */
function setAside(file: string, dead: string): void {
  const aside = `${file}.dead.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readIfThere(aside) !== dead) linkIfFree(aside, file);
  unlinkSync(aside);
}

function removeIf(file: string, mark: string): void {
  if (readIfThere(file) === mark) unlinkSync(file);
}
