/**
 * Rebuilds the index from what the packs say of themselves. The new index is written before the old one goes. A pack
 * whose header cannot be read is named; where an old index file still tells what lies in it, that is kept: the blobs
 * themselves may well be intact.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { StoredFile } from '../backend/backend.ts';
import { BlobCodec } from '../blob-codec.ts';
import { encodeIndexEntry, maximumIndexBlobs, type IndexedPack } from '../format/index-file.ts';
import { leastPackSize } from '../format/packed-entries.ts';
import { openIndexFile } from '../index-loading.ts';
import { lockRepository } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { startUpkeepThreads, UpkeepPool } from './pool.ts';

export type RepairIndexRequest = {
  readonly repository: Repository;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
};

export type RepairIndexOutcome = {
  readonly packs: number;
  readonly blobs: number;
  /** Index files written, and old ones removed. */
  readonly written: number;
  readonly replaced: number;
  /** Packs whose header could not be read; and packs that the old index listed and that are gone. */
  readonly unreadable: readonly Issue[];
  readonly missing: readonly Issue[];
  /** Of the unreadable: those that keep the entries an old index file had for them. */
  readonly kept: number;
};

/** For more than this, the memory of further threads is worth it. */
const manyPacks = 1000;

export async function repairIndex(request: RepairIndexRequest): Promise<RepairIndexOutcome> {
  const lock = await lockRepository(request.repository, { exclusive: true });
  try {
    const pool = await UpkeepPool.open(request.repository, startUpkeepThreads());
    try {
      return await new Repair(request, pool, AbortSignal.any([request.signal, lock.signal])).run();
    } finally {
      await pool.close();
    }
  } finally {
    await lock.release();
  }
}

class Repair {
  readonly #request: RepairIndexRequest;
  readonly #pool: UpkeepPool;
  readonly #signal: AbortSignal;
  readonly #unreadable = new Map<string, Issue>();
  readonly #missing: Issue[] = [];
  readonly #writtenNames = new Set<string>();
  #entries: Uint8Array[] = [];
  #entryBlobs = 0;
  #packs = 0;
  #blobs = 0;
  #kept = 0;

  constructor(request: RepairIndexRequest, pool: UpkeepPool, signal: AbortSignal) {
    this.#request = request;
    this.#pool = pool;
    this.#signal = signal;
  }

  async run(): Promise<RepairIndexOutcome> {
    const { backend } = this.#request.repository;
    const old = (await backend.list('index')).map(({ name }) => name);
    const files = await backend.list('data');
    await this.#readHeaders(files);
    await this.#readOldIndexes(old, new Map(files.map(({ name, size }) => [name, size])));
    await this.#writeIndex();
    for (const name of old) {
      this.#signal.throwIfAborted();
      await backend.remove({ type: 'index', name });
    }
    return {
      packs: this.#packs,
      blobs: this.#blobs,
      written: this.#writtenNames.size,
      replaced: old.length,
      unreadable: [...this.#unreadable.values()],
      missing: this.#missing,
      kept: this.#kept,
    };
  }

  async #readHeaders(files: readonly StoredFile[]): Promise<void> {
    if (files.length > manyPacks) this.#pool.widen();
    const waiting = [...files];
    let done = 0;
    await this.#pool.everywhere(async (thread) => {
      for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
        this.#signal.throwIfAborted();
        const verdict = await thread.call('readHeader', { packId: file.name, size: file.size });
        if ('indexEntry' in verdict) await this.#add(verdict.indexEntry, verdict.blobs);
        else this.#unreadable.set(file.name, { path: `data/${file.name}`, ...verdict });
        this.#say('Reading pack headers', ++done, files.length);
      }
    });
  }

  /** What old files say of packs that do not say it themselves; and which packs are gone. */
  async #readOldIndexes(names: readonly string[], sizes: ReadonlyMap<string, number>): Promise<void> {
    const { backend, key, config } = this.#request.repository;
    const codec = new BlobCodec(key, config.version);
    const seen = new Set<string>();
    for (const [at, name] of names.entries()) {
      this.#signal.throwIfAborted();
      // A damaged one is what this is for.
      const sealed = await backend.load({ type: 'index', name }).catch(() => null);
      for (const pack of sealed === null ? [] : openIndexFile(codec, sealed)) {
        // A pack's entries are many already; others get their turn before the next.
        await nextTurn();
        if (seen.has(pack.id)) continue;
        const size = sizes.get(pack.id);
        if (size !== undefined && !this.#unreadable.has(pack.id)) continue;
        seen.add(pack.id);
        if (size === undefined) this.#nameMissing(pack);
        else await this.#keepOld(pack, size);
      }
      this.#say('Reading the old index', at + 1, names.length);
    }
    for (const issue of this.#unreadable.values()) this.#request.onIssue(issue);
  }

  #nameMissing({ id, blobs }: IndexedPack): void {
    const message = `The pack is gone; ${blobs.length} blobs were in it.`;
    const issue: Issue = { path: `data/${id}`, code: 'STORED_FILE_MISSING', message };
    this.#missing.push(issue);
    this.#request.onIssue(issue);
  }

  async #keepOld({ id, blobs }: IndexedPack, size: number): Promise<void> {
    const issue = this.#unreadable.get(id);
    // Entries beyond the end of a pack that was cut off would only promise what is not there.
    const there = blobs.filter(({ offset, length }) => offset + length <= size);
    if (issue === undefined || there.length === 0) return;
    const lost = blobs.length - there.length;
    const state = leastPackSize(blobs) === size ? 'all' : `${there.length} of ${lost + there.length}`;
    this.#unreadable.set(id, {
      ...issue,
      message: `${issue.message} The old index still lists ${state} of its blobs.`,
    });
    this.#kept += 1;
    await this.#add(encodeIndexEntry(id, there), there.length);
  }

  async #add(indexEntry: Uint8Array, blobs: number): Promise<void> {
    if (this.#entryBlobs + blobs > maximumIndexBlobs) await this.#writeIndex();
    this.#entries.push(indexEntry);
    this.#entryBlobs += blobs;
    this.#packs += 1;
    this.#blobs += blobs;
  }

  async #writeIndex(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    this.#entryBlobs = 0;
    const [thread] = this.#pool.threads;
    if (entries.length === 0 || thread === undefined) return;
    const { id, data } = await thread.call('sealIndex', { entries });
    this.#signal.throwIfAborted();
    await this.#request.repository.backend.save({ type: 'index', name: id }, data);
    this.#writtenNames.add(id);
  }

  #say(phase: string, doneItems: number, totalItems: number): void {
    const none = { doneBytes: 0, totalBytes: null, currentItem: null };
    this.#request.onProgress({
      phase,
      doneItems,
      totalItems,
      ...none,
      issues: this.#unreadable.size + this.#missing.length,
    });
  }
}
