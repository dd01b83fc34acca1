/**
 * Copies of the small files without which a repository cannot be opened or read: its config, its keys and its snapshots, as
 * they lie there, sealed. Kept in the home, so that damage to them costs nothing.
 */
import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolders } from '../../platform/make-folders.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { configHandle, type Backend, type FileHandle } from '../backend/backend.ts';
import { LocalBackend } from '../backend/local.ts';
import { openConfig, type Repository } from '../repository.ts';

const copiedAtOnce = 8;

/** Where the copies of a repository lie below a home. */
export function keptFolder(home: string, repository: string): string {
  return join(home, 'kept', repository);
}

/** Ids of the repositories of which a home has copies. */
export async function keptRepositories(home: string): Promise<readonly string[]> {
  const names = await readdir(join(home, 'kept')).catch(() => []);
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
}

export class Safekeeping {
  /** The copies, laid out as a repository is. */
  readonly backend: Backend;
  readonly #folder: string;

  /** `folder` is of one repository, and is made when something is kept. */
  constructor(folder: string) {
    this.#folder = folder;
    this.backend = new LocalBackend(folder);
  }

  /** A file as it was kept, or null. What does not hold what its name says was damaged here, and is as good as none. */
  async load(handle: FileHandle): Promise<Buffer<ArrayBuffer> | null> {
    try {
      const data = await this.backend.load(handle);
      return handle.type === 'config' || hash('sha256', data, 'hex') === handle.name ? data : null;
    } catch (error) {
      if (error instanceof HoldfastError) return null;
      throw error;
    }
  }

  /** Ids of the snapshots that were there when copies were last taken, less those that were removed from here since. */
  async snapshots(): Promise<readonly string[]> {
    return (await this.backend.list('snapshots')).map(({ name }) => name);
  }

  /**
   * Takes copies of what is intact and not kept yet. Keys that are gone while another still opens the repository were
   * removed on purpose: their copies go too.
   */
  async keep(repository: Repository): Promise<void> {
    await this.keepHead(repository);
    await this.#keepAll(repository, 'snapshots');
  }

  /** As `keep`, of config and keys alone: a few small files. */
  async keepHead(repository: Repository): Promise<void> {
    for (const type of ['keys', 'snapshots']) await makeFolders(join(this.#folder, type));
    await this.#keepConfig(repository);
    const keys = await this.#keepAll(repository, 'keys');
    if (keys.length === 0) return;
    for (const { name } of await this.backend.list('keys'))
      if (!keys.includes(name)) await this.backend.remove({ type: 'keys', name });
  }

  /** Whether it is open with a config and a key of which there are copies. Asks the home alone. */
  async holdsHead({ key, keyId, config }: Repository): Promise<boolean> {
    const sealed = await this.load(configHandle);
    if (sealed === null || !isDeepStrictEqual(openConfig(key, sealed), config)) return false;
    return (await this.load({ type: 'keys', name: keyId })) !== null;
  }

  /** In the place of the copy that is kept, if there is one. */
  async holdConfig(sealed: Buffer): Promise<void> {
    await makeFolders(this.#folder);
    await this.backend.remove(configHandle);
    await this.backend.save(configHandle, sealed);
  }

  /** What was removed from the repository on purpose is not brought back. */
  async forget(snapshots: readonly string[]): Promise<void> {
    for (const name of snapshots) await this.backend.remove({ type: 'snapshots', name });
  }

  async #keepConfig({ backend, key, config }: Repository): Promise<void> {
    const sealed = await loadIfThere(backend, configHandle);
    if (sealed === null || openConfig(key, sealed)?.id !== config.id) return;
    if ((await this.load(configHandle))?.equals(sealed) !== true) await this.holdConfig(sealed);
  }

  /** The names of the files that are there, whether intact or not. */
  async #keepAll({ backend }: Repository, type: 'keys' | 'snapshots'): Promise<readonly string[]> {
    const names = (await backend.list(type)).map(({ name }) => name);
    const known = new Set((await this.backend.list(type)).map(({ name }) => name));
    const waiting = names.filter((name) => !known.has(name));
    const copy = async (): Promise<void> => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const data = await loadIfThere(backend, { type, name });
        if (data !== null && hash('sha256', data, 'hex') === name) await this.backend.save({ type, name }, data);
      }
    };
    await Promise.all(Array.from({ length: copiedAtOnce }, copy));
    return names;
  }
}

async function loadIfThere(backend: Backend, handle: FileHandle): Promise<Buffer<ArrayBuffer> | null> {
  try {
    return await backend.load(handle);
  } catch (error) {
    if (error instanceof HoldfastError && (error.code === 'STORED_FILE_MISSING' || error.code === 'IO_ERROR'))
      return null;
    throw error;
  }
}
