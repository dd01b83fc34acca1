/** The main thread's half of repacking: hands packs to the threads, saves what comes back, and writes an index of it. */
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { maximumIndexBlobs } from '../format/index-file.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import type { PackTable } from './pack-table.ts';
import type { UpkeepPool } from './pool.ts';
import type { UpkeepPack } from './protocol.ts';
import type { NeededBlobs } from './survey.ts';

export type CopyJob = {
  readonly repository: Repository;
  readonly pool: UpkeepPool;
  readonly table: PackTable;
  readonly lock: RepositoryLock;
  readonly signal: AbortSignal;
  readonly onProgress: (done: CopyProgress) => void;
  readonly onDamage: (entry: number, fault: string) => void;
};

export type CopyProgress = {
  readonly doneItems: number;
  readonly totalItems: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
};

export type Copied = { readonly blobs: number; readonly bytes: number; readonly writtenBytes: number };

/** When this returns, the copies are durable, indexed, and the places that count; what was damaged has been left out. */
export async function copyPacks(job: CopyJob, needed: NeededBlobs): Promise<Copied> {
  const copies = new Copies(job);
  try {
    await copies.run(needed);
    return copies.totals;
  } catch (error) {
    await copies.undo(error);
    throw error;
  }
}

type SavedPack = { readonly pack: number; readonly listed: number; readonly entries: Int32Array };

class Copies {
  readonly #job: CopyJob;
  readonly #saves = new Set<Promise<void>>();
  readonly #saved: SavedPack[] = [];
  readonly totals = { blobs: 0, bytes: 0, writtenBytes: 0 };
  readonly #unindexed: SavedPack[] = [];
  #failure: Error | null = null;

  constructor(job: CopyJob) {
    this.#job = job;
  }

  async run(needed: NeededBlobs): Promise<void> {
    const { pool } = this.#job;
    pool.onPack = (pack) => this.#keep(this.#save(pack));
    await this.#copyAll(needed);
    await Promise.all(pool.threads.map((thread) => thread.call('flush', {})));
    await this.#settle();
    this.#throwFailure();
    await this.#writeIndex(this.#unindexed.splice(0));
    // Only now: an entry must never point to what a crash could take away.
    for (const saved of this.#saved) this.#moveEntries(saved);
  }

  /** Waits for what is under way, and takes back what no index lists: it would only take up room. */
  async undo(reason: unknown): Promise<void> {
    this.#failure ??= toHoldfastError(reason);
    // Threads that still copy come to an end first; what they deliver is dropped.
    await Promise.allSettled(this.#job.pool.threads.map((thread) => thread.call('discard', {})));
    await this.#settle();
    const { repository, table, lock } = this.#job;
    for (const { pack } of this.#saved) {
      if (lock.signal.aborted || table.listings(pack) > 0) continue;
      await repository.backend.remove({ type: 'data', name: table.id(pack) });
    }
  }

  /** A promise that never rejects: its fault is kept, and `#settle` waits for it. */
  #keep(work: Promise<void>): Promise<void> {
    const kept = work
      .catch((error: unknown) => {
        this.#failure ??= toHoldfastError(error);
      })
      .finally(() => this.#saves.delete(kept));
    this.#saves.add(kept);
    return kept;
  }

  async #settle(): Promise<void> {
    while (this.#saves.size > 0) await Promise.all(this.#saves);
  }

  async #copyAll({ entries, starts }: NeededBlobs): Promise<void> {
    const { pool, signal, onDamage } = this.#job;
    const totalBytes = entries.reduce((sum, entry) => sum + pool.index.lengthOf(entry), 0);
    const totalItems = starts.length - 1;
    let next = 0;
    let doneItems = 0;
    let doneBytes = 0;
    await pool.everywhere(async (thread) => {
      while (next < totalItems) {
        signal.throwIfAborted();
        this.#throwFailure();
        const at = next++;
        const share = entries.slice(starts[at], starts[at + 1]);
        const damaged = await thread.call('copy', { entries: share });
        for (const { entry, fault } of damaged) onDamage(entry, fault);
        doneItems += 1;
        doneBytes += share.reduce((sum, entry) => sum + pool.index.lengthOf(entry), 0);
        this.#job.onProgress({ doneItems, totalItems, doneBytes, totalBytes });
      }
    });
  }

  async #save({ id, data, entries }: UpkeepPack): Promise<void> {
    const { repository, table, lock, signal } = this.#job;
    // After a failure nothing more is written; what waits is dropped.
    if (this.#failure !== null) return;
    await lock.confirmed;
    signal.throwIfAborted();
    await repository.backend.save({ type: 'data', name: id }, data);
    const { pack, listed } = table.addPack(id);
    const saved: SavedPack = { pack, listed, entries };
    this.#saved.push(saved);
    this.totals.writtenBytes += data.length;
    const waiting = this.#unindexed.reduce((sum, other) => sum + other.entries.length, 0);
    const full = waiting + entries.length > maximumIndexBlobs ? this.#unindexed.splice(0) : [];
    this.#unindexed.push(saved);
    // What was copied is then found again also after a crash. Nobody waits for it here: the thread that would seal it may
    // be waiting for this very save.
    if (full.length > 0) void this.#keep(this.#writeIndex(full));
  }

  async #writeIndex(packs: readonly SavedPack[]): Promise<void> {
    const { repository, pool, table, signal } = this.#job;
    const [thread] = pool.threads;
    if (packs.length === 0 || thread === undefined) return;
    const listed = packs.map(({ pack, entries }) => ({ id: table.id(pack), entries }));
    const { id, data } = await thread.call('indexCopies', { packs: listed });
    signal.throwIfAborted();
    await repository.backend.save({ type: 'index', name: id }, data);
    table.addWritten(
      id,
      packs.map(({ pack }) => pack),
      packs.map(({ entries }) => entries.length),
    );
  }

  #moveEntries({ listed, entries }: SavedPack): void {
    const { index } = this.#job.pool;
    let offset = 0;
    for (const entry of entries) {
      const place = index.location(entry);
      if (place === null) continue;
      index.relocate(entry, { ...place, pack: listed, offset });
      offset += place.length;
      this.totals.blobs += 1;
      this.totals.bytes += place.length;
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
