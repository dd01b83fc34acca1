/** A repository in a folder, laid out as restic's local backend does. */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, open, readdir, rename, stat, statfs, unlink, type FileHandle as OpenFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import {
  describeHandle,
  type Backend,
  type ByteRange,
  type FileHandle,
  type FileType,
  type Room,
  type StoredFile,
  type UnfinishedFile,
} from './backend.ts';
import { listUnfinished, removeUnfinished } from './unfinished.ts';

/**
 * Of what is written at once, Linux makes large pages of its cache where the file system lets it (ext4 from 6.16 on), and to
 * find those costs more than all the rest: 16 MiB at once take five times the processor time of pieces like these.
 */
const writtenAtOnce = 256 * 1024;
/** The kernel takes no more in one call. */
const largestRead = 1024 * 1024 * 1024;
const storedName = /^[0-9a-f]{64}$/;
const folders: readonly FileType[] = ['keys', 'locks', 'snapshots', 'index', 'data'];

/**
 * File systems of this machine alone (statfs(2), linux/magic.h): what one process has written, the next listing of any
 * other shows. Network and FUSE ones keep listings for a while.
 */
const ownFileSystems = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);
/** What restic waits, whatever the place. */
const networkDelayMs = 200;

export class LocalBackend implements Backend {
  readonly location: string;
  readonly localFolder: string;

  constructor(folder: string) {
    this.location = folder;
    this.localFolder = folder;
  }

  async listingDelayMs(): Promise<number> {
    if (process.platform !== 'linux') return networkDelayMs;
    const found = await statfs(this.location).catch(() => null);
    return found !== null && ownFileSystems.has(found.type) ? 0 : networkDelayMs;
  }

  async room(): Promise<Room | null> {
    const found = await statfs(this.location).catch(() => null);
    return found === null ? null : { freeBytes: found.bavail * found.bsize, from: 'disk' };
  }

