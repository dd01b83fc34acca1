/** Opens an index with what an earlier run has kept of it, and keeps it for the next one (see kept-file.ts). */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, read as readCallback } from 'node:fs';
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startThread, stopThread } from '../../platform/threads.ts';
import type { StoredFile } from '../backend/backend.ts';
import { BlobCodec } from '../blob-codec.ts';
import { BlobIndex } from '../blob-index.ts';
import { indexRoom, openIndexFiles, type IndexFiles } from '../index-files.ts';
import { createIndex, mostBlobsIn } from '../index-loading.ts';
import type { Repository } from '../repository.ts';
import { openUnpacked } from '../unpacked.ts';
import type { KeepWorkerData } from './keep-worker.ts';
import { baseOf, filesSince, pieceBytes, readDescription, sectionsOf, type KeptDescription } from './kept-file.ts';

const readFile = promisify(readCallback);
const maximumDescriptionBytes = 256 * 1024 * 1024;
const piecesAtOnce = 3;
/** With fewer bits for a blob the filter lets too much through: the index is loaded anew, with one that fits. */
const leastFilterBits = 6;
/** It is kept anew when more than this has come since: a part of its blobs, or so many index files. */
const staleAfter = { part: 1 / 32, files: 64 };
/** A file that another has taken the place of goes when the last run that reads it has ended: twice the room is needed. */
const roomFactor = 2;

export type OpenedIndex = {
  readonly index: BlobIndex;
  /** Index files that are to be read into it, and their bytes. */
  readonly names: readonly string[];
  readonly bytes: number;
  /** All that the repository has. */
  readonly listed: readonly StoredFile[];
  /** Blobs and index files that need not be read. */
  readonly kept: { readonly blobs: number; readonly files: number } | null;
};

/** An index with what is kept of it, else empty; whoever has it closes it. `files`: where they have just been listed. */
export async function openIndex(
  repository: Repository,
  files: readonly StoredFile[] | null = null,
): Promise<OpenedIndex> {
  const listed = files ?? (await repository.backend.list('index'));
  const { keptFolder } = indexRoom();
  const opened = keptFolder === null ? null : await openKept(repository, pathIn(keptFolder, repository), listed);
  if (opened !== null) return opened;
  return { ...createIndex(listed), listed, kept: null };
}

async function openKept(
  repository: Repository,
  path: string,
  listed: readonly StoredFile[],
): Promise<OpenedIndex | null> {
  const file = openExisting(path);
  if (file === null) return null;
  const description = describe(file, repository);
  const since = description === null ? null : filesSince(description, listed);
  const bytes = bytesOf(since ?? []);
  if (description === null || since === null || isCrowded(description, bytes)) {
    closeSync(file);
    await rm(path, { force: true });
    return null;
  }
  const { blobs, indexFiles } = description;
  const index = BlobIndex.create(mostBlobsIn(bytes), openFilesOver(file, description, bytes));
  try {
    if (await fillIn(index, file, description)) {
      const names = since.map(({ name }) => name);
      return { index, names, bytes, listed, kept: { blobs, files: indexFiles.length } };
    }
  } catch (error) {
    index.close();
    throw error;
  }
  index.close();
  await rm(path, { force: true });
  return null;
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
}

function describe(file: number, { key, config }: Repository): KeptDescription | null {
  const codec = new BlobCodec(key, config.version);
  try {
    return readDescription(file, config.id, (sealed) => openUnpacked(codec, sealed, maximumDescriptionBytes));
  } catch {
    return null;
  }
}

function isCrowded({ blobs, filterWords }: KeptDescription, bytesSince: number): boolean {
  return (blobs + mostBlobsIn(bytesSince)) * leastFilterBits > filterWords * 32;
}

