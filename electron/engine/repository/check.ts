/** Whether a repository is whole: structure always, the bytes of all or some packs on request. */
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import type { CheckResult } from '../../../shared/contract/repository.ts';
import { HoldfastError, throwIfCancelled, type ErrorCode } from '../../../shared/model/errors.ts';
import { displayRaw, joinRaw, type RawPath } from '../platform/raw-path.ts';
import { countEntries, unpackEntries } from './format/packed-entries.ts';
import type { ListedPack } from './index-loading.ts';
import { configHandle } from './backend/backend.ts';
import { beginReadLock } from './lock.ts';
import { ReadPool, type ReadThread } from './read-pool.ts';
import { loadOrNull } from './repair/mend-head.ts';
import { openConfig, type Repository } from './repository.ts';
import { loadSnapshots } from './snapshots.ts';

/** Blobs that are looked up before others get their turn. */
const lookupsAtOnce = 2000;

export type CheckRequest = {
  readonly repository: Repository;
  /** 0 to 100: how much of the packs to read. */
  readonly readDataPercent: number;
  /** Whether the config, and a key, lie there: it may have been opened with copies of them. */
  readonly checksHead?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export async function checkRepository(request: CheckRequest): Promise<CheckResult> {
  const lock = await beginReadLock(request.repository, request.onNotice);
  try {
    const result = await new Check(request, AbortSignal.any([request.signal, lock.signal])).run();
    await lock.confirmed;
    return result;
  } finally {
    await lock.release();
  }
}

/** What all index files together say of a pack. */
type KnownPack = { readonly lists: Uint8Array[]; leastSize: number };
type KnownPacks = ReadonlyMap<string, KnownPack>;

type Place = { readonly tree: string; readonly path: RawPath };
/** All that is wrong, or only the files that need data found to be lost since. */
type Purpose = 'everything' | 'lost data';

class Check {
  readonly #request: CheckRequest;
  readonly #signal: AbortSignal;
  readonly #errors: Issue[] = [];
  readonly #hints: Issue[] = [];
  /** `type/id` of blobs that cannot be read any more. */
  readonly #lostBlobs = new Set<string>();
  /** Blobs a file has been named for already. */
  readonly #named = new Set<string>();
  #lookups = 0;

  constructor(request: CheckRequest, signal: AbortSignal) {
    this.#request = request;
    this.#signal = signal;
  }

  async run(): Promise<CheckResult> {
    const { repository, readDataPercent } = this.#request;
    // Snapshots before index: what a snapshot needs was indexed before it was written.
    const { snapshots, unreadable } = await loadSnapshots(repository);
    for (const issue of unreadable) this.#error(issue.path, issue.code, issue.message);
    if (this.#request.checksHead === true) await this.#checkHead();
    await this.#checkKeys();
    const packs = new Map<string, KnownPack>();
    const pool = await ReadPool.open(repository, { onPack: (pack) => remember(packs, pack) });
    try {
      for (const { name, error } of pool.damagedIndexes) this.#error(`index/${name}`, error.code, error.message);
      const sizes = await this.#comparePacks(packs);
      const roots = snapshots.map(({ id, file }) => ({ id, tree: file.tree }));
      // Folders are walked while the threads read packs; for what turns out damaged they are walked once more.
      const reading = this.#readPacks(pool, packs, sizes, readDataPercent);
      reading.catch(() => undefined);
      const trees = await this.#walkTrees(pool, roots, 'everything');
      const read = await reading;
      if (this.#lostBlobs.size > 0) await this.#walkTrees(pool, roots, 'lost data');
      return {
        snapshots: snapshots.length,
        trees,
        packs: sizes.size,
        ...read,
        errors: this.#errors,
        hints: this.#hints,
      };
    } finally {
      await pool.close();
    }
  }

  /** It may have been opened with a copy of its config or of a key: nobody without that copy opens it then. */
  async #checkHead(): Promise<void> {
    const { backend, key, config } = this.#request.repository;
    const sealed = await loadOrNull(backend, configHandle);
    if (sealed === null) this.#error('config', 'STORED_FILE_MISSING', 'The config is missing.');
    else if (openConfig(key, sealed)?.id !== config.id)
      this.#error('config', 'STORED_FILE_DAMAGED', 'The config is damaged.');
    if ((await backend.list('keys')).length === 0) this.#error('keys', 'STORED_FILE_MISSING', 'All keys are missing.');
  }

  /** A key opens although a bit of what it says about itself is wrong; and only one of several is tried. */
  async #checkKeys(): Promise<void> {
    const { backend } = this.#request.repository;
    for (const { name } of await backend.list('keys')) {
      try {
        const content = await backend.load({ type: 'keys', name });
        if (hash('sha256', content, 'hex') === name) continue;
        this.#error(`keys/${name}`, 'STORED_FILE_DAMAGED', 'The key file does not hold what was written to it.');
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        // Removed by another program since the listing.
        if (error.code !== 'STORED_FILE_MISSING') this.#error(`keys/${name}`, error.code, error.message);
      }
    }
  }

  /** Existence and length of every pack; returns the size of each that is there. */
  async #comparePacks(packs: KnownPacks): Promise<ReadonlyMap<string, number>> {
    const files = await this.#request.repository.backend.list('data');
    const sizes = new Map(files.map(({ name, size }) => [name, size]));
    for (const [id, pack] of packs) {
      const size = sizes.get(id);
      if (size === undefined) {
        const blobs = pack.lists.reduce((sum, list) => sum + countEntries(list), 0);
        this.#lose(pack);
        this.#error(`data/${id}`, 'STORED_FILE_MISSING', `The pack is missing; ${blobs} blobs were in it.`);
      } else if (size < pack.leastSize || (size > pack.leastSize && pack.lists.length === 1)) {
        const message = `The pack has ${size} bytes; by its index entries it should have ${pack.leastSize}.`;
        this.#error(`data/${id}`, 'STORED_FILE_DAMAGED', message);
      }
    }
    for (const id of sizes.keys()) {
      if (packs.has(id)) continue;
      const message = 'The pack is in no index: an interrupted run left it, or its index is lost.';
      this.#hints.push({ path: `data/${id}`, code: 'STORED_FILE_MISSING', message });
    }
    return sizes;
  }

  async #readPacks(
    pool: ReadPool,
    packs: KnownPacks,
    sizes: ReadonlyMap<string, number>,
    percent: number,
  ): Promise<{ packsRead: number; bytesRead: number }> {
    const chosen = choose(
      [...packs.keys()].filter((id) => sizes.has(id)),
      percent,
    );
    const totalBytes = chosen.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
    const waiting = [...chosen];
    let packsRead = 0;
    let bytesRead = 0;
    const work = async (thread: ReadThread): Promise<void> => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        throwIfCancelled(this.#signal);
        // Not `+= await`: the other workers add to it meanwhile.
        const bytes = await this.#readPack(thread, id, packs.get(id) ?? { lists: [], leastSize: 0 });
        bytesRead += bytes;
        packsRead += 1;
        this.#request.onProgress({
          phase: 'Reading packs',
          doneItems: packsRead,
          totalItems: chosen.length,
          doneBytes: bytesRead,
          totalBytes: Math.max(totalBytes, bytesRead),
          currentItem: `data/${id}`,
          issues: this.#errors.length,
        });
      }
    };
    // Two packs a thread: the next request waits there already when one is done.
    await Promise.all([...pool.threads, ...pool.threads].map(work));
    return { packsRead, bytesRead };
  }

  /** Names all that is wrong with a pack; returns the bytes read. */
  async #readPack(thread: ReadThread, id: string, pack: KnownPack): Promise<number> {
    try {
      const { bytes, faults } = await thread.checkPack(this.#request.repository.backend, id, pack.lists);
      for (const { blob, fault } of faults) {
        const subject = blob === null ? 'The pack' : `Blob ${blob.slice(0, 8)}`;
        this.#error(`data/${id}`, 'STORED_FILE_DAMAGED', `${subject} is damaged: ${fault}.`);
      }
      const damaged = new Set(faults.map(({ blob }) => blob));
      if (faults.length > 0) this.#lose(pack, (blobId) => damaged.has(blobId));
      return bytes;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#lose(pack);
      this.#error(`data/${id}`, error.code, error.message);
      return 0;
    }
  }

  #lose({ lists }: KnownPack, isLost: (blobId: string) => boolean = () => true): void {
    for (const { type, id } of lists.flatMap(unpackEntries)) if (isLost(id)) this.#lostBlobs.add(`${type}/${id}`);
  }

  /** Every tree of every snapshot once; names what is missing or damaged with a path that needs it. Returns their number. */
  async #walkTrees(
    pool: ReadPool,
    roots: readonly { readonly id: string; readonly tree: string }[],
    purpose: Purpose,
  ): Promise<number> {
    const seen = new Set<string>();
    for (const { id, tree } of roots) {
      const stack: Place[] = [{ tree, path: '/' }];
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        if (seen.has(next.tree)) continue;
        seen.add(next.tree);
        throwIfCancelled(this.#signal);
        // In the order they were stored: what is read ahead of one serves the next.
        const below = await this.#readTree(pool, id, next, purpose);
        for (let folder = below.pop(); folder !== undefined; folder = below.pop()) stack.push(folder);
        if ((seen.size & 63) === 0) this.#reportTrees(seen.size, `${id.slice(0, 8)}:${displayRaw(next.path)}`);
      }
    }
    return seen.size;
  }

  /** The folders in a tree. */
  async #readTree(pool: ReadPool, snapshot: string, { tree, path }: Place, purpose: Purpose): Promise<Place[]> {
    const where = (name: RawPath | null): string =>
      `${snapshot.slice(0, 8)}:${displayRaw(name === null ? path : joinRaw(path, name))}`;
    const folders: Place[] = [];
    try {
      for await (const { nodes, invalid } of pool.tree(tree)) {
        for (const { name, content, subtree } of nodes) {
          if (subtree !== null) folders.push({ tree: subtree, path: joinRaw(path, name) });
          for (const blob of content ?? []) {
            this.#needBlob(pool, blob, () => where(name));
            // A lookup may read a file.
            if (++this.#lookups % lookupsAtOnce === 0) await nextTurn();
          }
        }
        for (const { name, reason } of purpose === 'everything' ? invalid : []) {
          this.#error(where(name), 'TREE_INVALID', `An entry of the folder is invalid: ${reason}.`);
        }
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (purpose === 'everything') this.#error(where(null), error.code, error.message);
    }
    return folders;
  }

  #needBlob({ index }: ReadPool, blob: string, where: () => string): void {
    const missing = index.findHex('data', blob) < 0;
    if ((!missing && !this.#lostBlobs.has(`data/${blob}`)) || this.#named.has(blob)) return;
    this.#named.add(blob);
    const state = missing ? 'is in no index' : 'cannot be read';
    this.#error(where(), missing ? 'BLOB_MISSING' : 'BLOB_DAMAGED', `Its piece of data ${blob.slice(0, 8)} ${state}.`);
  }

  #reportTrees(doneItems: number, currentItem: string): void {
    const unknown = { totalItems: null, doneBytes: 0, totalBytes: null };
    this.#request.onProgress({
      phase: 'Checking folders',
      doneItems,
      ...unknown,
      currentItem,
      issues: this.#errors.length,
    });
  }

  #error(path: string, code: ErrorCode, message: string): void {
    const issue = { path, code, message };
    this.#errors.push(issue);
    this.#request.onIssue(issue);
  }
}

function remember(packs: Map<string, KnownPack>, { id, entries, leastSize }: ListedPack): void {
  const known = packs.get(id);
  if (known === undefined) packs.set(id, { lists: [entries], leastSize });
  else {
    known.lists.push(entries);
    known.leastSize = Math.max(known.leastSize, leastSize);
  }
}

/** A random share, of at least one; all at 100 %. */
function choose<Item>(items: readonly Item[], percent: number): readonly Item[] {
  if (percent >= 100) return items;
  if (percent <= 0) return [];
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other] as Item, shuffled[at] as Item];
  }
  return shuffled.slice(0, Math.max(1, Math.round((items.length * percent) / 100)));
}
