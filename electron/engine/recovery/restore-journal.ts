/**
 * What a restore has to know when it is interrupted and run again: the folders it has made, which are its own to finish
 * (give metadata to), while folders that were there before are not; and a secret that its temporary names are made from,
 * so that nobody else can put something in their way.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';

export type RestoreJournal = {
  note(path: RawPath): void;
  has(path: RawPath): boolean;
  /** The name to write a file under until it is whole: the same in every run of this restore, and in no other. */
  temporaryName(name: RawPath, content: Uint8Array): RawPath;
};

const secretLine = /^secret ([0-9a-f]{64})$/;

/** Where the journal of this very restore lies: the same for every run of it. */
export function journalPath(home: string, facts: readonly string[]): string {
  const digest = createHash('sha256').update(facts.join('\0')).digest('hex');
  return join(home, 'restores', `${digest.slice(0, 32)}.folders`);
}

export function openJournal(path: string): RestoreJournal {
  const lines = readLines(path);
  const made = new Set(lines);
  let secret = lines.map((line) => secretLine.exec(line)?.[1]).find((known) => known !== undefined);
  return {
    note: (folder) => {
      secret ??= begin(path);
      made.add(displayRaw(folder));
      appendFileSync(path, `${displayRaw(folder)}\n`, { mode: 0o600 });
    },
    has: (folder) => made.has(displayRaw(folder)),
    temporaryName: (name, content) => {
      secret ??= begin(path);
      const digest = createHmac('sha256', secret).update(name, 'latin1').update('/').update(content).digest('hex');
      return `.holdfast-${digest.slice(0, 32)}.part`;
    },
  };
}

export function removeJournal(path: string): void {
  rmSync(path, { force: true });
}

/** Durable before the first name is made from it: whoever takes the restore up must find what it left. */
function begin(path: string): string {
  const secret = randomBytes(32).toString('hex');
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, `secret ${secret}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return secret;
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
