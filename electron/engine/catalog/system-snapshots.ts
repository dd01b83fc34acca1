/** System snapshots: what was begun here, and what only snapshots tell of, as those of another console. */
import type { MemberState } from '../../../shared/model/system-snapshots.ts';
import type { Consistency } from '../../../shared/model/hooks.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type SystemMemberRow = {
  readonly source: string;
  readonly state: MemberState;
  readonly snapshot: string | null;
  /** Id in the config of the repository. */
  readonly repository: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly consistency: Consistency | null;
  readonly consistencyProblem: string | null;
  readonly errorMessage: string | null;
  /** From when to when a hook held it still; null: none did. */
  readonly heldFromMs: number | null;
  readonly heldToMs: number | null;
  /** When its point was taken; null: it is not known. */
  readonly takenFromMs: number | null;
  readonly takenToMs: number | null;
  /** As its snapshot states it (shared/model/together.ts); null: it is not known. */
  readonly moment: string | null;
  /** Of its hooks, as it turned out after its snapshot was stored. */
  readonly hookProblem: string | null;
};

export type NewMoment = Pick<
  SystemMemberRow,
  'source' | 'heldFromMs' | 'heldToMs' | 'takenFromMs' | 'takenToMs' | 'moment'
> & { readonly problem: string | null };

export type SystemRow = {
  readonly system: string;
  readonly description: string;
  readonly author: string;
  /** Null: known by its snapshots alone. */
  readonly job: string | null;
  readonly begunAtMs: number;
  /** Null: it runs, its engine has ended, or it is known by its snapshots alone. */
  readonly endedAtMs: number | null;
  /** For how long all may be held; null: it is not known. */
  readonly holdLimitMs: number | null;
  /** In the order in which they are taken; of those known by snapshots alone, the ones that are there. */
  readonly members: readonly SystemMemberRow[];
};

export type NewSystem = {
  readonly system: string;
  readonly description: string;
  readonly sources: readonly string[];
  readonly job: string;
  readonly holdLimitMs: number;
  readonly atMs: number;
};

type Stored = Omit<SystemRow, 'members'> & { readonly sources: string };

const columns = `system, description, actor AS author, sources, job, begun_at AS begunAtMs, ended_at AS endedAtMs,
  hold_limit_ms AS holdLimitMs`;

export const systemSnapshots = {
  writes: {
    begin({ sql, caller }: Scope, { system, description, sources, job, holdLimitMs, atMs }: NewSystem): void {
      sql(
        `INSERT INTO system_snapshots (system, tenant, actor, description, sources, job, hold_limit_ms, begun_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(system, caller.tenant, caller.actor, description, JSON.stringify(sources), job, holdLimitMs, atMs);
    },

    /** What is known of how its parts were held; what was said before is replaced. */
    noteMoments(
      { sql, caller }: Scope,
      { system, moments }: { readonly system: string; readonly moments: readonly NewMoment[] },
    ): void {
      for (const one of moments) {
        sql(
          `INSERT OR REPLACE INTO system_moments
             (system, tenant, actor, source, held_from, held_to, taken_from, taken_to, moment, problem)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          system,
          caller.tenant,
          caller.actor,
          one.source,
          one.heldFromMs,
          one.heldToMs,
          one.takenFromMs,
          one.takenToMs,
          one.moment,
          one.problem,
        );
      }
    },

    end({ sql, caller }: Scope, { system, atMs }: { system: string; atMs: number }): void {
      sql('UPDATE system_snapshots SET ended_at = ? WHERE tenant = ? AND system = ? AND ended_at IS NULL').run(
        atMs,
        caller.tenant,
        system,
      );
    },
  },

  reads: {
    /** Newest first, those before a moment; those of one job, or of all where it is null. */
    list(scope: Scope, { beforeMs, job, limit }: { beforeMs: number; job: string | null; limit: number }): SystemRow[] {
      const { sql, caller } = scope;
      const begun = sql<Stored>(
        `SELECT ${columns} FROM system_snapshots WHERE tenant = ? AND begun_at < ? AND (? IS NULL OR job = ?)
         ORDER BY begun_at DESC, id DESC LIMIT ?`,
      )
        .all(caller.tenant, beforeMs, job, job, limit)
        .map((row) => withMembers(scope, row));
      // What is known by snapshots alone is of no job that is known here.
      if (job !== null) return begun;
      const found = foundAlone(scope, beforeMs, limit);
      return [...begun, ...found].toSorted((a, b) => b.begunAtMs - a.begunAtMs).slice(0, limit);
    },

    /** Those whose id begins so; two at most. */
    matching(scope: Scope, { beginning }: { beginning: string }): SystemRow[] {
      const { sql, caller } = scope;
      const begun = sql<Stored>(
        `SELECT ${columns} FROM system_snapshots WHERE tenant = ? AND substr(system, 1, ?) = ? ORDER BY id DESC LIMIT 2`,
      )
        .all(caller.tenant, beginning.length, beginning)
        .map((row) => withMembers(scope, row));
      const found = foundAlone(scope, Number.MAX_SAFE_INTEGER, mostFound);
      return [...begun, ...found.filter(({ system }) => system.startsWith(beginning))].slice(0, 2);
    },
  },
};

const mostFound = 1000;

type Run = Omit<SystemMemberRow, keyof typeof nothingHeld>;

