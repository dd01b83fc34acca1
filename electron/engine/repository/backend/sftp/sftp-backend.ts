/** A repository on an SFTP server, laid out as restic's SFTP backend does. */
import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { formatLocation, type SftpLocation } from '../../../../../shared/model/location.ts';
import type { Pace } from '../../../platform/network-throttle.ts';
import type { BackendAccess } from '../access.ts';
import {
  describeHandle,
  type Backend,
  type ByteRange,
  type FileHandle,
  type FileType,
  type Room,
  type StoredFile,
  type UnfinishedFile,
} from '../backend.ts';
import { storedFolders, storedName, storedPath } from '../stored-path.ts';
import { isUnfinished, mustBeUnfinished } from '../unfinished.ts';
import { isNoSuchFile, isPlainFailure, sftpFailure } from './failures.ts';
import { RemoteFiles } from './remote-files.ts';
import { SftpSession } from './session.ts';

/** Behind the server may be a share, whose listings lag. */
const delayMs = 200;
const foldersAtOnce = 16;
const packPrefix = /^[0-9a-f]{2}$/;
const packFolders = Array.from({ length: 256 }, (_, at) => `data/${at.toString(16).padStart(2, '0')}`);

export function openSftpBackend(location: SftpLocation, access: BackendAccess): Backend {
  return new SftpBackend(location, new SftpSession(location, access), null);
}

class SftpBackend implements Backend {
  readonly location: string;
  readonly localFolder = null;
  readonly #parsed: SftpLocation;
  readonly #session: SftpSession;
  readonly #pace: Pace | null;

  constructor(location: SftpLocation, session: SftpSession, pace: Pace | null) {
    this.location = formatLocation(location);
    this.#parsed = location;
    this.#session = session;
    this.#pace = pace;
  }

