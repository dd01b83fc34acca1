/**
 * Repositories that were unpacked from snapshots, to be read by Git: below HOLDFAST_HOME, bounded in bytes and age. A
 * folder that is there is whole; it is named by the tree it was made from, and so never changes.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../platform/make-folders.ts';
import { sizeOf } from './measure.ts';

export type CacheLimits = {
  /** Of all that is not in use. */
  readonly maxBytes: number;
  /** Since it was used last. */
  readonly maxAgeMs: number;
};

const usual: CacheLimits = { maxBytes: 20 * 1024 ** 3, maxAgeMs: 7 * 24 * 3_600_000 };

/** Written last into a temporary folder; its content is the size, its time the last use. */
const noteName = 'size';
const contentName = 'repository.git';

type Kept = { readonly key: string; readonly bytes: number; readonly usedAtMs: number };

export class GitCache {
  readonly #root: string;
  readonly #limits: CacheLimits;
  readonly #nowMs: () => number;
  readonly #inUse = new Map<string, number>();
  /** What is looked for, made or removed now: one after the other for each folder. */
  readonly #changing = new Map<string, Promise<unknown>>();
  #prepared: Promise<void> | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(home: string, limits: CacheLimits = usual, nowMs: () => number = () => Date.now()) {
    this.#root = join(home, 'cache', 'git');
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /**
   * Uses the folder of that repository (of Holdfast) and tree (of the Git repository), made by `make` where it is not
   * there; two that want the same wait for one. `make` is given a folder that is not there yet.
   */
  async use<Result>(
    { repository, tree }: { readonly repository: string; readonly tree: string },
    make: (folder: string) => Promise<void>,
    work: (folder: string) => Promise<Result>,
  ): Promise<Result> {
    const key = join(repository, tree);
    await this.#prepare();
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + 1);
    try {
      await this.#have(key, make);
      return await work(join(this.#root, key, contentName));
    } finally {
      const left = (this.#inUse.get(key) ?? 1) - 1;
      if (left === 0) this.#inUse.delete(key);
      else this.#inUse.set(key, left);
    }
  }

  async has({ repository, tree }: { readonly repository: string; readonly tree: string }): Promise<boolean> {
    return isThere(join(this.#root, repository, tree));
  }

  /** Where all of it lies: for commands that need a folder and no repository. */
  async place(): Promise<string> {
    await this.#prepare();
    return this.#root;
  }

  /** A folder that is gone afterwards. */
  async temporary<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
    await this.#prepare();
    const folder = join(this.#root, 'tmp', randomBytes(8).toString('hex'));
    await mkdir(folder, { mode: 0o700 });
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Removes what was not used for long, and of the rest what was used longest ago until it fits. */
  sweep(): Promise<void> {
    const swept = this.#sweeping.then(() => this.#sweep());
    this.#sweeping = swept.catch(() => undefined);
    return swept;
  }

  async #sweep(): Promise<void> {
    const all = (await this.#list()).toSorted((a, b) => b.usedAtMs - a.usedAtMs);
    let bytes = 0;
    for (const { key, bytes: own, usedAtMs } of all) {
      bytes += own;
      const isOver = bytes > this.#limits.maxBytes || this.#nowMs() - usedAtMs > this.#limits.maxAgeMs;
      if (!isOver || this.#inUse.has(key)) continue;
      bytes -= own;
      await this.#change(key, () => this.#discard(key));
    }
  }

  async #have(key: string, make: (folder: string) => Promise<void>): Promise<void> {
    for (let changing = this.#changing.get(key); changing !== undefined; changing = this.#changing.get(key)) {
      // Who made it may have been told to stop; then the next one does.
      await changing.catch(() => undefined);
    }
    const place = join(this.#root, key);
    const isMade = await this.#change(key, async () => {
      const isKept = await isThere(place);
      if (!isKept) await this.#make(place, make);
      else await this.#touch(place).catch(() => undefined);
      return !isKept;
    });
    if (isMade) await this.sweep();
  }

  /** Nothing else may be done to the folder now. */
  #change<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const changing = work().finally(() => this.#changing.delete(key));
    this.#changing.set(key, changing);
    return changing;
  }

  async #touch(place: string): Promise<void> {
    const now = new Date(this.#nowMs());
    await utimes(join(place, noteName), now, now);
  }

  async #make(place: string, make: (folder: string) => Promise<void>): Promise<void> {
    await this.temporary(async (folder) => {
      const content = join(folder, contentName);
      await make(content);
      await writeFile(join(folder, noteName), String(await sizeOf(content)));
      await this.#touch(folder);
      await makeFolders(join(place, '..'));
      await rename(folder, place);
    });
  }

  /** An engine owns its home alone: what is temporary at its start, nobody works on any more. */
  async #prepare(): Promise<void> {
    const prepared = (this.#prepared ??= (async () => {
      await rm(join(this.#root, 'tmp'), { recursive: true, force: true });
      await makeFolders(join(this.#root, 'tmp'));
      await this.sweep();
    })());
    try {
      await prepared;
    } catch (error) {
      if (this.#prepared === prepared) this.#prepared = null;
      throw error;
    }
  }

  async #list(): Promise<Kept[]> {
    const found: Kept[] = [];
    for (const repository of await names(this.#root)) {
      if (repository === 'tmp') continue;
      for (const tree of await names(join(this.#root, repository))) {
        const note = join(this.#root, repository, tree, noteName);
        const bytes = Number(await readFile(note, 'utf8').catch(() => '0'));
        const usedAtMs = (await stat(note).catch(() => null))?.mtimeMs ?? 0;
        found.push({ key: join(repository, tree), bytes: Number.isFinite(bytes) ? bytes : 0, usedAtMs });
      }
    }
    return found;
  }

  /** Under another name first: half a repository must never be taken for one. */
  async #discard(key: string): Promise<void> {
    const going = join(this.#root, 'tmp', randomBytes(8).toString('hex'));
    await rename(join(this.#root, key), going);
    await rm(going, { recursive: true, force: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
