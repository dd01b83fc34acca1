/**
 * Which native snapshots have expired: those of runs that the repository tells nothing of any more. Only what carries the
 * tags of this console, tenant, source and repository is ever looked at, and never the last good one of a volume.
 */
import { isOwn, type Owner } from './lineage.ts';
import type { NativeSnapshot } from './snapshots.ts';

export type RetentionFacts = {
  readonly owner: Owner;
  /** The id of the repository that was asked. */
  readonly repository: string;
  /** Runs that snapshots there tell of, whatever their state. */
  readonly keptRuns: ReadonlySet<string>;
  /** Which the next images are compared with. */
  readonly imageBases: ReadonlySet<string>;
  readonly nowMs: number;
};

/** What a run that was left has asked for may still be gone on with. */
const graceMs = 24 * 3_600_000;

/** `natives`: of one region and account; copies are judged where they are. */
export function expiredNatives(natives: readonly NativeSnapshot[], facts: RetentionFacts): readonly NativeSnapshot[] {
  const own = natives.filter(({ lineage }) => isOwn(lineage, facts.owner) && lineage.repository === facts.repository);
  const lastGood = lastGoodOf(own, facts);
  const twins = twinsIn(own);
  return own.filter((one) => !lastGood.has(one.id) && !facts.imageBases.has(one.id) && hasExpired(one, facts, twins));
}

function hasExpired(
  { id, state, lineage }: NativeSnapshot,
  { keptRuns, nowMs }: RetentionFacts,
  twins: ReadonlySet<string>,
): boolean {
  if (lineage === null || state === 'pending' || nowMs - lineage.takenAtMs < graceMs) return false;
  // One that failed holds nothing, and a second one of a run holds nothing more.
  if (state === 'error' || twins.has(id)) return true;
  if (lineage.keepUntilMs !== null) return nowMs >= lineage.keepUntilMs;
  return !keptRuns.has(lineage.run);
}

/** Of each volume: the newest that is completed, and the newest of those that the repository tells of. */
function lastGoodOf(own: readonly NativeSnapshot[], { keptRuns }: RetentionFacts): ReadonlySet<string> {
  const newest = new Map<string, NativeSnapshot>();
  for (const one of own) {
    if (one.state !== 'completed' || one.lineage === null) continue;
    const kinds = ['any', ...(keptRuns.has(one.lineage.run) ? ['kept'] : [])];
    for (const kind of kinds) {
      const key = `${kind} ${one.volume ?? one.id}`;
      const known = newest.get(key);
      if (known === undefined || takenAt(one) > takenAt(known)) newest.set(key, one);
    }
  }
  return new Set([...newest.values()].map(({ id }) => id));
}

function takenAt({ lineage, startedAtMs }: NativeSnapshot): number {
  return lineage?.takenAtMs ?? startedAtMs;
}

/** The later ones of several that one run has of one volume, or of one snapshot that was copied. */
function twinsIn(own: readonly NativeSnapshot[]): ReadonlySet<string> {
  const first = new Map<string, NativeSnapshot>();
  const twins = new Set<string>();
  const inOrder = own
    .filter(({ state }) => state !== 'error')
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1));
  for (const one of inOrder) {
    const key = `${one.lineage?.run} ${one.volume ?? one.id} ${one.lineage?.copyOf?.snapshot ?? ''}`;
    if (first.has(key)) twins.add(one.id);
    else first.set(key, one);
  }
  return twins;
}
