/**
 * Packs as upkeep sees them: each once, however many index files list it. Numbers of the shared index (`listed`) become
 * numbers of this table (`pack`); what index files say of a pack lies in columns.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Repository } from '../repository.ts';
import { RepositoryChanged } from './changed.ts';
import type { UpkeepPool } from './pool.ts';
import { knownColumns, type LoadedIndexFile } from './protocol.ts';

export type IndexFile = {
  /** Pack numbers of this table, in the file's order. */
  readonly packs: Int32Array;
  readonly blobCounts: Int32Array;
};

/** A further place of a blob whose first place is in the shared index. */
export type Duplicate = {
  readonly entry: number;
  /** Number of the shared index. */
  readonly listed: number;
  readonly offset: number;
  readonly length: number;
  readonly uncompressedLength: number;
};

export class PackTable {
  readonly #pool: UpkeepPool;
  readonly #repository: Repository;
  readonly #packOfListed: number[] = [];
  readonly #byId = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #leastSizes: number[] = [];
  readonly #listings: number[] = [];
  readonly indexFiles = new Map<string, IndexFile>();
  #known: Uint32Array[] = [];

  constructor(pool: UpkeepPool, repository: Repository) {
    this.#pool = pool;
    this.#repository = repository;
  }

  get packCount(): number {
    return this.#ids.length;
  }

  id(pack: number): string {
    return this.#ids[pack] ?? '';
  }

  find(id: string): number {
    return this.#byId.get(id) ?? -1;
  }

  /** The pack an entry lies in, or -1. */
  packOf(entry: number): number {
    return this.#packOfListed[this.#pool.index.packOf(entry)] ?? -1;
  }

  ofListed(listed: number): number {
    return this.#packOfListed[listed] ?? -1;
  }

  /** Bytes the pack must have at least; exactly, where one index file lists it. */
  leastSize(pack: number): number {
    return this.#leastSizes[pack] ?? 0;
  }

  /** In how many index files it stands. */
  listings(pack: number): number {
    return this.#listings[pack] ?? 0;
  }

  /**
   * Reads index files. Throws STORED_FILE_DAMAGED: what an unreadable one lists would look as if nobody needed it; and
   * RepositoryChanged where one is gone.
   */
  async load(names: readonly string[], signal: AbortSignal, onLoaded: (done: number) => void): Promise<void> {
    const waiting = [...names];
    const damaged: string[] = [];
    let done = 0;
    await this.#pool.everywhere(async (thread) => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        signal.throwIfAborted();
        const sealed = await this.#loadFile(name);
        const loaded = await thread.call('loadIndex', { sealed }, [sealed.buffer]);
        if (loaded?.intact === true) this.#add(name, loaded);
        else damaged.push(name);
        onLoaded(++done);
      }
    });
    if (damaged.length === 0) return;
    const text = `${damaged.map((name) => `index/${name}`).join(', ')}: the index cannot be relied on, so nothing was removed. Run \`holdfast repair-index\` first.`;
    throw new HoldfastError('STORED_FILE_DAMAGED', text);
  }

  /** An index file that was written just now, of packs that were saved just now. */
  addWritten(name: string, packs: readonly number[], blobCounts: readonly number[]): void {
    for (const pack of packs) this.#listings[pack] = this.listings(pack) + 1;
    this.indexFiles.set(name, { packs: Int32Array.from(packs), blobCounts: Int32Array.from(blobCounts) });
  }

  forgetFile(name: string): void {
    for (const pack of this.indexFiles.get(name)?.packs ?? []) this.#listings[pack] = this.listings(pack) - 1;
    this.indexFiles.delete(name);
  }

  /** Registers a pack of ours; gives its numbers here and in the shared index. */
  addPack(id: string): { readonly pack: number; readonly listed: number } {
    const listed = this.#pool.index.addPack(Buffer.from(id, 'hex'));
    return { pack: this.#register(listed, id), listed };
  }

  /** Further places of blobs, by entry, that have been found since this was last called; each once. */
  takeDuplicates(): ReadonlyMap<number, Duplicate[]> {
    const duplicates = new Map<number, Duplicate[]>();
    for (const rows of this.#known) {
      for (let at = 0; at < rows.length; at += knownColumns) {
        const [entry = 0, listed = 0, offset = 0, length = 0, uncompressedLength = 0] = rows.subarray(
          at,
          at + knownColumns,
        );
        const first = this.#pool.index.location(entry);
        const pack = this.ofListed(listed);
        // The same place again: a pack that several index files list.
        if (this.packOf(entry) === pack && first?.offset === offset) continue;
        const others = duplicates.get(entry) ?? [];
        if (others.some((other) => this.ofListed(other.listed) === pack && other.offset === offset)) continue;
        others.push({ entry, listed, offset, length, uncompressedLength });
        duplicates.set(entry, others);
      }
    }
    this.#known = [];
    return duplicates;
  }

  async #loadFile(name: string): Promise<Buffer<ArrayBuffer>> {
    try {
      return await this.#repository.backend.load({ type: 'index', name });
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'STORED_FILE_MISSING') throw new RepositoryChanged();
      throw error;
    }
  }

  #add(name: string, { packs: listed, blobCounts, leastSizes, known }: LoadedIndexFile): void {
    const packs = listed.map((number) => this.#register(number, this.#pool.index.packId(number)));
    for (const [position, pack] of packs.entries()) {
      this.#leastSizes[pack] = Math.max(this.leastSize(pack), leastSizes[position] ?? 0);
      this.#listings[pack] = this.listings(pack) + 1;
    }
    this.indexFiles.set(name, { packs, blobCounts });
    if (known.length > 0) this.#known.push(known);
  }

  #register(listed: number, id: string): number {
    const known = this.#byId.get(id);
    const pack = known ?? this.#ids.length;
    if (known === undefined) {
      this.#byId.set(id, pack);
      this.#ids.push(id);
    }
    this.#packOfListed[listed] = pack;
    return pack;
  }
}