function withMembers(scope: Scope, { sources, ...row }: Stored): SystemRow {
  const runs = scope
    .sql<Run>(
      `SELECT source, CASE state WHEN 'asked' THEN 'waiting' WHEN 'missed' THEN 'missing'
         WHEN 'running' THEN CASE WHEN snapshot IS NULL THEN 'running' ELSE 'pending' END ELSE state END AS state, snapshot,
         repository, started_at AS startedAtMs, ended_at AS endedAtMs, consistency,
         consistency_problem AS consistencyProblem, error_message AS errorMessage
       FROM protection_runs WHERE tenant = ? AND system_run = ?`,
    )
    .all(scope.caller.tenant, row.system);
  const held = heldOf(scope, row.system);
  const bySource = new Map(runs.map((run) => [run.source, { ...nothingHeld, ...run }]));
  const isOver = row.endedAtMs !== null;
  const parts = fromSnapshots(scope, row.system);
  const members = (JSON.parse(sources) as string[]).map((source): SystemMemberRow => {
    const run = bySource.get(source);
    const part = parts.find((one) => one.source === source);
    // One whose engine was killed after its snapshot was stored is there all the same.
    const member = run === undefined || run.snapshot === null ? (part ?? run) : run;
    const noted = held.get(source);
    if (member === undefined) return { ...nothingOf(source), ...noted, state: isOver ? 'missing' : 'waiting' };
    const found = { ...member, ...(noted ?? { moment: part?.moment ?? null }) };
    return isGone(scope, found, row.endedAtMs) ? { ...found, state: 'missing', errorMessage: goneWords } : found;
  });
  return { ...row, members };
}

type HeldRow = Pick<SystemMemberRow, keyof typeof nothingHeld>;

function heldOf({ sql, caller }: Scope, system: string): ReadonlyMap<string, HeldRow> {
  const rows = sql<HeldRow & { readonly source: string }>(
    `SELECT source, held_from AS heldFromMs, held_to AS heldToMs, taken_from AS takenFromMs, taken_to AS takenToMs, moment,
       problem AS hookProblem
     FROM system_moments WHERE tenant = ? AND system = ?`,
  ).all(caller.tenant, system);
  return new Map(rows.map(({ source, ...held }) => [source, held]));
}

const nothingHeld = {
  heldFromMs: null,
  heldToMs: null,
  takenFromMs: null,
  takenToMs: null,
  moment: null,
  hookProblem: null,
} as const;

const goneWords = 'Its snapshot is not in the repository any more.';

/** The repository was listed since, and does not hold it any more. */
function isGone({ sql, caller }: Scope, { snapshot, repository }: SystemMemberRow, endedAtMs: number | null): boolean {
  if (snapshot === null || repository === null || endedAtMs === null) return false;
  const row = sql<{ listedAtMs: number; isThere: number }>(
    `SELECT r.listed_at AS listedAtMs, EXISTS (
       SELECT 1 FROM snapshots s WHERE s.repository = r.id AND s.snapshot = ?) AS isThere
     FROM repositories r WHERE r.tenant = ? AND r.repository = ?`,
  ).get(snapshot, caller.tenant, repository);
  return row !== undefined && row.isThere === 0 && row.listedAtMs > endedAtMs;
}

/** Systems that nobody has begun here, or whose record was lost with a catalog. */
function foundAlone(scope: Scope, beforeMs: number, limit: number): SystemRow[] {
  const groups = scope
    .sql<{ system: string; atMs: number; author: string }>(
      `SELECT json_extract(s.labels, '$.system') AS system, min(s.taken_at) AS atMs, min(s.actor) AS author
       FROM snapshots s JOIN repositories r ON r.id = s.repository
       WHERE r.tenant = ? AND json_extract(s.labels, '$.system') IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM system_snapshots k WHERE k.system = json_extract(s.labels, '$.system'))
       GROUP BY 1 HAVING atMs < ? ORDER BY atMs DESC LIMIT ?`,
    )
    .all(scope.caller.tenant, beforeMs, limit);
  return groups.map(({ system, atMs, author }) => ({
    system,
    description: '',
    author,
    job: null,
    begunAtMs: atMs,
    endedAtMs: null,
    holdLimitMs: null,
    members: fromSnapshots(scope, system),
  }));
}

function fromSnapshots({ sql, caller }: Scope, system: string): SystemMemberRow[] {
  const found = sql<Run & { readonly stated: string | null }>(
    `SELECT o.name AS source, CASE s.status WHEN 'unknown' THEN 'complete' ELSE s.status END AS state, s.snapshot,
       r.repository, s.taken_at AS startedAtMs, NULL AS endedAtMs, s.consistency,
       s.consistency_problem AS consistencyProblem, NULL AS errorMessage,
       json_extract(s.labels, '$.moment') AS stated
     FROM snapshots s JOIN repositories r ON r.id = s.repository JOIN sources o ON o.id = s.source
     WHERE r.tenant = ? AND json_extract(s.labels, '$.system') = ? GROUP BY o.name, o.hostname
     ORDER BY min(s.taken_at), s.id`,
  ).all(caller.tenant, system);
  return found.map(({ stated, ...run }) => ({ ...run, ...nothingHeld, moment: stated }));
}

function nothingOf(source: string): Omit<SystemMemberRow, 'state'> {
  const times = { startedAtMs: null, endedAtMs: null };
  return {
    source,
    snapshot: null,
    repository: null,
    ...times,
    consistency: null,
    consistencyProblem: null,
    errorMessage: null,
    ...nothingHeld,
  };
}
