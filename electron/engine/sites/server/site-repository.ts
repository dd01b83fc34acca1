/** The folder of one user's repository, as the server works on it: what comes in is verified before it has its name. */
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import { lstat, open, readdir, rename, unlink, type FileHandle as OpenFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../platform/make-folders.ts';
import type { FileHandle, FileType } from '../../repository/backend/backend.ts';
import { nameOnce, syncFolder } from '../../repository/backend/local.ts';
import { listUnfinished, removeUnfinished } from '../../repository/backend/unfinished.ts';
import { Arrivals } from './arrivals.ts';
import { Quota } from './quota.ts';

export type Saved =
  | { readonly outcome: 'saved'; /** Bytes that a quota has less of than before. */ readonly added: number }
  /** The very same was there before. */
  | { readonly outcome: 'same' }
  /** Something is there that may not be replaced. */
  | { readonly outcome: 'taken' }
  /** What came is not what its name says. */
  | { readonly outcome: 'wrong' };

/** What a file takes of a disk at the least: a million tiny ones fill it as well. */
const smallestBytes = 4096;
/** How much of a quota a file of that size takes. */
export const takenBytes = (size: number): number => Math.max(size, smallestBytes);

const storedName = /^[0-9a-f]{64}$/;
const folders = ['keys', 'locks', 'snapshots', 'index', 'data'] as const;
const prefixes = Array.from({ length: 256 }, (_, prefix) => prefix.toString(16).padStart(2, '0'));
const lookedAtOnce = 32;
/** What an upload that nobody is at any more has left. */
const leftoverAfterMs = 60 * 60_000;

export class SiteRepository {
  readonly folder: string;
  readonly quota: Quota;
  readonly arrivals: Arrivals;
  /** The last step of saves of one name, each after the one before. */
  readonly #naming = new Map<string, Promise<unknown>>();

  readonly #nowMs: () => number;

  constructor(home: string, user: string, folder: string, nowMs: () => number) {
    this.folder = folder;
    this.#nowMs = nowMs;
    this.arrivals = new Arrivals(home, user);
    this.quota = new Quota(() => measure(folder));
  }

  /** Makes the folders of an empty repository; does no harm to one that is there. */
  async create(): Promise<void> {
    for (const folder of folders) await makeFolders(join(this.folder, folder));
    for (const prefix of prefixes) await makeFolders(join(this.folder, 'data', prefix));
    await syncFolder(this.folder);
  }

  /** Null where it is not there. Whoever gets it closes it. */
  async open(handle: FileHandle): Promise<{ readonly file: OpenFile; readonly size: number } | null> {
    let file;
    try {
      file = await open(this.#path(handle), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    const details = await file.stat();
    if (details.isFile()) return { file, size: details.size };
    await file.close();
    return null;
  }

  /** Files of a kind; their sizes too where they are wanted. In pieces: there may be a million of them. */
  async *list(type: FileType, withSizes: boolean): AsyncGenerator<readonly { name: string; size: number }[]> {
    const root = join(this.folder, type);
    const parts = type === 'data' ? prefixes.map((prefix) => join(root, prefix)) : [root];
    for (const part of parts) yield* listFolder(part, withSizes);
  }

  /** `replace`: what is there under the name may be replaced. The config never is. */
  async save(handle: FileHandle, body: AsyncIterable<Uint8Array>, replace: boolean): Promise<Saved> {
    const path = this.#path(handle);
    const temporary = `${path}-tmp-${randomBytes(6).toString('hex')}`;
    try {
      const digest = await this.#receive(temporary, body);
      if (handle.type !== 'config' && digest !== handle.name) return { outcome: 'wrong' };
      // Before anybody can see it.
      if (handle.type === 'snapshots') await this.arrivals.note(handle.name, this.#nowMs());
      return await this.#inTurn(path, () => giveName(temporary, path, digest, replace && handle.type !== 'config'));
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  /** Bytes that a quota has more of; null where it was not there. */
  async remove(handle: FileHandle): Promise<number | null> {
    const path = this.#path(handle);
    const details = await lstat(path).catch(() => null);
    if (details?.isFile() !== true) return null;
    try {
      await unlink(path);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    await syncFolder(dirname(path));
    return takenBytes(details.size);
  }

  /** What a server that was killed has left half. */
  async clearLeftovers(): Promise<void> {
    for (const { path, ageMs } of await listUnfinished(this.folder))
      if (ageMs > leftoverAfterMs) await removeUnfinished(this.folder, path);
  }

  async #receive(temporary: string, body: AsyncIterable<Uint8Array>): Promise<string> {
    const file = await this.#openTemporary(temporary);
    try {
      const hash = createHash('sha256');
      for await (const chunk of body) {
        hash.update(chunk);
        for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
      }
      await file.sync();
      return hash.digest('hex');
    } finally {
      await file.close();
    }
  }

  /** Somebody may push before anything was created. */
  async #openTemporary(temporary: string): Promise<OpenFile> {
    try {
      return await open(temporary, 'wx', 0o600);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeFolders(dirname(temporary));
      return open(temporary, 'wx', 0o600);
    }
  }

  async #inTurn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#naming.get(path) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#naming.set(path, mine);
    try {
      return await mine;
    } finally {
      if (this.#naming.get(path) === mine) this.#naming.delete(path);
    }
  }

  #path({ type, name }: FileHandle): string {
    if (type === 'config') return join(this.folder, 'config');
    if (!storedName.test(name)) throw new Error('a file was asked for by a name it cannot have');
    return type === 'data' ? join(this.folder, 'data', name.slice(0, 2), name) : join(this.folder, type, name);
  }
}

/** The last step: the file has its name, or it does not. */
async function giveName(temporary: string, path: string, digest: string, replace: boolean): Promise<Saved> {
  const there = await lstat(path).catch(() => null);
  const size = (await lstat(temporary)).size;
  if (there === null || !replace) {
    try {
      await nameOnce(temporary, path);
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
      return { outcome: (await hashOf(path)) === digest ? 'same' : 'taken' };
    }
    await syncFolder(dirname(path));
    return { outcome: 'saved', added: takenBytes(size) };
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return { outcome: 'saved', added: takenBytes(size) - takenBytes(there.size) };
}

async function hashOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const hash: Hash = createHash('sha256');
  // The stream closes the file.
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

async function* listFolder(
  folder: string,
  withSizes: boolean,
): AsyncGenerator<readonly { name: string; size: number }[]> {
  const names = (await entries(folder)).filter((entry) => entry.isFile() && storedName.test(entry.name));
  if (!withSizes) yield names.map(({ name }) => ({ name, size: 0 }));
  if (!withSizes) return;
  for (let at = 0; at < names.length; at += lookedAtOnce) {
    const part = names.slice(at, at + lookedAtOnce);
    const found = await Promise.all(part.map(async ({ name }) => ({ name, details: await look(join(folder, name)) })));
    yield found.flatMap(({ name, details }) => (details === null ? [] : [{ name, size: details.size }]));
  }
}

/** How much of a quota everything below the folder takes, whatever it is called. */
async function measure(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await measure(path);
    else bytes += takenBytes((await look(path))?.size ?? 0);
  }
  return bytes;
}

async function look(path: string): Promise<Stats | null> {
  return lstat(path).catch(() => null);
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

function isMissing(error: unknown): boolean {
  return isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR');
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
