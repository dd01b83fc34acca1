/** Looks closely at the copies of a point: which stored files each needs, which of them are damaged, when they were read. */
import type { ExaminedCopy } from '../../../../shared/contract/points.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { HeldCopy } from '../../catalog/points.ts';
import type { Voice } from '../../jobs/voice.ts';
import type { Repository } from '../../repository/repository.ts';
import { loadNamedSnapshots } from '../../repository/snapshots.ts';
import { neededPacks } from '../../repository/upkeep/needed-packs.ts';
import type { CallContext } from '../context.ts';
import { knownPlaces, openPlace, type KnownPlace } from './places.ts';

type Asked = { readonly repository?: RepositoryAccess | undefined; readonly snapshot: string };

const dayMs = 24 * 3_600_000;
const pageRows = 5_000;

export async function examinePoint(context: CallContext, asked: Asked, voice: Voice): Promise<ExaminedCopy[]> {
  const { catalog, caller } = context;
  const [places, found] = await Promise.all([
    knownPlaces(context, asked.repository),
    catalog.read('points.copies', caller, { snapshots: [asked.snapshot] }),
  ]);
  const copies = found[asked.snapshot] ?? [];
  if (copies.length === 0) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${asked.snapshot}.`);
  const examined: ExaminedCopy[] = [];
  // One after the other: each takes an index into memory.
  for (const place of places.values()) {
    const copy = copies.find(({ repository }) => repository === place.repository);
    if (copy !== undefined) examined.push(await examineCopy(context, { place, copy, given: asked.repository }, voice));
  }
  return examined;
}

type Copy = {
  readonly place: KnownPlace;
  readonly copy: HeldCopy;
  readonly given: RepositoryAccess | undefined;
};

async function examineCopy(context: CallContext, { place, copy, given }: Copy, voice: Voice): Promise<ExaminedCopy> {
  const { name, readDays } = place;
  const { repository, snapshot } = copy;
  try {
    const open = await openPlace(context, place, given);
    const needed = await neededPacks(open, await treeOf(open, snapshot), {
      signal: voice.signal,
      onNotice: voice.onNotice,
      onFolders: (done) =>
        voice.onProgress({
          phase: 'Looking into the copy',
          doneItems: done,
          totalItems: null,
          doneBytes: 0,
          totalBytes: null,
          currentItem: name,
          issues: 0,
        }),
    });
    const stored = new Set((await open.backend.list('data')).map((file) => file.name));
    const readAt = await readingsOf(context, repository);
    return {
      name,
      repository,
      snapshot,
      readDays,
      problem: null,
      ...count(needed, place, stored, readAt, context.nowMs()),
    };
  } catch (error) {
    if (voice.signal.aborted) throw error;
    const { message } = toHoldfastError(error);
    return { name, repository, snapshot, readDays, problem: message, ...nothing };
  }
}

const nothing = {
  neededBytes: 0,
  packs: 0,
  damagedBytes: 0,
  damagedPacks: 0,
  missingPieces: 0,
  unreadableFolders: 0,
  readBytes: 0,
  oldestReadAtMs: null,
  whole: false,
};

type Counts = Omit<ExaminedCopy, 'name' | 'repository' | 'snapshot' | 'readDays' | 'problem'>;

function count(
  { packs, missingPieces, unreadableFolders }: Awaited<ReturnType<typeof neededPacks>>,
  { damaged, readDays }: KnownPlace,
  stored: ReadonlySet<string>,
  readAt: ReadonlyMap<string, number>,
  nowMs: number,
): Counts {
  let [neededBytes, damagedBytes, damagedPacks, readBytes] = [0, 0, 0, 0];
  let oldest: number | null = nowMs;
  for (const [pack, bytes] of packs) {
    neededBytes += bytes;
    if (damaged.has(`data/${pack}`) || !stored.has(pack)) {
      damagedBytes += bytes;
      damagedPacks += 1;
    }
    const atMs = readAt.get(pack);
    if (atMs !== undefined && nowMs - atMs <= readDays * dayMs) readBytes += bytes;
    oldest = atMs === undefined || oldest === null ? null : Math.min(oldest, atMs);
  }
  return {
    neededBytes,
    packs: packs.size,
    damagedBytes,
    damagedPacks,
    missingPieces,
    unreadableFolders,
    readBytes,
    oldestReadAtMs: packs.size === 0 ? null : oldest,
    whole: damagedPacks === 0 && missingPieces === 0 && unreadableFolders === 0,
  };
}

async function treeOf(repository: Repository, snapshot: string): Promise<string> {
  const { snapshots, unreadable } = await loadNamedSnapshots(repository, [snapshot]);
  const [issue] = unreadable;
  if (issue !== undefined) throw new HoldfastError(issue.code, issue.message);
  const [stored] = snapshots;
  if (stored === undefined) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${snapshot}.`);
  return stored.file.tree;
}

async function readingsOf({ catalog, caller }: CallContext, repository: string): Promise<Map<string, number>> {
  const readings = new Map<string, number>();
  for (let after = ''; ;) {
    const question = { repository, kind: 'data' as const, after, limit: pageRows };
    const page = await catalog.read('integrity.readings', caller, question);
    for (const { name, readAtMs } of page) readings.set(name, readAtMs);
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return readings;
    after = last.name;
  }
}
