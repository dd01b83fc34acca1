/**
 * Where the part of a blob index lies that memory has no room for: two files of this process alone. They have no name any
 * more once they are open, so whatever happens to the process, nothing of them stays.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an earlier run has kept of an index, in one file; nobody changes it. */
export type IndexBase = {
  readonly file: number;
  readonly blobs: number;
  readonly packs: number;
  /** Where in the file. */
  readonly entriesAt: number;
  readonly keysAt: number;
  readonly filterWords: number;
};

export type IndexFiles = {
  /** Descriptors, which all threads of the process may use: of entries in their order, and of keys that lead to them. */
  readonly entries: number;
  readonly keys: number;
  /** Blobs that are gathered in memory before they go to the files together. */
  readonly runBlobs: number;
  /** How often that may happen. */
  readonly runs: number;
  /** What lies before all of that. */
  readonly base: IndexBase | null;
};

export type IndexRoom = {
  /** Made where it is missing, for its owner only. */
  readonly folder: string;
  /** An index of more blobs does not stay in memory. */
  readonly memoryBlobs: number;
  readonly runBlobs: number;
  /** Where such an index is kept for the next run (see kept-index); null: nowhere. */
  readonly keptFolder: string | null;
};

let room: IndexRoom = { folder: tmpdir(), memoryBlobs: 10_000_000, runBlobs: 2_000_000, keptFolder: null };

/** For the whole process, and whatever is opened from now on. */
export function setIndexRoom(changes: Partial<IndexRoom>): void {
  room = { ...room, ...changes };
}

export function indexRoom(): IndexRoom {
  return room;
}

/**
 * Null where the blobs that are expected have room in memory; `mostBlobs` may come, besides those of the base. The caller
 * closes the files, and the base with them.
 */
export function openIndexFiles(
  expectedBlobs: number,
  mostBlobs: number,
  base: IndexBase | null = null,
): IndexFiles | null {
  if (expectedBlobs <= room.memoryBlobs && base === null) return null;
  const { folder, runBlobs } = room;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = openNameless(folder);
  try {
    return { entries, keys: openNameless(folder), runBlobs, runs: Math.ceil(mostBlobs / runBlobs), base };
  } catch (error) {
    closeSync(entries);
    throw error;
  }
}

export function closeIndexFiles({ entries, keys, base }: IndexFiles): void {
  closeSync(entries);
  closeSync(keys);
  if (base !== null) closeSync(base.file);
}

function openNameless(folder: string): number {
  const path = join(folder, `blob-index-${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    unlinkSync(path);
  } catch {
    // Windows refuses; whoever empties the folder removes it.
  }
  return descriptor;
}
