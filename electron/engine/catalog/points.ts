/** Recovery points: a snapshot with all its copies, and what decides whether it is the one to restore from. */
import type { Scope } from './operations.ts';

/** A copy of a point; ids are those in the repository's config and there. */
export type PointCopy = { readonly repository: string; readonly snapshot: string };

/** Times are epoch milliseconds. */
export type PointRow = {
  /** As it is called where it was taken: the same for all copies. */
  readonly original: string;
  readonly copies: readonly PointCopy[];
  readonly source: string;
  readonly hostname: string;
  readonly takenAtMs: number;
  readonly status: string;
  readonly consistency: string | null;
  readonly consistencyProblem: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly hold: {
    readonly snapshot: string;
    readonly reason: string;
    readonly author: string;
    readonly sinceMs: number;
  } | null;
  /** Why somebody has to suspect it; null: nobody has to. */
  readonly suspect: string | null;
  /** When all or a part of it was last brought back and found as stored. */
  readonly verified: { readonly atMs: number; readonly how: 'drill' | 'restore' } | null;
  /** The run of protection that took it, as its native snapshots name it; null where nobody knows. */
  readonly run: string | null;
};

export type HeldCopy = PointCopy & {
  readonly original: string;
  readonly source: string;
  readonly takenAtMs: number;
  readonly bytes: number | null;
};

type Row = Omit<PointRow, 'copies' | 'hold' | 'suspect' | 'verified' | 'run'> & PointCopy;

const mostRows = 5_000;

export const points = {
  writes: {},
  reads: {
    /** Of a source in all repositories, newest first; `total` counts those that are left out, too. */
    list(
      scope: Scope,
      { source, hostname, limit }: { source: string; hostname: string | null; limit: number },
    ): { points: PointRow[]; total: number } {
      const rows = scope
        .sql<Row>(
          `SELECT coalesce(s.original, s.snapshot) AS original, s.snapshot, r.repository, o.name AS source, o.hostname,
             s.taken_at AS takenAtMs, s.status, s.consistency, s.consistency_problem AS consistencyProblem, s.files, s.bytes
           FROM repositories r JOIN sources o ON o.repository = r.id JOIN snapshots s ON s.source = o.id
           WHERE r.tenant = ? AND o.name = ? AND (? IS NULL OR o.hostname = ?) ORDER BY s.taken_at DESC, s.id LIMIT ${mostRows}`,
        )
        .all(scope.caller.tenant, source, hostname, hostname);
      const groups = [...Map.groupBy(rows, ({ original }) => original).values()];
      const known = knownOf(scope, source);
      return { points: groups.slice(0, limit).flatMap((group) => pointOf(group, known)), total: groups.length };
    },

    /** The source of a snapshot, by its id or the beginning of one; null where the catalog knows none. */
    sourceOf({ sql, caller }: Scope, { snapshot }: { snapshot: string }): { source: string; hostname: string } | null {
      const row = sql<{ source: string; hostname: string }>(
        `SELECT o.name AS source, o.hostname FROM snapshots s JOIN sources o ON o.id = s.source
         JOIN repositories r ON r.id = s.repository WHERE r.tenant = ? AND s.snapshot >= ? AND s.snapshot < ? LIMIT 1`,
      ).get(caller.tenant, snapshot, `${snapshot}g`);
      return row ?? null;
    },

    /** All copies of these snapshots, each named by its id in whichever repository. */
    copies({ sql, caller }: Scope, { snapshots }: { snapshots: readonly string[] }): Record<string, HeldCopy[]> {
      const found = Object.create(null) as Record<string, HeldCopy[]>;
      for (const snapshot of snapshots) {
        const own = sql<{ original: string; source: string }>(
          `SELECT coalesce(s.original, s.snapshot) AS original, o.name AS source FROM snapshots s
           JOIN sources o ON o.id = s.source JOIN repositories r ON r.id = s.repository
           WHERE r.tenant = ? AND (s.snapshot = ? OR s.original = ?) LIMIT 1`,
        ).get(caller.tenant, snapshot, snapshot);
        if (own === undefined) continue;
        found[snapshot] = sql<HeldCopy>(
          `SELECT r.repository, s.snapshot, coalesce(s.original, s.snapshot) AS original, o.name AS source,
             s.taken_at AS takenAtMs, s.bytes
           FROM repositories r JOIN sources o ON o.repository = r.id JOIN snapshots s ON s.source = o.id
           WHERE r.tenant = ? AND o.name = ? AND coalesce(s.original, s.snapshot) = ?`,
        ).all(caller.tenant, own.source, own.original);
      }
      return found;
    },
  },
};

