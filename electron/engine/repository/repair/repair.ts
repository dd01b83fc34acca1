/**
 * Repair: what is damaged or missing in a repository is rebuilt from what is intact elsewhere. Beside others (a shared
 * lock), new packs are written, read back and indexed; only then, alone (an exclusive lock), what is damaged is taken out.
 * Stopped at any point it leaves no more damage than there was, and the next repair goes on from there.
 */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { checkRepository } from '../check.ts';
import { beginReadLock, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import type { StoredSnapshot } from '../snapshots.ts';
import { waitForLock } from '../upkeep/lock-wait.ts';
import { Donors, type Replica } from './donors.ts';
import { mendHead, putBack, type HeadMended } from './mend-head.ts';
import { Need, NotSound, type Root } from './need.ts';
import { describeOutcome, lostData, type RepairOutcome, type Surveyed } from './outcome.ts';
import type { Quarantine } from './quarantine.ts';
import { takeOut } from './replace.ts';
import { Rescue } from './rescue.ts';
import type { Safekeeping } from './safekeeping.ts';
import { allSnapshots, surveySnapshots, type RecoveredSnapshot, type SnapshotSurvey } from './snapshot-files.ts';
import { RepairStore } from './store.ts';
import { addPack, loadIndex, surveyRepository, type DamagedPack, type Suspects } from './survey.ts';
import { RepairThreads } from './threads.ts';

export type { Replica } from './donors.ts';
export type { RepairOutcome } from './outcome.ts';

export type RepairRequest = {
  readonly repository: Repository;
  /** Asked in this order. */
  readonly replicas: readonly Replica[];
  readonly kept: Safekeeping;
  readonly quarantine: Quarantine;
  /** What to read whole; null: all. */
  readonly suspects: Suspects | null;
  /** Also brings back snapshots that were kept here and are gone, although nothing else is damaged. */
  readonly bringBack: boolean;
  /** Where on this machine a file of a snapshot lies, if its source is here. */
  readonly liveFile: (snapshot: StoredSnapshot, path: RawPath) => RawPath | null;
  /** All is looked at and fetched, and nothing written. */
  readonly dryRun: boolean;
  /** How long to wait for others to leave the repository before what is damaged is taken out. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

/** Damage that shows while the rest is relied on is looked for again this often. */
const attempts = 20;

export async function repairRepository(request: RepairRequest): Promise<RepairOutcome> {
  const donors = new Donors(request.replicas, request.onNotice);
  const threads = new RepairThreads([request.repository, ...request.replicas.map(({ repository }) => repository)]);
  const store = new RepairStore({ repository: request.repository, threads, dryRun: request.dryRun });
  const rescue = new Rescue({ ...request, donors, threads, store });
  try {
    return await new RepairRun(request, { donors, threads, store, rescue }).run();
  } finally {
    await threads.close();
    await donors.close();
  }
}

type Tools = {
  readonly donors: Donors;
  readonly threads: RepairThreads;
  readonly store: RepairStore;
  readonly rescue: Rescue;
};

class RepairRun {
  readonly #request: RepairRequest;
  readonly #tools: Tools;
  /** Packs that have turned out to be damaged on the way. */
  readonly #met = new Set<string>();

  constructor(request: RepairRequest, tools: Tools) {
    this.#request = request;
    this.#tools = tools;
  }

  async run(): Promise<RepairOutcome> {
    const { repository, dryRun, signal } = this.#request;
    let surveyed: Surveyed | null = null;
    try {
      const beside = await this.#beside();
      surveyed = beside.surveyed;
      const { head, isDamaged } = beside;
      const taken = isDamaged && !dryRun ? await this.#takeOut(surveyed) : { quarantined: 0, postponed: null };
      const { rescue } = this.#tools;
      const described = await describeOutcome(repository, surveyed, { head, rescue, signal });
      return { ...described, ...taken, remaining: isDamaged && !dryRun ? await this.#lookAfter() : [] };
    } finally {
      await surveyed?.need.close();
      surveyed?.survey.sound.close();
    }
  }

  /** All that is done while others may store too. */
  async #beside(): Promise<{ surveyed: Surveyed; head: HeadMended; isDamaged: boolean }> {
    const { repository, dryRun, onNotice } = this.#request;
    const lock = dryRun ? await beginReadLock(repository, onNotice) : await waitForLock(this.#request, false);
    try {
      await lock.confirmed;
      this.#tools.store.under(lock);
      const head = await mendHead(this.#request, dryRun);
      const { isDamaged, ...surveyed } = await this.#look(head, this.#signalWith(lock));
      if (isDamaged) await this.#rescue(surveyed, lock);
      return { surveyed, head, isDamaged };
    } finally {
      await lock.release();
    }
  }

  /** Again, where a pack that was not read turns out to be damaged. */
  async #look(head: HeadMended, signal: AbortSignal): Promise<Surveyed & { readonly isDamaged: boolean }> {
    const { threads, store } = this.#tools;
    for (let attempt = 1; ; attempt++) {
      // Snapshots before index: what a snapshot needs was indexed before it was written.
      const snapshots = await this.#surveySnapshots();
      const { suspects: given } = this.#request;
      const suspects = given === null ? null : { ...given, packs: [...given.packs, ...this.#met] };
      const survey = await surveyRepository({ ...this.#request, threads, suspects, signal });
      const need = this.#needOf(survey, signal);
      try {
        const there = { ...snapshots, recovered: snapshots.recovered.filter(({ isThere }) => isThere) };
        await need.walk(rootsOf(allSnapshots(there)));
        const found = { survey, snapshots: there, need };
        const isDamaged = this.#isDamaged(found, head);
        store.stored = (id, entries) => addPack(survey.sound, id, entries, !this.#request.dryRun);
        if (!isDamaged) return { ...found, isDamaged };
        const missing = await this.#missing(snapshots, need);
        const recovered = [...there.recovered, ...missing];
        return {
          ...found,
          snapshots: { ...there, recovered },
          isDamaged: recovered.length > 0 || isLacking(found, head),
        };
      } catch (error) {
        await need.close();
        survey.sound.close();
        if (!(error instanceof NotSound)) throw error;
        if (attempt === attempts || suspects === null || suspects.packs.includes(error.packId))
          throw new HoldfastError('STORED_FILE_DAMAGED', `data/${error.packId} is read differently each time.`);
        this.#met.add(error.packId);
      }
    }
  }

  /** Snapshots that are gone, of which there are copies and content. Without content, another program has pruned them. */
  async #missing({ recovered }: SnapshotSurvey, need: Need): Promise<readonly RecoveredSnapshot[]> {
    const missing: RecoveredSnapshot[] = [];
    for (const snapshot of recovered) {
      if (snapshot.isThere) continue;
      const { id, file } = snapshot.stored;
      if (!(await need.canReach(file.tree))) {
        this.#request.onNotice(`Snapshot ${id.slice(0, 8)} is gone, and so is what it held: it was removed elsewhere.`);
        continue;
      }
      await need.walk(rootsOf([snapshot.stored]));
      missing.push(snapshot);
    }
    return missing;
  }

  #needOf(survey: Surveyed['survey'], signal: AbortSignal): Need {
    const { onProgress } = this.#request;
    const ports = { signal, onProgress, rescueTree: (id: string) => this.#tools.rescue.tree(id) };
    return new Need(this.#request.repository, survey, ports);
  }

  async #surveySnapshots(): Promise<SnapshotSurvey> {
    const { repository, kept } = this.#request;
    return surveySnapshots({ repository, kept, donors: this.#tools.donors, expected: await kept.snapshots() });
  }

  /** Snapshots that are gone without a trace may have been removed by another program: damage elsewhere speaks against it. */
  #isDamaged(surveyed: Surveyed, head: HeadMended): boolean {
    return this.#request.bringBack || isLacking(surveyed, head);
  }

  /** When this returns, all that could be had is durable, has been read back, and is in an index. */
  async #rescue({ survey, snapshots, need }: Surveyed, lock: RepositoryLock): Promise<void> {
    const { store, rescue } = this.#tools;
    if (need.needsUnlisted || survey.damagedIndexes.length > 0) store.list(survey.unlisted);
    await rescue.salvage(survey.damagedPacks);
    await store.commit();
    await rescue.data(need, allSnapshots(snapshots));
    if (this.#request.dryRun) return;
    await lock.mustBeHeld();
    const { repository, quarantine } = this.#request;
    for (const { stored, sealed } of snapshots.recovered) {
      if (sealed !== null)
        await putBack(repository.backend, quarantine, { type: 'snapshots', name: stored.id }, sealed);
      else await repository.loadSnapshot(await repository.saveSnapshot(stored.file));
    }
  }

  async #takeOut(surveyed: Surveyed): Promise<Pick<RepairOutcome, 'quarantined' | 'postponed'>> {
    const { survey, snapshots } = surveyed;
    const { threads, store } = this.#tools;
    const again = snapshots.recovered.filter(({ sealed, isThere }) => sealed === null && isThere);
    if (survey.damagedPacks.length + survey.damagedIndexes.length + again.length === 0)
      return { quarantined: 0, postponed: null };
    const lock = await waitForLock(this.#request, true).catch((error: unknown) => {
      if (error instanceof HoldfastError && error.code === 'REPOSITORY_LOCKED') return error.message;
      throw error;
    });
    if (typeof lock === 'string') return { quarantined: 0, postponed: lock };
    try {
      store.under(lock);
      const indexFiles = await this.#takeInNews(surveyed, lock);
      const listed = new Set([...indexFiles.values()].flat());
      const quarantined = await takeOut(
        { ...this.#request, threads, store, lock, signal: this.#signalWith(lock) },
        {
          indexFiles,
          damagedIndexes: survey.damagedIndexes.map(({ path }) => path.replace('index/', '')),
          packs: goingPacks(surveyed, listed),
          snapshots: again.map(({ stored }) => stored.id),
        },
      );
      return { quarantined, postponed: null };
    } finally {
      await lock.release();
    }
  }

  /** What others have stored since may need what is about to go. Returns all index files as they are now. */
  async #takeInNews(
    { survey, snapshots, need }: Surveyed,
    lock: RepositoryLock,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    await lock.confirmed;
    const { repository } = this.#request;
    const { threads, store, rescue } = this.#tools;
    const indexFiles = new Map<string, readonly string[]>();
    const damaged = new Set(survey.damagedPacks.filter(({ isListed }) => isListed).map(({ id }) => id));
    for (const { name } of await repository.backend.list('index')) {
      if (survey.damagedIndexes.some(({ path }) => path === `index/${name}`)) continue;
      const loaded = survey.indexFiles.has(name) ? null : await loadIndex(repository, threads.any(), name);
      // Damaged since: the next repair sees to it.
      if (loaded !== null && 'code' in loaded) continue;
      indexFiles.set(name, loaded?.packs.map(({ id }) => id) ?? survey.indexFiles.get(name) ?? []);
      for (const { id, entries } of loaded?.packs ?? []) if (!damaged.has(id)) addPack(survey.sound, id, entries);
    }
    const before = new Set(snapshots.intact.map(({ id }) => id));
    const now = await this.#surveySnapshots();
    await need.walk(rootsOf(now.intact.filter(({ id }) => !before.has(id))));
    await store.commit();
    await rescue.data(need, now.intact);
    return indexFiles;
  }

  async #lookAfter(): Promise<readonly Issue[]> {
    const onIssue = (): void => undefined;
    return (await checkRepository({ ...this.#request, readDataPercent: 0, onIssue })).errors;
  }

  #signalWith(lock: RepositoryLock): AbortSignal {
    return AbortSignal.any([this.#request.signal, lock.signal]);
  }
}

/** Whether anything that is there, or that something there needs, is not as it should be. */
function isLacking({ survey, snapshots, need }: Surveyed, head: HeadMended): boolean {
  const { damagedPacks, damagedIndexes } = survey;
  const files = damagedPacks.length + damagedIndexes.length + head.repaired.length + snapshots.recovered.length;
  return files > 0 || need.isLacking;
}

/**
 * A pack nobody can say anything about may hold what is still lost, and so may one that its disk does not give now: it stays. So does one that an index lists by now: it
 * was only on its way when it was looked at.
 */
function goingPacks({ survey, need }: Surveyed, listed: ReadonlySet<string>): readonly DamagedPack[] {
  const lostNow = lostData(survey, need);
  const isAllThere = need.lostTrees.size === 0 && lostNow.size === 0;
  return survey.damagedPacks.filter(({ id, isListed, isUnreadable, lost, salvage }) => {
    if (isUnreadable && !isAllThere) return false;
    return isListed || (!listed.has(id) && (isAllThere || lost.length + salvage.length > 0));
  });
}

function rootsOf(snapshots: readonly StoredSnapshot[]): readonly Root[] {
  return snapshots.map(({ id, file }) => ({ snapshot: id, tree: file.tree }));
}
