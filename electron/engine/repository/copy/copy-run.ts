/** The copying itself: some snapshots at a time are walked, what they lack is moved, and their files are written. */
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import type { SnapshotFile } from '../format/snapshot.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import type { RepositoryWriter } from '../writer.ts';
import { Holdings } from './compare.ts';
import { RescuedBlobs, type DamageList } from './damage.ts';
import type { Figures } from './figures.ts';
import { walkRoots, type WalkOutcome } from './folder-walk.ts';
import type { HeaderBook, SnapshotHeader } from './headers.ts';
import { moveNeeded } from './move-blobs.ts';
import type { CopyRequest, SnapshotOutcome } from './request.ts';
import type { CopyPool } from './threads.ts';

export type Wanted = { readonly id: string; readonly header: SnapshotHeader };

export type CopyTools = {
  readonly request: CopyRequest;
  readonly from: Repository;
  readonly to: Repository;
  readonly writer: RepositoryWriter;
  readonly pool: CopyPool;
  /** Of the target. */
  readonly book: HeaderBook;
  readonly figures: Figures;
  readonly signal: AbortSignal;
  readonly locks: readonly RepositoryLock[];
};

/** With this much to be moved, the snapshots walked so far are dealt with before others: the first shall not wait for the last. */
const batchBytes = 512 * 1024 * 1024;
const batchSnapshots = 64;

type Loaded = Wanted & { readonly file: SnapshotFile };

export class CopyRun {
  readonly #tools: CopyTools;
  readonly #holdings: Holdings;
  readonly #rescued: RescuedBlobs;
  readonly #outcomes: SnapshotOutcome[] = [];

  constructor(tools: CopyTools) {
    const { to, pool, writer, book, request, figures } = tools;
    this.#tools = tools;
    this.#holdings = new Holdings(book);
    this.#rescued = new RescuedBlobs(to, pool, writer, request.rescue);
    figures.countStored(() => writer.statistics);
  }

  async copy(wanted: readonly Wanted[]): Promise<readonly SnapshotOutcome[]> {
    const { book } = this.#tools;
    await book.noteUnfinished(true);
    const waiting = [...wanted];
    while (waiting.length > 0) await this.#copyBatch(waiting);
    await book.noteUnfinished(false);
    return this.#outcomes;
  }

  /** Takes from `waiting` as many as belong together. */
  async #copyBatch(waiting: Wanted[]): Promise<void> {
    const batch: Loaded[] = [];
    let isSound = true;
    let missingBytes = 0;
    this.#tools.figures.tell('walking');
    for (let count = 1; waiting.length > 0 && batch.length < batchSnapshots && missingBytes < batchBytes; count *= 2) {
      const snapshots = await this.#load(waiting.splice(0, Math.min(count, batchSnapshots - batch.length)));
      batch.push(...snapshots);
      const walked = await this.#walk(snapshots);
      isSound &&= walked.damage.isEmpty;
      missingBytes += walked.missingBytes;
      for (const [root, { file }] of snapshots.entries()) {
        const checked = walked.fileBytes[root] ?? 0;
        this.#tools.figures.addSnapshot(file.summary?.total_bytes_processed ?? 0, checked);
      }
    }
    isSound = (await this.#move()) && isSound;
    if (isSound) await this.#write(batch);
    else await this.#writeSound(batch);
  }

  async #load(snapshots: readonly Wanted[]): Promise<readonly Loaded[]> {
    const loaded: Loaded[] = [];
    for (const { id, header } of snapshots) {
      try {
        loaded.push({ id, header, file: await this.#tools.from.loadSnapshot(id) });
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        if (error.code !== 'STORED_FILE_DAMAGED' && error.code !== 'STORED_FILE_MISSING') throw error;
        this.#settle({ id, state: 'failed', code: error.code, message: error.message, damage: [] });
      }
    }
    return loaded;
  }

  async #walk(snapshots: readonly Loaded[]): Promise<WalkOutcome> {
    const { pool, writer, signal, figures } = this.#tools;
    const rescued = this.#rescued;
    const roots = snapshots.map(({ header, file }) => ({
      tree: file.tree,
      baseTree: this.#holdings.nearest(header)?.tree ?? null,
    }));
    const onFolders = figures.addFolders.bind(figures);
    const walked = await walkRoots({ pool, writer, rescued, signal, onFolders }, roots);
    figures.addMissing(walked.missingBytes);
    return walked;
  }

  /** False where something is lost. When it returns, all that was moved is durable and indexed. */
  async #move(): Promise<boolean> {
    const { pool, writer, signal, figures } = this.#tools;
    figures.tell('copying');
    const onMoved = (bytes: number): void => figures.addMissing(-bytes);
    const lost = await moveNeeded({ pool, writer, rescued: this.#rescued, signal, onMoved });
    figures.tell('finishing');
    await writer.finish([]);
    return lost === 0;
  }

  /** Which of them are affected cannot be told, as they share folders: now each is walked by itself. */
  async #writeSound(batch: readonly Loaded[]): Promise<void> {
    for (const snapshot of batch) {
      const damage = await this.#judge(snapshot);
      if (damage.isEmpty) await this.#write([snapshot]);
      else this.#settle(failed(snapshot, damage));
    }
    this.#tools.pool.forgetWalked();
  }

  /** When nothing is damaged, all it needs is durable and indexed. */
  async #judge(snapshot: Loaded): Promise<DamageList> {
    for (;;) {
      this.#tools.pool.forgetWalked();
      const { damage } = await this.#walk([snapshot]);
      const isWhole = await this.#move();
      // What was lost only now is met when it is walked once more.
      if (isWhole || !damage.isEmpty) return damage;
    }
  }

  async #write(batch: readonly Loaded[]): Promise<void> {
    const { to, locks, signal, book, request } = this.#tools;
    if (batch.length > 0) await Promise.all(locks.map((lock) => lock.mustBeHeld()));
    for (const { id, header, file } of batch) {
      throwIfCancelled(signal);
      const present = this.#holdings.copyOf(header);
      if (present !== null) {
        this.#settle({ id, state: 'present', copy: present });
        continue;
      }
      // As restic does: a parent means nothing elsewhere, and the origin is handed on.
      const { parent: _, ...facts } = file;
      const added = request.tags?.(id, file.tags) ?? [];
      const kept = request.keptTags?.(file.tags) ?? file.tags;
      const written = { ...facts, tags: [...kept, ...added], original: header.origin };
      const copy = await to.saveSnapshot(written);
      this.#holdings.add(copy, book.add(copy, written));
      this.#settle({ id, state: 'copied', copy });
    }
  }

  #settle(outcome: SnapshotOutcome): void {
    this.#outcomes.push(outcome);
    this.#tools.figures.settle(outcome);
  }
}

function failed({ id }: Loaded, list: DamageList): SnapshotOutcome {
  const { code, damage } = list.of(0) ?? { code: 'BLOB_DAMAGED' as const, damage: [] };
  const [first] = damage;
  const where = first === undefined ? '' : ` at ${first.path}: ${first.message}`;
  const message = `The snapshot needs what the source no longer has${where}`;
  return { id, state: 'failed', code, message, damage };
}