type Known = {
  readonly holds: ReadonlyMap<string, NonNullable<PointRow['hold']>>;
  readonly suspects: ReadonlyMap<string, string>;
  readonly drilled: ReadonlyMap<string, number>;
  readonly restored: ReadonlyMap<string, number>;
  readonly runs: ReadonlyMap<string, string>;
};

/** By id of a snapshot, whichever copy it was told of. */
function knownOf({ sql, caller }: Scope, source: string): Known {
  const { tenant } = caller;
  const holds = sql<NonNullable<PointRow['hold']>>(
    'SELECT snapshot, reason, actor AS author, since AS sinceMs FROM holds WHERE tenant = ?',
  ).all(tenant);
  const suspects = sql<{ snapshot: string; reason: string }>(
    'SELECT snapshot, reason FROM suspect_snapshots WHERE tenant = ? AND cleared_at IS NULL',
  ).all(tenant);
  const drilled = sql<{ snapshot: string; atMs: number }>(
    `SELECT snapshot, max(ended_at) AS atMs FROM drills
     WHERE tenant = ? AND source = ? AND state = 'passed' AND snapshot IS NOT NULL AND ended_at IS NOT NULL GROUP BY snapshot`,
  ).all(tenant, source);
  const restored = sql<{ snapshot: string; atMs: number }>(
    `SELECT h.snapshot, max(v.ended_at) AS atMs FROM restore_run_snapshots h
     JOIN restore_run_steps v ON v.run = h.run AND v.step = 'verify' AND v.state = 'done'
     WHERE h.tenant = ? AND v.ended_at IS NOT NULL GROUP BY h.snapshot`,
  ).all(tenant);
  const runs = sql<{ snapshot: string; run: string }>(
    'SELECT snapshot, run FROM protection_runs WHERE tenant = ? AND source = ? AND snapshot IS NOT NULL',
  ).all(tenant, source);
  return {
    holds: new Map(holds.map((hold) => [hold.snapshot, hold])),
    suspects: new Map(suspects.map(({ snapshot, reason }) => [snapshot, reason])),
    drilled: new Map(drilled.map(({ snapshot, atMs }) => [snapshot, atMs])),
    restored: new Map(restored.map(({ snapshot, atMs }) => [snapshot, atMs])),
    runs: new Map(runs.map(({ snapshot, run }) => [snapshot, run])),
  };
}

function pointOf(group: readonly Row[], known: Known): PointRow[] {
  const [first] = group;
  if (first === undefined) return [];
  // Of all copies, the one that was taken here tells most; they state the same otherwise.
  const {
    repository: _repository,
    snapshot: _snapshot,
    ...facts
  } = group.find(({ snapshot, original }) => snapshot === original) ?? first;
  const ids = [facts.original, ...group.map(({ snapshot }) => snapshot)];
  return [
    {
      ...facts,
      copies: group.map(({ repository, snapshot }) => ({ repository, snapshot })),
      hold: firstOf(known.holds, ids),
      suspect: firstOf(known.suspects, ids),
      verified: newestOf(ids, known),
      run: firstOf(known.runs, ids),
    },
  ];
}

function newestOf(ids: readonly string[], { drilled, restored }: Known): PointRow['verified'] {
  const [newest] = ids
    .flatMap((id) => [
      { how: 'drill' as const, atMs: drilled.get(id) },
      { how: 'restore' as const, atMs: restored.get(id) },
    ])
    .flatMap(({ how, atMs }) => (atMs === undefined ? [] : [{ how, atMs }]))
    .toSorted((a, b) => b.atMs - a.atMs);
  return newest ?? null;
}

function firstOf<Value>(known: ReadonlyMap<string, Value>, ids: readonly string[]): Value | null {
  for (const id of ids) {
    const found = known.get(id);
    if (found !== undefined) return found;
  }
  return null;
}