  paced(pace: Pace): Backend {
    return new SftpBackend(this.#parsed, this.#session, pace);
  }

  listingDelayMs(): Promise<number> {
    return Promise.resolve(delayMs);
  }

  async room(): Promise<Room | null> {
    const free = await this.#ask('asking for free space', (files) => files.freeBytes(this.#parsed.path));
    return free === null ? null : { freeBytes: free, from: 'disk' };
  }

  async create(): Promise<void> {
    if ((await this.list('config')).length > 0)
      throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`);
    for (const type of ['snapshots', 'data'] as const) {
      // A new master key over the packs of a repository that only lost its config would make them unreadable for ever.
      if ((await this.list(type)).length === 0) continue;
      const text = `There is a repository at ${this.location}, but its config is missing.`;
      throw new HoldfastError('REPOSITORY_DAMAGED', text);
    }
    await this.#ask('making its folders', async (files) => {
      await makeFolders(files, this.#parsed.path);
      for (const folder of storedFolders) await makeFolder(files, this.#at(folder));
      await forEach(packFolders, (folder) => makeFolder(files, this.#at(folder)));
    });
  }

  async save(handle: FileHandle, data: Uint8Array): Promise<void> {
    const path = this.#at(storedPath(handle));
    const temporary = `${path}-tmp-${randomBytes(6).toString('hex')}`;
    await this.#ask(`writing ${describeHandle(handle)}`, async (files) => {
      try {
        await this.#writeTemporary(files, temporary, data);
        await (handle.type === 'config' ? this.#nameOnce(files, temporary, path) : this.#name(files, temporary, path));
      } catch (error) {
        await files.remove(temporary).catch(() => undefined);
        if (isPlainFailure(error)) await this.#refuseFull(files, data.length, error);
        throw error;
      }
    });
  }

  async load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>> {
    const path = this.#at(storedPath(handle));
    const what = describeHandle(handle);
    const { offset = 0, length = null } = range ?? {};
    const data = await this.#ask(`reading ${what}`, async (files) => {
      try {
        return await files.read(path, offset, length);
      } catch (error) {
        if (!isNoSuchFile(error)) throw error;
        throw new HoldfastError('STORED_FILE_MISSING', `${what} is missing.`, { cause: error });
      }
    });
    if (range === undefined || data.length === range.length || range.mayEndEarly === true) return data;
    throw new HoldfastError('STORED_FILE_DAMAGED', `${what} is shorter than it should be.`);
  }

  async list(type: FileType): Promise<readonly StoredFile[]> {
    return this.#ask(`listing ${type}`, async (files) => {
      if (type === 'config') {
        const found = await files.stat(this.#at('config'));
        return found === null ? [] : [{ name: 'config', size: found.size }];
      }
      const folders = type === 'data' ? await this.#packFolders(files) : [type];
      const found: StoredFile[] = [];
      await forEach(folders, async (folder) => {
        for (const { filename, attrs } of await files.list(this.#at(folder))) {
          if (storedName.test(filename) && attrs.isFile()) found.push({ name: filename, size: attrs.size });
        }
      });
      return found;
    });
  }

  async remove(handle: FileHandle): Promise<void> {
    await this.#remove(storedPath(handle));
  }

  async listUnfinished(): Promise<readonly UnfinishedFile[]> {
    return this.#ask('listing what is unfinished', async (files) => {
      const folders = ['', ...storedFolders.filter((folder) => folder !== 'data'), ...(await this.#packFolders(files))];
      const found: { readonly path: string; readonly size: number; readonly atMs: number }[] = [];
      await forEach(folders, async (folder) => {
        for (const { filename, attrs } of await files.list(this.#at(folder))) {
          if (!isUnfinished(folder, filename) || !attrs.isFile()) continue;
          const path = folder === '' ? filename : `${folder}/${filename}`;
          found.push({ path, size: attrs.size, atMs: attrs.mtime * 1000 });
        }
      });
      const nowMs = found.length === 0 ? 0 : await this.#clock(files);
      return found.map(({ path, size, atMs }) => ({ path, size, ageMs: nowMs - atMs }));
    });
  }

  async removeUnfinished(path: string): Promise<void> {
    mustBeUnfinished(path);
    await this.#remove(path);
  }

  async #remove(path: string): Promise<void> {
    await this.#ask(`removing ${path}`, async (files) => {
      await files.remove(this.#at(path)).catch((error: unknown) => {
        if (!isNoSuchFile(error)) throw error;
      });
    });
  }

  /** Makes a missing prefix folder, which a copied repository may lack. */
  async #writeTemporary(files: RemoteFiles, temporary: string, data: Uint8Array): Promise<void> {
    try {
      await files.write(temporary, data);
    } catch (error) {
      if (!isNoSuchFile(error) || (await files.stat(this.#at('config'))) === null) throw error;
      await makeFolders(files, temporary.slice(0, temporary.lastIndexOf('/')));
      await files.write(temporary, data);
    }
  }

  async #name(files: RemoteFiles, temporary: string, path: string): Promise<void> {
    try {
      await files.rename(temporary, path);
    } catch (error) {
      // A server that replaces nothing: what has that name has the same bytes, since it is named after them.
      if (!isPlainFailure(error) || (await files.stat(path)) === null) throw error;
      await files.remove(temporary);
    }
  }

  async #nameOnce(files: RemoteFiles, temporary: string, path: string): Promise<void> {
    try {
      await files.renameNew(temporary, path);
    } catch (error) {
      if (!isPlainFailure(error) || (await files.stat(path)) === null) throw error;
      throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`, { cause: error });
    }
  }

  /** The protocol has no word for a full disk. */
  async #refuseFull(files: RemoteFiles, bytes: number, cause: unknown): Promise<void> {
    const free = await files.freeBytes(this.#parsed.path);
    if (free !== null && free < bytes)
      throw new HoldfastError('NO_SPACE', `The disk behind ${this.location} is full.`, { cause });
  }

  async #packFolders(files: RemoteFiles): Promise<readonly string[]> {
    const found = await files.list(this.#at('data'));
    return found.filter(({ filename }) => packPrefix.test(filename)).map(({ filename }) => `data/${filename}`);
  }

  /** As in a folder of this machine: the newest lock tells the server's time, and in doubt files are younger. */
  async #clock(files: RemoteFiles): Promise<number> {
    const times = (await files.list(this.#at('locks'))).map(({ attrs }) => attrs.mtime * 1000);
    return Math.min(Date.now(), times.length === 0 ? Infinity : Math.max(...times));
  }

  #at(path: string): string {
    const root = this.#parsed.path;
    return `${root === '/' ? '' : root}/${path}`.replace(/\/$/, '');
  }

  async #ask<Result>(what: string, work: (files: RemoteFiles) => Promise<Result>): Promise<Result> {
    try {
      return await this.#session.use((sftp) => work(new RemoteFiles(sftp, this.#pace)));
    } catch (error) {
      throw sftpFailure(error, `${what} at ${this.location}`);
    }
  }
}

/** The folder and those above it that are missing. */
async function makeFolders(files: RemoteFiles, path: string): Promise<void> {
  if (path === '' || path === '/' || (await files.stat(path)) !== null) return;
  await makeFolders(files, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  await makeFolder(files, path);
}

/** Without complaint where it is there. */
async function makeFolder(files: RemoteFiles, path: string): Promise<void> {
  await files.makeFolder(path).catch(async (error: unknown) => {
    if (!isPlainFailure(error) || (await files.stat(path))?.isDirectory() !== true) throw error;
  });
}

async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const ended = await Promise.allSettled(
    Array.from({ length: foldersAtOnce }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
}
