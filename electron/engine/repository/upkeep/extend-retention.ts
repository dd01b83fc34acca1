/**
 * Holds on to what live snapshots need in a place that lets files go after a time: what is held for less than a margin from
 * now is held for the full time again. What no snapshot needs runs out by itself, and goes with a prune.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { FileHandle, Retention } from '../backend/backend.ts';
import { beginReadLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { PackTable } from './pack-table.ts';
import { startUpkeepThreads, UpkeepPool } from './pool.ts';
import { surveyPacks } from './survey.ts';
import { UsedBlobs } from './used-blobs.ts';

export type ExtendRequest = {
  readonly repository: Repository;
  /** What is held for longer than this is left as it is. */
  readonly marginDays: number;
  /** Snapshots whose time is over, and that stay only until the place lets them go: what they alone need runs out. */
  readonly leftOut?: ReadonlySet<string>;
  /** So many files are asked about at most; where that was not enough, the next call goes on after the last of them. */
  readonly mostFiles?: number;
  readonly after?: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type ExtendOutcome = {
  /** Files that live snapshots need. */
  readonly needed: number;
  readonly extended: number;
  /** Epoch milliseconds; null where nothing was extended. */
  readonly untilMs: number | null;
  /** Of those that were asked about, when the first can be removed by anybody; null: none was asked about. */
  readonly earliestMs: number | null;
  /** Where to go on; null: all were asked about. */
  readonly next: string | null;
};

const dayMs = 24 * 3_600_000;
const askedAtOnce = 32;

/** REPOSITORY_DECLINED where the place holds nothing. Files that are missing are issues. */
export async function extendRetention(request: ExtendRequest): Promise<ExtendOutcome> {
  const { repository, marginDays, signal, onIssue } = request;
  const { retention } = repository.backend;
  if (retention === undefined)
    throw new HoldfastError('REPOSITORY_DECLINED', `${repository.backend.location} holds no files for a time.`);
  const { mostFiles = Infinity, after = null } = request;
  const needed = (await neededFiles(request)).toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const asked = needed.filter((handle) => after === null || placeOf(handle) > after).slice(0, mostFiles);
  const now = Date.now();
  const untilMs = now + retention.days * dayMs;
  let [done, extended, earliestMs] = [0, 0, Infinity];
  const waiting = asked.values();
  const work = async (): Promise<void> => {
    for (const handle of waiting) {
      signal.throwIfAborted();
      const held = await extend(retention, handle, now + marginDays * dayMs, untilMs, onIssue);
      if (held.isExtended) extended += 1;
      earliestMs = Math.min(earliestMs, held.untilMs);
      done += 1;
      request.onProgress(progressOf(done, asked.length));
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: askedAtOnce }, work));
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
  const last = asked.at(-1);
  return {
    needed: needed.length,
    extended,
    untilMs: extended === 0 ? null : untilMs,
    earliestMs: earliestMs === Infinity ? null : earliestMs,
    next: last === undefined || last === needed.at(-1) ? null : placeOf(last),
  };
}

async function extend(
  retention: Retention,
  handle: FileHandle,
  leastMs: number,
  untilMs: number,
  onIssue: (issue: Issue) => void,
): Promise<{ readonly isExtended: boolean; readonly untilMs: number }> {
  try {
    const heldMs = (await retention.heldUntilMs(handle)) ?? 0;
    if (heldMs >= leastMs) return { isExtended: false, untilMs: heldMs };
    await retention.holdUntil(handle, untilMs);
    return { isExtended: true, untilMs };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'STORED_FILE_MISSING') throw error;
    onIssue({ path: `${handle.type}/${handle.name}`, code: error.code, message: error.message });
    return { isExtended: false, untilMs: Infinity };
  }
}

/** Config, keys, snapshots, index, and each pack in which anything lies that a snapshot needs. */
async function neededFiles({
  repository,
  leftOut,
  signal,
  onIssue,
  onNotice,
}: ExtendRequest): Promise<readonly FileHandle[]> {
  const lock = await beginReadLock(repository, onNotice);
  const pool = await UpkeepPool.open(repository, startUpkeepThreads());
  try {
    const { backend } = repository;
    const table = new PackTable(pool, repository);
    const used = new UsedBlobs(pool, repository);
    // Snapshots before index: what a snapshot needs was indexed before it was written.
    const roots = await used.newSnapshots(onIssue, leftOut);
    const indexes = (await backend.list('index')).map(({ name }) => name);
    await table.load(indexes, signal, () => undefined);
    await used.mark(roots, { signal, onIssue, onTrees: () => undefined });
    const { facts } = await surveyPacks(pool, table, await backend.list('data'), signal);
    const found: FileHandle[] = [];
    for (const type of ['config', 'keys', 'snapshots'] as const)
      for (const { name } of await backend.list(type)) if (leftOut?.has(name) !== true) found.push({ type, name });
    for (const name of indexes) found.push({ type: 'index', name });
    for (let pack = 0; pack < table.packCount; pack++) {
      if ((facts.usedBlobs[pack] ?? 0) > 0) found.push({ type: 'data', name: table.id(pack) });
    }
    await lock.confirmed;
    return found;
  } finally {
    await pool.close();
    await lock.release();
  }
}

function placeOf({ type, name }: FileHandle): string {
  return `${type}/${name}`;
}

function progressOf(doneItems: number, totalItems: number): Progress {
  const none = { doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
  return { phase: 'Holding on to what is needed', doneItems, totalItems, ...none };
}
