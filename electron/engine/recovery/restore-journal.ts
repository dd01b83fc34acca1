/**
 * Folders a restore has made. When it is interrupted and run again, these are its own to finish (give metadata to), while
 * folders that were there before are not.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';

export type RestoreJournal = { note(path: RawPath): void; has(path: RawPath): boolean };

/** Where the journal of this very restore lies: the same for every run of it. */
export function journalPath(home: string, facts: readonly string[]): string {
  const digest = createHash('sha256').update(facts.join('\0')).digest('hex');
  return join(home, 'restores', `${digest.slice(0, 32)}.folders`);
}

export function openJournal(path: string): RestoreJournal {
  const made = new Set(readLines(path));
  return {
    note: (folder) => {
      if (made.size === 0) mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
      made.add(displayRaw(folder));
      appendFileSync(path, `${displayRaw(folder)}\n`, { mode: 0o600 });
    },
    has: (folder) => made.has(displayRaw(folder)),
  };
}

export function removeJournal(path: string): void {
  rmSync(path, { force: true });
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