  async create(): Promise<void> {
    const config = join(this.location, 'config');
    if (await exists(config))
      throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`);
    // Keys alone are what an interrupted init leaves.
    for (const type of ['snapshots', 'data'] as const) {
      // A new master key over the packs of a repository that only lost its config would make them unreadable for ever.
      if ((await this.list(type)).length === 0) continue;
      const text = `There is a repository at ${this.location}, but its config is missing.`;
      throw new HoldfastError('REPOSITORY_DAMAGED', text);
    }
    try {
      for (const folder of folders) await makeFolders(join(this.location, folder));
      for (let prefix = 0; prefix < 256; prefix++) {
        await makeFolders(join(this.location, 'data', prefix.toString(16).padStart(2, '0')));
      }
      await syncFolder(this.location);
    } catch (error) {
      throw explain(error, `The repository could not be created at ${this.location}`);
    }
  }

  async save(handle: FileHandle, data: Uint8Array): Promise<void> {
    const path = this.#path(handle);
    const temporary = `${path}-tmp-${randomBytes(6).toString('hex')}`;
    try {
      await this.#writeTemporary(temporary, data);
      try {
        if (handle.type === 'config') await nameOnce(temporary, path);
        else await rename(temporary, path);
      } finally {
        if (handle.type === 'config') await unlink(temporary).catch(() => undefined);
      }
      await syncFolder(dirname(path));
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      if (isSystemError(error, 'EEXIST')) {
        throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`, { cause: error });
      }
      throw explain(error, `${describeHandle(handle)} could not be written to ${this.location}`);
    }
  }

  async load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>> {
    let file: OpenFile | undefined;
    try {
      file = await open(this.#path(handle), constants.O_RDONLY | constants.O_NOFOLLOW);
      const { size } = await file.stat();
      const offset = range?.offset ?? 0;
      const wanted = range?.length ?? size;
      const there = Math.max(0, size - offset);
      // Before any memory is reserved: a length may be a lie of a hostile index.
      if (wanted > there && range?.mayEndEarly !== true) throw truncated(handle);
      const length = Math.min(wanted, there);
      const buffer = Buffer.allocUnsafeSlow(length);
      for (let filled = 0; filled < length;) {
        const portion = Math.min(length - filled, largestRead);
        const { bytesRead } = await file.read(buffer, filled, portion, offset + filled);
        if (bytesRead === 0) throw truncated(handle);
        filled += bytesRead;
      }
      return buffer;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) {
        throw new HoldfastError('STORED_FILE_MISSING', `${describeHandle(handle)} is missing.`, { cause: error });
      }
      throw explain(error, `${describeHandle(handle)} could not be read from ${this.location}`);
    } finally {
      await file?.close();
    }
  }

  async list(type: FileType): Promise<readonly StoredFile[]> {
    const folder = join(this.location, type);
    try {
      if (type === 'config') return [{ name: 'config', size: (await stat(folder)).size }];
      if (type !== 'data') return await listFolder(folder);
      const prefixes = (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
      const found: StoredFile[] = [];
      for (const prefix of prefixes) found.push(...(await listFolder(join(folder, prefix))));
      return found;
    } catch (error) {
      if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
      throw explain(error, `The files under ${folder} could not be listed`);
    }
  }

  async remove(handle: FileHandle): Promise<void> {
    try {
      const path = this.#path(handle);
      await unlink(path);
      // A crash must not bring an index back whose packs were removed after it. A pack that comes back does no harm.
      if (handle.type === 'index' || handle.type === 'snapshots') await syncFolder(dirname(path));
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw explain(error, `${describeHandle(handle)} could not be removed`);
    }
  }

  async listUnfinished(): Promise<readonly UnfinishedFile[]> {
    try {
      return await listUnfinished(this.location);
    } catch (error) {
      throw explain(error, `The temporary files in ${this.location} could not be listed`);
    }
  }

  async removeUnfinished(path: string): Promise<void> {
    try {
      await removeUnfinished(this.location, path);
    } catch (error) {
      throw explain(error, `${path} could not be removed`);
    }
  }

  /** Makes a missing prefix folder, which `restic init` always has but a copied repository may lack. */
  async #writeTemporary(path: string, data: Uint8Array): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const file = await open(path, flags, 0o600).catch(async (error: unknown) => {
      if (!isSystemError(error, 'ENOENT') || !(await exists(join(this.location, 'config')))) throw error;
      await makeFolders(dirname(path));
      return open(path, flags, 0o600);
    });
    try {
      for (let written = 0; written < data.length;) {
        const portion = Math.min(data.length - written, writtenAtOnce);
        written += (await file.write(data, written, portion)).bytesWritten;
      }
      await file.sync();
      await file.chmod(0o400).catch(() => undefined);
    } finally {
      await file.close();
    }
  }

  #path({ type, name }: FileHandle): string {
    if (type === 'config') return join(this.location, 'config');
    if (!storedName.test(name))
      throw new HoldfastError('INTERNAL', 'A stored file was asked for by a name it cannot have.');
    return type === 'data' ? join(this.location, 'data', name.slice(0, 2), name) : join(this.location, type, name);
  }
}

function truncated(handle: FileHandle): HoldfastError {
  return new HoldfastError('STORED_FILE_DAMAGED', `${describeHandle(handle)} is shorter than it should be.`);
}

async function listFolder(folder: string): Promise<StoredFile[]> {
  const names = (await readdir(folder)).filter((name) => storedName.test(name));
  const found: StoredFile[] = [];
  for (const name of names) {
    const details: Stats | null = await stat(join(folder, name)).catch(() => null);
    if (details?.isFile() === true) found.push({ name, size: details.size });
  }
  return found;
}

/** Makes new names in a folder durable. Some network file systems refuse to sync a folder; they sync names by themselves. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (!isSystemError(error, 'EINVAL') && !isSystemError(error, 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}

/** A name that must not exist yet; file systems without hard links (exFAT, some network ones) check, then rename. */
export async function nameOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].some((code) => isSystemError(error, code))) throw error;
    if (await exists(path)) throw Object.assign(new Error('it exists'), { code: 'EEXIST', cause: error });
    await rename(temporary, path);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false;
    throw explain(error, `${path} could not be looked at`);
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function explain(error: unknown, what: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const { code, message } = toHoldfastError(error);
  return new HoldfastError(code, `${what}: ${message}.`, { cause: error });
}
