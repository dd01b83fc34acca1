/**
 * Prune: removes data that no snapshot needs. What is to go is found out beside others who store (a shared lock); alone
 * (an exclusive lock) it is only while something is removed, and then looks first at what has been stored since. Order of
 * writes: new packs, then an index of them, then an index without the old packs, then the old packs go.
 */
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { giveBackThread } from '../../platform/lent-threads.ts';
import type { EarlyThread } from '../../platform/threads.ts';
import { beginReadLock, type RepositoryLock } from '../lock.ts';
import { RepositoryChanged } from './changed.ts';
import { copyPacks, type CopyJob } from './copy-packs.ts';
import { waitForLock } from './lock-wait.ts';
import type { PackTable } from './pack-table.ts';
import { startUpkeepThreads, UpkeepPool } from './pool.ts';
import { choosePacks, type PackChoice } from './prune-plan.ts';
import { withoutAsleep, withoutHeld } from './held-files.ts';
import { describePlan, type PrunePlan } from './prune-report.ts';
import { PruneKnown } from './prune-known.ts';
import { PruneRemoval } from './prune-removal.ts';
import { PruneTotals, type OpenedRequest, type PruneRequest, type Turn } from './prune-request.ts';
import { listNeeded, surveyPacks, type Survey } from './survey.ts';

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
/** Others rewrote the index in between this often: they have the repository for themselves, for now. */
const attempts = 3;

export async function pruneRepository(request: PruneRequest): Promise<PruneOutcome> {
  const threads = startUpkeepThreads();
  const repository = await request.open().catch(async (error: unknown) => {
    await Promise.all(threads.map(({ worker }) => giveBackThread(worker)));
    throw error;
  });
  return pruneOpened({ ...request, repository }, threads);
}

async function pruneOpened(request: OpenedRequest, threads: readonly EarlyThread[]): Promise<PruneOutcome> {
  const totals = new PruneTotals();
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

class Prune {
  readonly #request: OpenedRequest;
  readonly #pool: UpkeepPool;
  readonly #table: PackTable;
  readonly #totals: PruneTotals;
  readonly #known: PruneKnown;
  readonly #removal: PruneRemoval;

  constructor(request: OpenedRequest, pool: UpkeepPool, totals: PruneTotals) {
    this.#known = new PruneKnown(request, pool, totals);
    this.#removal = new PruneRemoval(this.#known);
    this.#request = request;
    this.#pool = pool;
    this.#table = this.#known.table;
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
      const signal = this.#known.signalWith(lock);
      // Snapshots before index: what a snapshot needs was indexed before it was written.
      const roots = await this.#known.used.newSnapshots(this.#request.onIssue);
      const files = repository.backend.list('data');
      files.catch(() => undefined);
      await this.#known.loadNewIndexes(signal);
      await this.#known.mark(roots, signal);
      const found = await surveyPacks(this.#pool, this.#table, await files, signal);
      this.#known.refuseUnreliable(found);
      const wanted = withoutAsleep(this.#table, choosePacks(found.facts, this.#request), await files);
      const { survey, choice } = await this.#withoutHeld(found, wanted);
      const unfinished = await this.#removal.abandoned();
      await lock.confirmed;
      return { survey, choice, plan: describePlan(survey, choice, unfinished, this.#known.used.snapshotCount) };
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
      await this.#removal.verifyCopies(survey, new Set([...dead, ...repack]), turn.signal);
      await this.#removal.removeUnlisted(survey.unlisted, turn);
      if (plan.unfinished.files > 0) await this.#removal.removeAbandoned(turn);
      await this.#removal.remove(survey, dead, turn);
      if (isLittle) await this.#repack(survey, repack, turn);
    });
    if (!isLittle) await this.#repack(survey, repack, null);
  }

  /** An index file that is written in between could not be replaced again for as long as the place holds new files. */
  async #carryOutAtOnce(survey: Survey, { dead, repack }: PackChoice, plan: PrunePlan): Promise<void> {
    const isCopied = repack.length === 0 || (await this.#beside((lock) => this.#copy(repack, lock)));
    const going = isCopied ? [...dead, ...repack] : dead;
    await this.#alone(async (turn) => {
      await this.#removal.verifyCopies(survey, new Set(going), turn.signal);
      await this.#removal.removeUnlisted(survey.unlisted, turn);
      if (plan.unfinished.files > 0) await this.#removal.removeAbandoned(turn);
      await this.#removal.remove(survey, going, turn);
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
        ? this.#alone((turn) => this.#removal.remove({ facts }, batch, turn))
        : this.#removal.remove({ facts }, batch, held));
      waiting = waiting.slice(batch.length);
    }
  }

  /**
   * New packs of what is needed in these, durable and indexed. False where the disk has no room for so many at once.
   */
  async #copy(packs: readonly number[], lock: RepositoryLock): Promise<boolean> {
    try {
      const signal = this.#known.signalWith(lock);
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
        onDamage: (entry, fault) => this.#known.nameDamage(entry, fault),
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

  /** Others may store meanwhile. */
  async #beside<Result>(body: (lock: RepositoryLock) => Promise<Result>): Promise<Result> {
    const lock = await waitForLock(this.#request, false);
    try {
      await this.#known.loadNewIndexes(this.#known.signalWith(lock));
      return await body(lock);
    } finally {
      await lock.release();
    }
  }

  /** Nobody else works on the repository meanwhile; and what they have stored until now is known. */
  async #alone(body: (turn: Turn) => Promise<void>): Promise<void> {
    const lock = await waitForLock(this.#request, true);
    try {
      await this.#known.refresh(this.#known.signalWith(lock));
      // Until the lock is confirmed there is time to prepare what will be written.
      const alone = lock.confirmed.then(() => this.#known.refuseNews());
      alone.catch(() => undefined);
      await body({ signal: this.#known.signalWith(lock), ready: alone, lock });
      await alone;
    } finally {
      await lock.release();
    }
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
