/** What a prune will do, in numbers, one category for each reason. */
import type { UnfinishedFile } from '../backend/backend.ts';
import type { PackChoice } from './prune-plan.ts';
import type { Survey } from './survey.ts';

export type PackSum = { readonly packs: number; readonly bytes: number };

export type PrunePlan = {
  readonly snapshots: number;
  /** Blobs that snapshots need, one copy of each. */
  readonly used: { readonly blobs: number; readonly bytes: number };
  /** No snapshot needs anything in these packs. */
  readonly dead: PackSum & { readonly blobs: number };
  /** Packs in no index, left by a run that broke off. */
  readonly leftovers: PackSum;
  /** Temporary files that killed saves have left, old enough to be nobody's. */
  readonly unfinished: { readonly files: number; readonly bytes: number };
  /** Listed in the index, but gone, and needed by nobody: they leave the index. */
  readonly missing: { readonly packs: number };
  /** Packs whose needed blobs are copied, so that the rest of them can go. */
  readonly repack: PackSum & {
    readonly copiedBlobs: number;
    readonly copiedBytes: number;
    readonly freedBlobs: number;
    readonly freedBytes: number;
  };
  /** Further copies of needed blobs, in whatever packs they lie. */
  readonly duplicates: { readonly blobs: number; readonly bytes: number };
  /** Unneeded bytes that stay: too few to be worth copying what is beside them. */
  readonly withinLimit: PackSum;
  /** Unneeded bytes that stay: copying what is beside them would exceed the budget. */
  readonly overBudget: PackSum;
  readonly freedBytes: number;
};

export function describePlan(
  { facts, unlisted, duplicates }: Survey,
  choice: PackChoice,
  unfinished: readonly UnfinishedFile[],
  snapshots: number,
): PrunePlan {
  const { usedBlobs, usedBytes, unusedBlobs, unusedBytes, fileBytes } = facts;
  const sum = (packs: readonly number[], column: Float64Array | Uint32Array): number =>
    packs.reduce((total, pack) => total + Math.max(0, column[pack] ?? 0), 0);
  const unusedIn = (packs: readonly number[]): PackSum => ({ packs: packs.length, bytes: sum(packs, unusedBytes) });
  const isThere = (pack: number): boolean => (fileBytes[pack] ?? -1) >= 0;
  const dead = choice.dead.filter(isThere);
  const deadBytes = sum(dead, fileBytes);
  const leftoverBytes = unlisted.reduce((total, { size }) => total + size, 0);
  const unfinishedBytes = unfinished.reduce((total, { size }) => total + size, 0);
  const freedBytes = sum(choice.repack, unusedBytes);
  return {
    snapshots,
    used: { blobs: sumOf(usedBlobs), bytes: sumOf(usedBytes) },
    dead: { packs: dead.length, blobs: sum(dead, unusedBlobs), bytes: deadBytes },
    leftovers: { packs: unlisted.length, bytes: leftoverBytes },
    unfinished: { files: unfinished.length, bytes: unfinishedBytes },
    missing: { packs: choice.dead.length - dead.length },
    repack: {
      packs: choice.repack.length,
      bytes: sum(choice.repack, fileBytes),
      copiedBlobs: sum(choice.repack, usedBlobs),
      copiedBytes: sum(choice.repack, usedBytes),
      freedBlobs: sum(choice.repack, unusedBlobs),
      freedBytes,
    },
    duplicates,
    withinLimit: unusedIn(choice.withinLimit),
    overBudget: unusedIn(choice.overBudget),
    freedBytes: deadBytes + leftoverBytes + unfinishedBytes + freedBytes,
  };
}

function sumOf(column: Float64Array | Uint32Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
}
