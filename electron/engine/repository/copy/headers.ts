/**
 * What the snapshot files of a repository say, as far as it matters for what was copied from where. A snapshot file never
 * changes, so what was loaded once is kept on this machine, and of an unchanged repository only the names are listed.
 */
import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { parseGoTime } from '../format/go-time.ts';
import { readFact, type SnapshotFile } from '../format/snapshot.ts';
import type { Repository } from '../repository.ts';

const headerSchema = z.object({
  tree: z.string(),
  /** The snapshot that it is a copy or a later form of; its own id where it is neither. */
  origin: z.string(),
  /** Nanoseconds since 1970. */
  timeNs: z.string().regex(/^-?\d+$/),
  /** The same for snapshots of the same paths, host and source. */
  kin: z.string(),
  /** The same for snapshots that differ in nothing that is shown of them. */
  likeness: z.string(),
});
export type SnapshotHeader = Readonly<z.infer<typeof headerSchema>>;

const memorySchema = z.object({
  /** Something is being written there, or was when it was cut off. */
  unfinished: z.boolean(),
  headers: z.record(z.string(), headerSchema),
});

/** Some hundred thousand snapshots. */
const maximumMemoryBytes = 128 * 1024 * 1024;
const loadedAtOnce = 16;

export class HeaderBook {
  readonly headers = new Map<string, SnapshotHeader>();
  readonly unreadable = new Map<string, HoldfastError>();
  readonly #repository: Repository;
  readonly #file: string | null;
  /** See `mayHoldLeftovers`. */
  #unfinished = true;
  #isSaved = false;

  private constructor(repository: Repository, folder: string | undefined) {
    this.#repository = repository;
    this.#file = folder === undefined ? null : join(folder, `${repository.config.id}.json`);
  }

  /** Those of all snapshots that are there now. `folder`: see `CopyRequest.memory`. */
  static async open(repository: Repository, folder: string | undefined, signal: AbortSignal): Promise<HeaderBook> {
    const book = new HeaderBook(repository, folder);
    await book.#recall();
    await book.refresh(signal);
    return book;
  }

  /** Looks again what is there. */
  async refresh(signal: AbortSignal): Promise<void> {
    const listed = (await this.#repository.backend.list('snapshots')).map(({ name }) => name);
    const names = new Set(listed);
    for (const id of this.headers.keys()) {
      if (!names.has(id)) this.#forget(id);
    }
    const unknown = listed.filter((name) => !this.headers.has(name));
    const load = async (): Promise<void> => {
      for (let id = unknown.pop(); id !== undefined; id = unknown.pop()) {
        throwIfCancelled(signal);
        await this.#load(id);
      }
    };
    await Promise.all(Array.from({ length: loadedAtOnce }, load));
    await this.#save();
  }

  add(id: string, file: SnapshotFile): SnapshotHeader {
    const header = headerOf(id, file);
    this.headers.set(id, header);
    this.#isSaved = false;
    return header;
  }

  /** Whether packs may lie there that no index lists, because their writer was cut off: always where nothing is known. */
  get mayHoldLeftovers(): boolean {
    return this.#unfinished;
  }

  /** To be called before the first pack is written, and when all of them are in an index. */
  async noteUnfinished(unfinished: boolean): Promise<void> {
    this.#unfinished = unfinished;
    this.#isSaved = false;
    await this.#save();
  }

  #forget(id: string): void {
    this.headers.delete(id);
    this.#isSaved = false;
  }

  async #load(id: string): Promise<void> {
    try {
      this.add(id, await this.#repository.loadSnapshot(id));
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // Removed since the listing, or damaged. What cannot be reached now may well be neither.
      if (error.code === 'STORED_FILE_DAMAGED') this.unreadable.set(id, error);
      else if (error.code !== 'STORED_FILE_MISSING') throw error;
    }
  }

  async #recall(): Promise<void> {
    if (this.#file === null) return;
    const text = await readSmallFile(this.#file, maximumMemoryBytes).catch(() => null);
    const found = memorySchema.safeParse(text === null ? null : parse(text));
    if (!found.success) return;
    this.#unfinished = found.data.unfinished;
    for (const [id, header] of Object.entries(found.data.headers)) this.headers.set(id, header);
    this.#isSaved = true;
  }

  async #save(): Promise<void> {
    if (this.#file === null || this.#isSaved) return;
    await mkdir(join(this.#file, '..'), { recursive: true, mode: 0o700 });
    const memory = { unfinished: this.#unfinished, headers: Object.fromEntries(this.headers) };
    await writeFileAtomically(this.#file, JSON.stringify(memory));
    this.#isSaved = true;
  }
}

function headerOf(id: string, file: SnapshotFile): SnapshotHeader {
  const timeNs = parseGoTime(file.time);
  if (timeNs === null) throw new HoldfastError('STORED_FILE_DAMAGED', `snapshots/${id} has no readable time.`);
  const { tree, hostname, username, uid, gid, original } = file;
  const paths = file.paths.toSorted();
  const kin = digest([hostname, paths, readFact(file.tags, 'source')]);
  const likeness = digest([
    kin,
    tree,
    String(timeNs),
    username,
    uid ?? 0,
    gid ?? 0,
    file.excludes,
    file.tags.toSorted(),
  ]);
  return { tree, origin: original ?? id, timeNs: String(timeNs), kin, likeness };
}

function digest(values: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(values), 'base64url').slice(0, 22);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
