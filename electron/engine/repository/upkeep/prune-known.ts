/** What a prune knows of the repository, and whether that still holds: snapshots, index, what is used, what is damaged. */
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { RepositoryLock } from '../lock.ts';
import { RepositoryChanged } from './changed.ts';
import { PackTable } from './pack-table.ts';
import type { UpkeepPool } from './pool.ts';
import type { OpenedRequest, PruneTotals } from './prune-request.ts';
import type { Survey } from './survey.ts';
import { UsedBlobs } from './used-blobs.ts';

export class PruneKnown {
  readonly request: OpenedRequest;
  readonly pool: UpkeepPool;
  readonly table: PackTable;
  readonly used: UsedBlobs;
  readonly totals: PruneTotals;

  constructor(request: OpenedRequest, pool: UpkeepPool, totals: PruneTotals) {
    this.request = request;
    this.pool = pool;
    this.table = new PackTable(pool, request.repository);
    this.used = new UsedBlobs(pool, request.repository);
    this.totals = totals;
  }

  /** Throws RepositoryChanged where what was read is not there any more. */
  async refresh(signal: AbortSignal): Promise<void> {
    const roots = await this.used.newSnapshots(this.request.onIssue);
    await this.loadNewIndexes(signal);
    if (roots.length > 0) await this.mark(roots, signal);
  }

  /** Only once the lock is confirmed is it sure that nobody stores any more. */
  async refuseNews(): Promise<void> {
    const { backend } = this.request.repository;
    const [snapshots, indexes] = await Promise.all([backend.list('snapshots'), backend.list('index')]);
    const isNew =
      snapshots.some(({ name }) => !this.used.knows(name)) ||
      indexes.some(({ name }) => !this.table.indexFiles.has(name)) ||
      indexes.length < this.table.indexFiles.size;
    if (isNew) throw new RepositoryChanged();
  }

  /** Throws RepositoryChanged where an index that was read is not there any more. */
  async loadNewIndexes(signal: AbortSignal): Promise<void> {
    const names = (await this.request.repository.backend.list('index')).map(({ name }) => name);
    const there = new Set(names);
    for (const name of this.table.indexFiles.keys()) if (!there.has(name)) throw new RepositoryChanged();
    const fresh = names.filter((name) => !this.table.indexFiles.has(name));
    await this.table.load(fresh, signal, (done) => this.sayItems('Reading the index', done, fresh.length));
  }

  async mark(roots: Parameters<UsedBlobs['mark']>[0], signal: AbortSignal): Promise<void> {
    const onTrees = (done: number): void => this.sayItems('Looking for needed data', done, null);
    await this.used.mark(roots, { signal, onIssue: this.request.onIssue, onTrees });
  }

  /** Throws STORED_FILE_MISSING, STORED_FILE_DAMAGED where anything that is needed cannot be relied on. */
  refuseUnreliable({ unreliable }: Survey): void {
    const [first] = unreliable;
    if (first === undefined) return;
    for (const { pack, fileBytes } of unreliable) {
      const [code, message] =
        fileBytes < 0
          ? (['STORED_FILE_MISSING', 'The pack is missing, and snapshots need it.'] as const)
          : ([
              'STORED_FILE_DAMAGED',
              `The pack has ${fileBytes} bytes; by its index entries it should have ${this.table.leastSize(pack)}.`,
            ] as const);
      this.request.onIssue({ path: `data/${this.table.id(pack)}`, code, message });
    }
    const what =
      unreliable.length === 1 ? 'A pack that snapshots need is' : `${unreliable.length} packs that snapshots need are`;
    const text = `${what} missing or damaged, data/${this.table.id(first.pack)} for one, so nothing was removed.`;
    throw new HoldfastError(first.fileBytes < 0 ? 'STORED_FILE_MISSING' : 'STORED_FILE_DAMAGED', text);
  }

  nameDamage(entry: number, fault: string): void {
    const { index } = this.pool;
    const pack = this.table.id(this.table.packOf(entry));
    const message = `Blob ${index.blobId(entry).slice(0, 8)} is damaged: ${fault}. Its pack was not removed.`;
    const issue: Issue = { path: `data/${pack}`, code: 'BLOB_DAMAGED', message };
    this.totals.issues.push(issue);
    this.request.onIssue(issue);
  }

  signalWith(lock: RepositoryLock): AbortSignal {
    return AbortSignal.any([this.request.signal, lock.signal]);
  }

  sayItems(phase: string, doneItems: number, totalItems: number | null): void {
    const { issues } = this.totals;
    const none = { doneBytes: 0, totalBytes: null, currentItem: null };
    this.request.onProgress({ phase, doneItems, totalItems, ...none, issues: issues.length });
  }
}
