/** Where damaged files go before they leave a repository: kept within a bound, the oldest going first. */
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import type { FileHandle } from '../backend/backend.ts';

export interface Quarantine {
  /** Durable when it returns. Rejects where there is no room for it: the file then stays where it is. */
  keep(handle: FileHandle, data: Uint8Array): Promise<void>;
}

/** Some hundred packs. */
const defaultMaximumBytes = 4 * 1024 ** 3;

/** Where damaged files of a repository lie below a home. */
export function quarantineFolder(home: string, repository: string): string {
  return join(home, 'quarantine', repository);
}

export class QuarantineFolder implements Quarantine {
  readonly #folder: string;
  readonly #maximumBytes: number;

  /** `folder` is of one repository, and is made when it is needed. */
  constructor(folder: string, maximumBytes = defaultMaximumBytes) {
    this.#folder = folder;
    this.#maximumBytes = maximumBytes;
  }

  async keep({ type, name }: FileHandle, data: Uint8Array): Promise<void> {
    await makeFolders(this.#folder);
    await this.#makeRoom(data.length);
    await writeFileAtomically(join(this.#folder, `${type}-${name}`), data);
  }

  async #makeRoom(bytes: number): Promise<void> {
    const files: { path: string; size: number; atMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const { size, mtimeMs } = await stat(path);
      files.push({ path, size, atMs: mtimeMs });
    }
    let total = files.reduce((sum, { size }) => sum + size, bytes);
    for (const { path, size } of files.toSorted((a, b) => a.atMs - b.atMs)) {
      if (total <= this.#maximumBytes) return;
      await unlink(path);
      total -= size;
    }
  }
}
