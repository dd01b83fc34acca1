/**
 * Prune: removes data that no snapshot needs. What is to go is found out beside others who store (a shared lock); alone
 * (an exclusive lock) it is only while something is removed, and then looks first at what has been stored since. Order of
 * writes: new packs, then an index of them, then an index without the old packs, then the old packs go.
 */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { stopThread, type EarlyThread } from '../../platform/threads.ts';
import type { StoredFile, UnfinishedFile } from '../backend/backend.ts';
import { beginReadLock, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { RepositoryChanged } from './changed.ts';
import { copyPacks, type CopyJob } from './copy-packs.ts';
import { waitForLock } from './lock-wait.ts';
import { PackTable } from './pack-table.ts';
import { startUpkeepThreads, UpkeepPool } from './pool.ts';
import { choosePacks, type PackChoice, type PruneBudget } from './prune-plan.ts';
import { withoutAsleep, withoutHeld } from './held-files.ts';
import { describePlan, type PrunePlan } from './prune-report.ts';
import { removePacks } from './remove-packs.ts';
import { listNeeded, moveEntry, surveyPacks, type Survey } from './survey.ts';
import { UsedBlobs } from './used-blobs.ts';
import { forEachEntry } from './yielding.ts';

export type PruneRequest = PruneBudget & {
  /** Opens the repository: deriving the key takes a moment, in which threads can start. */
  readonly open: () => Promise<Repository>;
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

/** A time of holding a lock: nothing is written before `ready`, nor once `signal` is aborted. */
type Turn = { readonly lock: RepositoryLock; readonly ready: Promise<void>; readonly signal: AbortSignal };
type OpenedRequest = PruneRequest & { readonly repository: Repository };

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
const littleBytes = 128 * 1024 ** 2;
/** For more than this, the memory of further threads is worth it. */
const muchBytes = 1024 ** 3;
/**
 * A temporary file of this age is nobody's: alone in the repository nobody saves anything but a lock or a key, and that
 * takes seconds.
 */
const abandonedMs = 24 * 60 * 60 * 1000;
/** Others rewrote the index in between this often: they have the repository for themselves, for now. */
const attempts = 3;

export async function pruneRepository(request: PruneRequest): Promise<PruneOutcome> {
  const threads = startUpkeepThreads();
  const repository = await request.open().catch(async (error: unknown) => {
    await Promise.all(threads.map(({ worker }) => stopThread(worker)));
    throw error;
  });
  return pruneOpened({ ...request, repository }, threads);
}

async function pruneOpened(request: OpenedRequest, threads: readonly EarlyThread[]): Promise<PruneOutcome> {
  const totals = new Totals();
  for (let attempt = 1; ; attempt++) {
    const pool = await UpkeepPool.open(request.repository, attempt === 1 ? threads : startUpkeepThreads());
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
  readonly #request: OpenedRequest;
  readonly #pool: UpkeepPool;
  readonly #table: PackTable;
  readonly #used: UsedBlobs;
  readonly #totals: Totals;

  constructor(request: OpenedRequest, pool: UpkeepPool, totals: Totals) {
    this.#request = request;
    this.#pool = pool;
    this.#table = new PackTable(pool, request.repository);
    this.#used = new UsedBlobs(pool, request.repository);
    this.#totals = totals;
  }

  async run(): Promise<PruneOutcome> {
    const { survey, choice, plan } = await this.#plan();
    this.#request.onPlan(plan);
    if (!this.#request.dryRun) await this.#carryOut(survey, choice, plan);
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
      const found = await surveyPacks(this.#pool, this.#table, await files, signal);
      this.#refuseUnreliable(found);
      const wanted = withoutAsleep(this.#table, choosePacks(found.facts, this.#request), await files);
      const { survey, choice } = await this.#withoutHeld(found, wanted);
      const unfinished = await this.#abandoned();
      await lock.confirmed;
      return { survey, choice, plan: describePlan(survey, choice, unfinished, this.#used.snapshotCount) };
    } catch (error) {
      // Where somebody else was at work alone, that is why something was not as it should be.
      await lock.confirmed;
      throw error;
    } finally {
      await lock.release();
    }
  }

  /** What the place lets nobody remove yet is left out, and said. */
  async #withoutHeld(survey: Survey, choice: PackChoice): Promise<{ survey: Survey; choice: PackChoice }> {
    const { retention } = this.#request.repository.backend;
    if (retention === undefined) return { survey, choice };
    const unheld = await withoutHeld(retention, this.#table, choice, survey.unlisted);
    if (unheld.heldPacks > 0) {
      const until = new Date(unheld.untilMs).toISOString();
      this.#request.onNotice(
        `${unheld.heldPacks} packs are locked in the store; the last of them can go after ${until}.`,
      );
    }
    return { survey: { ...survey, unlisted: unheld.unlisted }, choice: unheld.choice };
  }

  /** Whole packs first: that frees space without needing any. */
  async #carryOut(survey: Survey, choice: PackChoice, plan: PrunePlan): Promise<void> {
    const { dead, repack } = choice;
    if (dead.length + repack.length + survey.unlisted.length + plan.unfinished.files === 0) return;
    if (this.#request.repository.backend.retention !== undefined) return this.#carryOutAtOnce(survey, choice, plan);
    // For little, being alone a moment longer disturbs others less than asking for it again and again.
    const repackBytes = sumBytes(repack, survey.facts.fileBytes);
    const isLittle = repackBytes <= littleBytes;
    if (repackBytes > muchBytes) this.#pool.widen();
    await this.#alone(async (turn) => {
      await this.#verifyCopies(survey, new Set([...dead, ...repack]), turn.signal);
      await this.#removeUnlisted(survey.unlisted, turn);
      if (plan.unfinished.files > 0) await this.#removeAbandoned(turn);
      await this.#remove(survey, dead, turn);
      if (isLittle) await this.#repack(survey, repack, turn);
    });
    if (!isLittle) await this.#repack(survey, repack, null);
  }

  /** An index file that is written in between could not be replaced again for as long as the place holds new files. */
  async #carryOutAtOnce(survey: Survey, { dead, repack }: PackChoice, plan: PrunePlan): Promise<void> {
    const isCopied = repack.length === 0 || (await this.#beside((lock) => this.#copy(repack, lock)));
    const going = isCopied ? [...dead, ...repack] : dead;
    await this.#alone(async (turn) => {
      await this.#verifyCopies(survey, new Set(going), turn.signal);
      await this.#removeUnlisted(survey.unlisted, turn);
      if (plan.unfinished.files > 0) await this.#removeAbandoned(turn);
      await this.#remove(survey, going, turn);
    });
  }

  /** With a lock that is held already, or with one for each step, so that others get their turn in between. */
  async #repack({ facts }: Pick<Survey, 'facts'>, packs: readonly number[], held: Turn | null): Promise<void> {
    let batchBytes = this.#request.batchBytes ?? defaultBatchBytes;
    for (let waiting = packs; waiting.length > 0;) {
      const batch = takeBatch(waiting, facts.fileBytes, batchBytes);
      const hasRoom = await (held === null
        ? this.#beside((lock) => this.#copy(batch, lock))
        : this.#copy(batch, held.lock));
      if (!hasRoom) {
        batchBytes = sumBytes(batch, facts.fileBytes) / 4;
        continue;
      }
      await (held === null
        ? this.#alone((turn) => this.#remove({ facts }, batch, turn))
        : this.#remove({ facts }, batch, held));
      waiting = waiting.slice(batch.length);
    }
  }

  /** Others may store meanwhile. */
  async #beside<Result>(body: (lock: RepositoryLock) => Promise<Result>): Promise<Result> {
    const lock = await waitForLock(this.#request, false);
    try {
      await this.#loadNewIndexes(this.#signalWith(lock));
      return await body(lock);
    } finally {
      await lock.release();
    }
  }

  /** Nobody else works on the repository meanwhile; and what they have stored until now is known. */
  async #alone(body: (turn: Turn) => Promise<void>): Promise<void> {
    const lock = await waitForLock(this.#request, true);
    try {
      await this.#refresh(this.#signalWith(lock));
      // Until the lock is confirmed there is time to prepare what will be written.
      const alone = lock.confirmed.then(() => this.#refuseNews());
      alone.catch(() => undefined);
      await body({ signal: this.#signalWith(lock), ready: alone, lock });
      await alone;
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

  /** Only once the lock is confirmed is it sure that nobody stores any more. */
  async #refuseNews(): Promise<void> {
    const { backend } = this.#request.repository;
    const [snapshots, indexes] = await Promise.all([backend.list('snapshots'), backend.list('index')]);
    const isNew =
      snapshots.some(({ name }) => !this.#used.knows(name)) ||
      indexes.some(({ name }) => !this.#table.indexFiles.has(name)) ||
      indexes.length < this.#table.indexFiles.size;
    if (isNew) throw new RepositoryChanged();
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
   * New packs of what is needed in these, durable and indexed. False where the disk has no room for so many at once.
   */
  async #copy(packs: readonly number[], lock: RepositoryLock): Promise<boolean> {
    try {
      const signal = this.#signalWith(lock);
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
    }
  }

  async #remove({ facts }: Pick<Survey, 'facts'>, packs: readonly number[], { signal, ready }: Turn): Promise<void> {
    const going = await this.#withoutNeeded(packs, signal);
    let removed = 0;
    const isThere = (pack: number): boolean => (facts.fileBytes[pack] ?? -1) >= 0;
    await removePacks(
      {
        repository: this.#request.repository,
        pool: this.#pool,
        table: this.#table,
        mayWrite: async () => {
          await ready;
          signal.throwIfAborted();
        },
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
  async #removeUnlisted(files: readonly StoredFile[], { signal, ready }: Turn): Promise<void> {
    if (files.length > 0) await ready;
    const orphans = files.filter(({ name }) => this.#table.find(name) < 0);
    for (const [at, { name, size }] of orphans.entries()) {
      signal.throwIfAborted();
      await this.#request.repository.backend.remove({ type: 'data', name });
      this.#countRemoved(size);
      this.#sayItems('Removing leftovers', at + 1, orphans.length);
    }
  }

  async #abandoned(): Promise<readonly UnfinishedFile[]> {
    const unfinished = await this.#request.repository.backend.listUnfinished();
    return unfinished.filter(({ ageMs }) => ageMs >= abandonedMs);
  }

  /** Listed once more: who wrote to one since is still there. */
  async #removeAbandoned({ signal, ready }: Turn): Promise<void> {
    await ready;
    const files = await this.#abandoned();
    for (const [at, { path, size }] of files.entries()) {
      signal.throwIfAborted();
      await this.#request.repository.backend.removeUnfinished(path);
      this.#totals.removedBytes += size;
      this.#sayItems('Removing temporary files', at + 1, files.length);
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