function openFilesOver(file: number, description: KeptDescription, bytesSince: number): IndexFiles {
  try {
    const files = openIndexFiles(0, mostBlobsIn(bytesSince), baseOf(file, description));
    if (files !== null) return files;
    throw new RangeError('an index with a base has files');
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Compares all of it with its description, and puts into memory what lies there; false where a byte is another. */
async function fillIn(index: BlobIndex, file: number, description: KeptDescription): Promise<boolean> {
  const { pieces, packs } = description;
  const sections = sectionsOf(description);
  const { disk } = index;
  if (disk === null) return false;
  const resident: readonly (readonly [number, Uint8Array])[] = [
    [sections.packsAt, index.packIds(packs)],
    [sections.filterAt, bytesOfWords(disk.filter.words)],
    [sections.tableAt, bytesOfWords(disk.baseTable)],
  ];
  let next = 0;
  let isTrue = true;
  const work = async (): Promise<void> => {
    const memory = Buffer.allocUnsafeSlow(pieceBytes);
    while (isTrue && next < pieces.length) {
      const piece = next++;
      const at = piece * pieceBytes;
      const bytes = memory.subarray(0, Math.min(pieceBytes, sections.end - at));
      if (!(await isPiece(file, at, bytes, pieces[piece]))) isTrue = false;
      for (const [start, target] of resident) copyOverlap(bytes, at, target, start);
    }
  };
  await Promise.all(Array.from({ length: piecesAtOnce }, work));
  return isTrue;
}

async function isPiece(file: number, at: number, bytes: Buffer<ArrayBuffer>, expected = ''): Promise<boolean> {
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await readFile(file, bytes, filled, bytes.length - filled, at + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  // Web Crypto hashes on a thread of its own.
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex') === expected;
}

function copyOverlap(bytes: Uint8Array, at: number, target: Uint8Array, start: number): void {
  const from = Math.max(at, start);
  const until = Math.min(at + bytes.length, start + target.length);
  if (from < until) target.set(bytes.subarray(from - at, until - at), from - start);
}

/** Whether so much of an index was read that the next run should not have to. */
export function isWorthKeeping({ index, names, kept }: OpenedIndex): boolean {
  if (index.disk === null || indexRoom().keptFolder === null || names.length === 0) return false;
  if (kept === null) return true;
  const fresh = index.blobCount - kept.blobs;
  return fresh > kept.blobs * staleAfter.part || names.length > Math.max(staleAfter.files, kept.files / 2);
}

/** Files that are being written, of this process. */
const unfinished = new Set<string>();

/** What is written while a run goes on; it never fails the run. */
export type Keeping = {
  /** Whether it is kept, never rejected; it may take as long as writing all of it takes. */
  readonly done: Promise<boolean>;
  readonly stop: () => Promise<void>;
};

/** All of the index files must have been read into it, and nothing else; what comes into it from now on is not kept. */
export function startKeeping(repository: Repository, { index, listed }: OpenedIndex): Keeping {
  const stopping = new AbortController();
  const request = { index, listed, blobs: index.blobCount, packs: index.packCount };
  const done = keep(repository, request, stopping.signal).catch(() => false);
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

type KeepRequest = {
  readonly index: BlobIndex;
  readonly listed: readonly StoredFile[];
  readonly blobs: number;
  readonly packs: number;
};

async function keep(
  repository: Repository,
  { index, listed, blobs, packs }: KeepRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const { keptFolder } = indexRoom();
  const filterWords = index.disk?.filter.words.length ?? 0;
  if (keptFolder === null) return false;
  const path = pathIn(keptFolder, repository);
  const temporary = `${path}.new-${randomBytes(6).toString('hex')}`;
  // One at a time of each repository.
  if ([...unfinished].some((other) => other.startsWith(path))) return false;
  unfinished.add(temporary);
  try {
    await mkdir(keptFolder, { recursive: true, mode: 0o700 });
    await removeLeftovers(keptFolder);
    const { end } = sectionsOf({ version: 1, repository: '', endianness: 'LE', blobs, packs, filterWords });
    const { bavail, bsize } = await statfs(keptFolder);
    if (bavail * bsize < end * roomFactor || signal.aborted) return false;
    const indexFiles = listed.map(({ name, size }) => ({ name, size }));
    const { key, config } = repository;
    const more = { blobs, packs, indexFiles, path: temporary };
    await runThread({ key, version: config.version, repository: config.id, index: index.shared, ...more }, signal);
    await rename(temporary, path);
    await syncFolder(keptFolder);
    return true;
  } finally {
    await rm(temporary, { force: true });
    unfinished.delete(temporary);
  }
}

async function runThread(data: KeepWorkerData, signal: AbortSignal): Promise<void> {
  const worker = startThread(new URL('./keep-worker.ts', import.meta.url), {
    data,
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.once('message', () => resolve());
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the thread that keeps the index ended (${code})`)));
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await stopThread(worker);
  }
}

/** What a process has left that was killed: this one has the home for itself. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.includes('.new-') && !unfinished.has(path)) await rm(path, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Of a repository that is not used any more, or whose index files turned out to be damaged. */
export async function forgetKeptIndex(repositoryId: string): Promise<void> {
  const { keptFolder } = indexRoom();
  if (keptFolder !== null) await rm(join(keptFolder, repositoryId), { force: true });
}

function pathIn(folder: string, { config }: Repository): string {
  return join(folder, config.id);
}

function bytesOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function bytesOfWords(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
