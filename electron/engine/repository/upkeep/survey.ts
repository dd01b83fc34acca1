/** From marks to numbers for each pack; and of blobs that lie in several packs, which copy counts. */
import type { StoredFile } from '../backend/backend.ts';
import type { PackTable, Duplicate } from './pack-table.ts';
import type { UpkeepPool } from './pool.ts';
import { emptyFacts, holdsData, holdsTrees, type PackFacts } from './prune-plan.ts';
import { forEachEntry } from './yielding.ts';

export type Survey = {
  readonly facts: PackFacts;
  /** Packs in no index, with their sizes. */
  readonly unlisted: readonly StoredFile[];
  /** Needed packs that are missing or have another size than their blobs add up to. */
  readonly unreliable: readonly { readonly pack: number; readonly fileBytes: number }[];
  readonly duplicates: { readonly blobs: number; readonly bytes: number };
  /** Needed blobs with several copies. */
  readonly copied: ReadonlyMap<number, readonly Duplicate[]>;
};

export async function surveyPacks(
  pool: UpkeepPool,
  table: PackTable,
  files: readonly StoredFile[],
  signal: AbortSignal,
): Promise<Survey> {
  const facts = emptyFacts(table.packCount);
  const unlisted = placeFiles(facts, table, files);
  const { index, used } = pool;
  await forEachEntry(index.blobCount, signal, (entry) => {
    const pack = table.packOf(entry);
    if (pack < 0) return;
    facts.kinds[pack] = (facts.kinds[pack] ?? 0) | (index.blobType(entry) === 'tree' ? holdsTrees : holdsData);
    count(facts, pack, used[entry] === 1, index.lengthOf(entry), 1);
  });
  const copied = new Map<number, Duplicate[]>();
  const duplicates = { blobs: 0, bytes: 0 };
  for (const [entry, others] of table.takeDuplicates()) {
    // Counted as unneeded until another copy turns out to be the better one.
    for (const { listed, length } of others) count(facts, table.ofListed(listed), false, length, 1);
    if (used[entry] !== 1) continue;
    duplicates.blobs += others.length;
    duplicates.bytes += others.reduce((sum, { length }) => sum + length, 0);
    copied.set(entry, others);
  }
  chooseCopies(pool, table, facts, copied);
  return { facts, unlisted, unreliable: findUnreliable(table, facts), duplicates, copied };
}

function placeFiles(facts: PackFacts, table: PackTable, files: readonly StoredFile[]): readonly StoredFile[] {
  const unlisted: StoredFile[] = [];
  for (const file of files) {
    const pack = table.find(file.name);
    if (pack < 0) unlisted.push(file);
    else facts.fileBytes[pack] = file.size;
  }
  return unlisted;
}

function count(
  { usedBlobs, usedBytes, unusedBlobs, unusedBytes }: PackFacts,
  pack: number,
  used: boolean,
  bytes: number,
  sign: 1 | -1,
): void {
  const [blobs, sum] = used ? [usedBlobs, usedBytes] : [unusedBlobs, unusedBytes];
  blobs[pack] = (blobs[pack] ?? 0) + sign;
  sum[pack] = (sum[pack] ?? 0) + sign * bytes;
}

/**
 * Of several copies the one in the pack with the least unneeded data counts; among equals always that in the same pack,
 * so that another becomes free as a whole. After a prune that was killed, those are the new packs.
 */
function chooseCopies(
  pool: UpkeepPool,
  table: PackTable,
  facts: PackFacts,
  copied: ReadonlyMap<number, Duplicate[]>,
): void {
  // Copies themselves are not what makes a pack worse.
  const garbage = facts.unusedBytes.slice();
  for (const others of copied.values()) {
    for (const { listed, length } of others) {
      const pack = table.ofListed(listed);
      garbage[pack] = (garbage[pack] ?? 0) - length;
    }
  }
  const rank = (listed: number): readonly number[] => {
    const pack = table.ofListed(listed);
    return [isWhole(table, facts, pack) ? 0 : 1, garbage[pack] ?? 0, pack];
  };
  for (const [entry, others] of copied) {
    const first = pool.index.location(entry);
    if (first === null) continue;
    const { pack: listed, ...place } = first;
    const current: Duplicate = { entry, listed, ...place };
    const best = [current, ...others].reduce((least, other) =>
      compare(rank(other.listed), rank(least.listed)) < 0 ? other : least,
    );
    if (best === current) continue;
    moveEntry(pool, best);
    others.splice(others.indexOf(best), 1, current);
    const [from, to] = [table.ofListed(listed), table.ofListed(best.listed)];
    count(facts, from, true, current.length, -1);
    count(facts, from, false, current.length, 1);
    count(facts, to, false, best.length, -1);
    count(facts, to, true, best.length, 1);
  }
}

/** Makes another copy the one that counts. */
export function moveEntry(
  { index }: UpkeepPool,
  { entry, listed, offset, length, uncompressedLength }: Duplicate,
): void {
  index.relocate(entry, { pack: listed, offset, length, uncompressedLength });
}

function findUnreliable(table: PackTable, facts: PackFacts): Survey['unreliable'] {
  const unreliable: { pack: number; fileBytes: number }[] = [];
  for (let pack = 0; pack < table.packCount; pack++) {
    if (facts.usedBlobs[pack] !== 0 && !isWhole(table, facts, pack))
      unreliable.push({ pack, fileBytes: facts.fileBytes[pack] ?? -1 });
  }
  return unreliable;
}

function isWhole(table: PackTable, { fileBytes }: PackFacts, pack: number): boolean {
  const [size, least] = [fileBytes[pack] ?? -1, table.leastSize(pack)];
  return size === least || (size > least && table.listings(pack) > 1);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [position, value] of a.entries()) {
    const difference = value - (b[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The needed blobs of some packs: those of pack `n` are `entries` from `starts[n]` to `starts[n + 1]`. */
export type NeededBlobs = { readonly entries: Int32Array; readonly starts: Int32Array };

export async function listNeeded(
  pool: UpkeepPool,
  table: PackTable,
  packs: readonly number[],
  signal: AbortSignal,
): Promise<NeededBlobs> {
  const position = new Int32Array(table.packCount).fill(-1);
  for (const [at, pack] of packs.entries()) position[pack] = at;
  const starts = new Int32Array(packs.length + 1);
  const eachNeeded = (visit: (entry: number, at: number) => void): Promise<void> =>
    forEachEntry(pool.index.blobCount, signal, (entry) => {
      const pack = pool.used[entry] === 1 ? table.packOf(entry) : -1;
      const at = pack < 0 ? -1 : (position[pack] ?? -1);
      if (at >= 0) visit(entry, at);
    });
  await eachNeeded((_, at) => (starts[at + 1] = (starts[at + 1] ?? 0) + 1));
  for (let at = 0; at < packs.length; at++) starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0);
  const entries = new Int32Array(starts[packs.length] ?? 0);
  const next = starts.slice();
  await eachNeeded((entry, at) => {
    const place = next[at] ?? 0;
    entries[place] = entry;
    next[at] = place + 1;
  });
  return { entries, starts };
}
