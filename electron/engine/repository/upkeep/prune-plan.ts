/** Which packs go, which are copied, which stay: decided from numbers alone. */

/** Columns with a number for each pack. Bytes are of sealed blobs; headers count as needed. */
export type PackFacts = {
  readonly usedBlobs: Uint32Array;
  readonly usedBytes: Float64Array;
  readonly unusedBlobs: Uint32Array;
  readonly unusedBytes: Float64Array;
  /** Bytes of the file; -1 where it is missing. */
  readonly fileBytes: Float64Array;
  /** See `holdsData`, `holdsTrees`. */
  readonly kinds: Uint8Array;
};

export const holdsData = 1;
export const holdsTrees = 2;

export type UnusedLimit = { readonly percent: number } | { readonly bytes: number } | 'unlimited';

export type PruneBudget = {
  /** Unneeded data that may stay in packs that also hold needed data. */
  readonly maxUnused: UnusedLimit;
  /** Bytes of packs to copy from at most. */
  readonly maxRepackBytes: number;
};

export type PackChoice = {
  /** Nothing in them is needed: they go whole. */
  readonly dead: readonly number[];
  /** Their needed blobs are copied, then they go. Those that free the most for the least copying first. */
  readonly repack: readonly number[];
  /** They hold unneeded data, less than the limit allows. */
  readonly withinLimit: readonly number[];
  /** They would be copied if the budget allowed it. */
  readonly overBudget: readonly number[];
};

export function emptyFacts(packs: number): PackFacts {
  return {
    usedBlobs: new Uint32Array(packs),
    usedBytes: new Float64Array(packs),
    unusedBlobs: new Uint32Array(packs),
    unusedBytes: new Float64Array(packs),
    fileBytes: new Float64Array(packs).fill(-1),
    kinds: new Uint8Array(packs),
  };
}

/** As restic's prune: packs with trees are always worth it, as everything that reads a snapshot reads them. */
export function choosePacks(facts: PackFacts, { maxUnused, maxRepackBytes }: PruneBudget): PackChoice {
  const { usedBlobs, unusedBlobs, unusedBytes, fileBytes, kinds } = facts;
  const dead: number[] = [];
  const candidates: number[] = [];
  for (let pack = 0; pack < usedBlobs.length; pack++) {
    if (usedBlobs[pack] === 0) dead.push(pack);
    else if (unusedBlobs[pack] !== 0 || kinds[pack] === (holdsData | holdsTrees)) candidates.push(pack);
  }
  const sum = (packs: readonly number[], column: Float64Array): number =>
    packs.reduce((total, pack) => total + at(column, pack), 0);
  const isTree = (pack: number): number => (kinds[pack] === holdsData ? 0 : 1);
  const share = (pack: number): number => at(unusedBytes, pack) / Math.max(1, at(fileBytes, pack));
  candidates.sort((a, b) => isTree(b) - isTree(a) || share(b) - share(a) || a - b);

  const limit = limitBytes(maxUnused, facts);
  const choice = { dead, repack: [] as number[], withinLimit: [] as number[], overBudget: [] as number[] };
  let unusedLeft = sum(candidates, unusedBytes);
  let repackBytes = 0;
  for (const pack of candidates) {
    if (isTree(pack) === 0 && unusedLeft <= limit) {
      choice.withinLimit.push(pack);
    } else if (repackBytes + at(fileBytes, pack) > maxRepackBytes) {
      choice.overBudget.push(pack);
    } else {
      choice.repack.push(pack);
      repackBytes += at(fileBytes, pack);
      unusedLeft -= at(unusedBytes, pack);
    }
  }
  return choice;
}

/** A percentage is of what the repository will hold then, needed and unneeded together. */
function limitBytes(limit: UnusedLimit, { usedBytes }: PackFacts): number {
  if (limit === 'unlimited') return Infinity;
  if ('bytes' in limit) return limit.bytes;
  const used = usedBytes.reduce((sum, bytes) => sum + bytes, 0);
  return limit.percent >= 100 ? Infinity : (limit.percent / (100 - limit.percent)) * used;
}

function at(column: Float64Array | Uint32Array, pack: number): number {
  return column[pack] ?? 0;
}
