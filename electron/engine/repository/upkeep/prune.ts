/**
 * Prune: removes data that no snapshot needs. What is to go is found out beside others who store (a shared lock); alone
 * (an exclusive lock) it is only while something is removed, and then looks first at what has been stored since. Order of
 * writes: new packs, then an index of them, then an index without the old packs, then the old packs go.
 */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { StoredFile } from '../backend/backend.ts';
import { beginReadLock, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { RepositoryChanged } from './changed.ts';
import { copyPacks, type CopyJob } from './copy-packs.ts';
import { waitForLock } from './lock-wait.ts';
import { PackTable } from './pack-table.ts';
import { UpkeepPool } from './pool.ts';
import { choosePacks, type PackChoice, type PruneBudget } from './prune-plan.ts';
import { describePlan, type PrunePlan } from './prune-report.ts';
import { removePacks } from './remove-packs.ts';
import { listNeeded, moveEntry, surveyPacks, type Survey } from './survey.ts';
import { UsedBlobs } from './used-blobs.ts';
import { forEachEntry } from './yielding.ts';

export type PruneRequest = PruneBudget & {
  readonly repository: Repository;
  readonly dryRun: boolean;
  /** How long to wait for others to leave the repository, each time it is needed alone. */
  readonly waitMs: number;
  /** Packs of so many bytes are copied before the old ones go and others may lock in between. */
  readonly batchBytes?: number;
  readonly signal: AbortSignal;
  readonly onPlan: (plan: PrunePlan) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type PruneOutcome = {
  readonly plan: PrunePlan;
  readonly removedPacks: number;
  /** Bytes of packs removed, less those of packs written. */
  readonly freedBytes: number;
  readonly copiedBlobs: number;
  readonly copiedBytes: number;
  /** Damaged blobs; the packs they lie in stay. */
  readonly issues: readonly Issue[];
};

const defaultBatchBytes = 2 * 1024 ** 3;
/** Others rewrote the index in between this often: they have the repository for themselves, for now. */
const attempts = 3;

export async function pruneRepository(request: PruneRequest): Promise<PruneOutcome> {
  const totals = new Totals();
  for (let attempt = 1; ; attempt++) {
    const pool = await UpkeepPool.open(request.repository);
    try {
      return await new Prune(request, pool, totals).run();
    } catch (error) {
      if (!(error instanceof RepositoryChanged)) throw error;
      if (attempt === attempts) {
        throw new HoldfastError('REPOSITORY_LOCKED', 'Another program keeps rewriting the index of the repository.');
      }
      request.onNotice('Another program has rewritten the index meanwhile; looking again.');
    } finally {
      await pool.close();
    }
  }
}

/** What was done, over all attempts. */
class Totals {
  removedPacks = 0;
  removedBytes = 0;
  writtenBytes = 0;
  copiedBlobs = 0;
  copiedBytes = 0;
  readonly issues: Issue[] = [];
}

class Prune {
  readonly #request: PruneRequest;
  readonly #pool: UpkeepPool;
  readonly #table: PackTable;
  readonly #used: UsedBlobs;
  readonly #totals: Totals;

  constructor(request: PruneRequest, pool: UpkeepPool, totals: Totals) {
    this.#request = request;
    this.#pool = pool;
    this.#table = new PackTable(pool, request.repository);
    this.#used = new UsedBlobs(pool, request.repository);
    this.#totals = totals;
  }

  async run(): Promise<PruneOutcome> {
    const { survey, choice, plan } = await this.#plan();
    this.#request.onPlan(plan);
    if (!this.#request.dryRun) await this.#carryOut(survey, choice);
    const { removedPacks, removedBytes, writtenBytes, copiedBlobs, copiedBytes, issues } = this.#totals;
    return { plan, removedPacks, freedBytes: removedBytes - writtenBytes, copiedBlobs, copiedBytes, issues };
  }

  async #plan(): Promise<{ survey: Survey; choice: PackChoice; plan: PrunePlan }> {
    const { repository, dryRun, onNotice } = this.#request;
    const lock = dryRun ? await beginReadLock(repository, onNotice) : await waitForLock(this.#request, false);
    try {
      const signal = this.#signalWith(lock);
      // Snapshots before index: what a snapshot needs was indexed before it was written.
      const roots = await this.#used.newSnapshots(this.#request.onIssue);
      const files = repository.backend.list('data');
      files.catch(() => undefined);
      await this.#loadNewIndexes(signal);
      await this.#mark(roots, signal);
      const survey = await surveyPacks(this.#pool, this.#table, await files, signal);
      this.#refuseUnreliable(survey);
      const choice = choosePacks(survey.facts, this.#request);
      await lock.confirmed;
      return { survey, choice, plan: describePlan(survey, choice, this.#used.snapshotCount) };
    } catch (error) {
      // Where somebody else was at work alone, that is why something was not as it should be.
      await lock.confirmed;
      throw error;
    } finally {
      await lock.release();
    }
  }

  /** Whole packs first: that frees space without needing any. */
  async #carryOut(survey: Survey, choice: PackChoice): Promise<void> {
    const { facts } = survey;
    if (choice.dead.length > 0 || survey.unlisted.length > 0) {
      await this.#alone(async (lock) => {
        await this.#verifyCopies(survey, new Set([...choice.dead, ...choice.repack]), this.#signalWith(lock));
        await this.#removeUnlisted(survey.unlisted, lock);
        await this.#remove(survey, choice.dead, lock);
      });
    } else if (choice.repack.length > 0 && survey.copied.size > 0) {
      await this.#verifyCopies(survey, new Set(choice.repack), this.#request.signal);
    }
    let batchBytes = this.#request.batchBytes ?? defaultBatchBytes;
    for (let waiting = choice.repack; waiting.length > 0;) {
      const batch = takeBatch(waiting, facts.fileBytes, batchBytes);
      if (!(await this.#copy(batch))) {
        batchBytes = sumBytes(batch, facts.fileBytes) / 4;
        continue;
      }
      await this.#alone((lock) => this.#remove(survey, batch, lock));
      waiting = waiting.slice(batch.length);
    }
  }

  /** Nobody else works on the repository meanwhile; and what they have stored until now is known. */
  async #alone(body: (lock: RepositoryLock) => Promise<void>): Promise<void> {
    const lock = await waitForLock(this.#request, true);
    try {
      // Only from here on is it sure that nobody stores any more.
      await lock.confirmed;
      await this.#refresh(this.#signalWith(lock));
      await body(lock);
    } finally {
      await lock.release();
    }
  }

  /** Throws RepositoryChanged where what was read is not there any more. */
  async #refresh(signal: AbortSignal): Promise<void> {
    const roots = await this.#used.newSnapshots(this.#request.onIssue);
    await this.#loadNewIndexes(signal);
    if (roots.length > 0) await this.#mark(roots, signal);
  }

  async #loadNewIndexes(signal: AbortSignal): Promise<void> {
    const names = (await this.#request.repository.backend.list('index')).map(({ name }) => name);
    const there = new Set(names);
    for (const name of this.#table.indexFiles.keys()) if (!there.has(name)) throw new RepositoryChanged();
    const fresh = names.filter((name) => !this.#table.indexFiles.has(name));
    await this.#table.load(fresh, signal, (done) => this.#sayItems('Reading the index', done, fresh.length));
  }

  async #mark(roots: Parameters<UsedBlobs['mark']>[0], signal: AbortSignal): Promise<void> {
    const onTrees = (done: number): void => this.#sayItems('Looking for needed data', done, null);
    await this.#used.mark(roots, { signal, onIssue: this.#request.onIssue, onTrees });
  }

  #refuseUnreliable({ unreliable }: Survey): void {
    const [first] = unreliable;
    if (first === undefined) return;
    for (const { pack, fileBytes } of unreliable) {
      const [code, message] =
        fileBytes < 0
          ? (['STORED_FILE_MISSING', 'The pack is missing, and snapshots need it.'] as const)
          : ([
              'STORED_FILE_DAMAGED',
              `The pack has ${fileBytes} bytes; by its index entries it should have ${this.#table.leastSize(pack)}.`,
            ] as const);
      this.#request.onIssue({ path: `data/${this.#table.id(pack)}`, code, message });
    }
    const what =
      unreliable.length === 1 ? 'A pack that snapshots need is' : `${unreliable.length} packs that snapshots need are`;
    const text = `${what} missing or damaged, data/${this.#table.id(first.pack)} for one, so nothing was removed.`;
    throw new HoldfastError(first.fileBytes < 0 ? 'STORED_FILE_MISSING' : 'STORED_FILE_DAMAGED', text);
  }

  /** Before a further copy of a blob goes, the one that stays is read; where it is damaged, the other stays too. */
  async #verifyCopies({ copied }: Survey, going: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const doubtful = [...copied].filter(([entry, others]) => {
      const stays = !going.has(this.#table.packOf(entry));
      return stays && others.some(({ listed }) => going.has(this.#table.ofListed(listed)));
    });
    const waiting = doubtful.map(([entry]) => entry);
    const total = waiting.length;
    await this.#pool.everywhere(async (thread) => {
      for (let entries = waiting.splice(-256); entries.length > 0; entries = waiting.splice(-256)) {
        signal.throwIfAborted();
        for (const { entry, fault } of await thread.call('verify', { entries: Int32Array.from(entries) })) {
          this.#nameDamage(entry, fault);
          const [other] = copied.get(entry) ?? [];
          // `#remove` leaves a pack alone in which something needed lies.
          if (other !== undefined) moveEntry(this.#pool, other);
        }
        this.#sayItems('Comparing copies', total - waiting.length, total);
      }
    });
  }

  /**
   * New packs of what is needed in these, durable and indexed. Others may store meanwhile. False where the disk has no
   * room for so many at once.
   */
  async #copy(packs: readonly number[]): Promise<boolean> {
    const lock = await waitForLock(this.#request, false);
    try {
      const signal = this.#signalWith(lock);
      await this.#loadNewIndexes(signal);
      const needed = await listNeeded(this.#pool, this.#table, packs, signal);
      const { repository, onProgress } = this.#request;
      const job: CopyJob = {
        repository,
        pool: this.#pool,
        table: this.#table,
        lock,
        signal,
        onProgress: (done) => {
          const issues = this.#totals.issues.length;
          onProgress({ ...done, phase: 'Copying needed data', currentItem: null, issues });
        },
        onDamage: (entry, fault) => this.#nameDamage(entry, fault),
      };
      const copied = await copyPacks(job, needed);
      this.#totals.copiedBlobs += copied.blobs;
      this.#totals.copiedBytes += copied.bytes;
      this.#totals.writtenBytes += copied.writtenBytes;
      return true;
    } catch (error) {
      if (packs.length > 1 && error instanceof HoldfastError && error.code === 'NO_SPACE') return false;
      throw error;
    } finally {
      await lock.release();
    }
  }

  async #remove({ facts }: Survey, packs: readonly number[], lock: RepositoryLock): Promise<void> {
    const signal = this.#signalWith(lock);
    const going = await this.#withoutNeeded(packs, signal);
    let removed = 0;
    const isThere = (pack: number): boolean => (facts.fileBytes[pack] ?? -1) >= 0;
    await removePacks(
      {
        repository: this.#request.repository,
        pool: this.#pool,
        table: this.#table,
        mayWrite: () => signal.throwIfAborted(),
        isThere,
        onRemoved: (pack) => {
          if (isThere(pack)) this.#countRemoved(facts.fileBytes[pack] ?? 0);
          this.#sayItems('Removing packs', ++removed, going.size);
        },
      },
      going,
    );
  }

  /** The last look before anything goes: a pack in which anything needed still lies, for whatever reason, stays. */
  async #withoutNeeded(packs: readonly number[], signal: AbortSignal): Promise<ReadonlySet<number>> {
    const going = new Set(packs);
    const isGoing = new Uint8Array(this.#table.packCount);
    for (const pack of packs) isGoing[pack] = 1;
    const { index, used } = this.#pool;
    await forEachEntry(index.blobCount, signal, (entry) => {
      if (used[entry] !== 1) return;
      const pack = this.#table.packOf(entry);
      if (isGoing[pack] === 1) going.delete(pack);
    });
    return going;
  }

  /** What is still in no index now that nobody else is there was left by a run that broke off. */
  async #removeUnlisted(files: readonly StoredFile[], lock: RepositoryLock): Promise<void> {
    const signal = this.#signalWith(lock);
    const orphans = files.filter(({ name }) => this.#table.find(name) < 0);
    for (const [at, { name, size }] of orphans.entries()) {
      signal.throwIfAborted();
      await this.#request.repository.backend.remove({ type: 'data', name });
      this.#countRemoved(size);
      this.#sayItems('Removing leftovers', at + 1, orphans.length);
    }
  }

  #countRemoved(bytes: number): void {
    this.#totals.removedPacks += 1;
    this.#totals.removedBytes += bytes;
  }

  #nameDamage(entry: number, fault: string): void {
    const { index } = this.#pool;
    const pack = this.#table.id(this.#table.packOf(entry));
    const message = `Blob ${index.blobId(entry).slice(0, 8)} is damaged: ${fault}. Its pack was not removed.`;
    const issue: Issue = { path: `data/${pack}`, code: 'BLOB_DAMAGED', message };
    this.#totals.issues.push(issue);
    this.#request.onIssue(issue);
  }

  #signalWith(lock: RepositoryLock): AbortSignal {
    return AbortSignal.any([this.#request.signal, lock.signal]);
  }

  #sayItems(phase: string, doneItems: number, totalItems: number | null): void {
    const { issues } = this.#totals;
    const none = { doneBytes: 0, totalBytes: null, currentItem: null };
    this.#request.onProgress({ phase, doneItems, totalItems, ...none, issues: issues.length });
  }
}

/** The first packs, as many as fit, but one at least. */
function takeBatch(packs: readonly number[], fileBytes: Float64Array, batchBytes: number): readonly number[] {
  let bytes = 0;
  const end = packs.findIndex((pack, at) => {
    bytes += fileBytes[pack] ?? 0;
    return at > 0 && bytes > batchBytes;
  });
  return end < 0 ? packs : packs.slice(0, end);
}

function sumBytes(packs: readonly number[], fileBytes: Float64Array): number {
  return packs.reduce((sum, pack) => sum + (fileBytes[pack] ?? 0), 0);
}
