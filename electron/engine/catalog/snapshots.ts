/** Snapshots as the catalog knows them, and how far each has been taken in. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Consistency } from '../../../shared/model/hooks.ts';
import type { LabelledSnapshot } from '../../../shared/model/period-retention.ts';
import { forgetSuspect, markSuspect } from './incidents.ts';
import type { Scope } from './operations.ts';
import { forgetSnapshot, snapshotColumns, undoIndexing, type SnapshotRow } from './indexing-state.ts';

/** A snapshot as it was found in a repository. */
export type FoundSnapshot = {
  readonly snapshot: string;
  readonly source: string;
  readonly hostname: string;
  readonly takenAtMs: number;
  readonly tree: string;
  readonly status: string;
  /** Who took it, as it says; restic's say nothing. */
  readonly actor: string;
  /** Files and their bytes in all of it; null where whoever took it did not say. */
  readonly files: number | null;
  readonly bytes: number | null;
  /** Why it looks as if something had happened to its source; null: it does not. */
  readonly suspicion: string | null;
  /** Whether its source held still, as it says; null: nothing was asked to. */
  readonly consistency: Consistency | null;
  readonly consistencyProblem: string | null;
  /** What its periods are; null where it states none. */
  readonly labels: SnapshotLabels | null;
  /** What it is a copy of; null: of none, as it says. */
  readonly original?: string | null;
};

export type SnapshotLabels = Pick<
  LabelledSnapshot,
  'profile' | 'periods' | 'lockedUntil' | 'system' | 'fetchedUntil'
> & { readonly moment?: string };

export type SnapshotState = 'listed' | 'indexing' | 'indexed' | 'unreadable';

export type KnownSnapshot = Omit<FoundSnapshot, 'suspicion' | 'labels' | 'original'> & {
  readonly position: number;
  readonly state: SnapshotState;
  readonly problem: string | null;
};

export type SnapshotCounts = Readonly<Record<SnapshotState, number>>;

const pageRows = 500;
const stepRows = 50;

/** Between two milliseconds: room for snapshots that were taken in the same one. */
const positionsPerMs = 1024;
/** In the year 2223; a forged time beyond it must not leave the numbers that are exact. */
const latestMs = 8e12;

export const snapshots = {
  writes: {
    /** Takes down snapshots that were found. `others` are no data of this tenant: they are not asked for again. */
    *add(
      scope: Scope,
      input: { repository: string; found: readonly FoundSnapshot[]; others: readonly string[] },
    ): Generator<void, void, void> {
      const repository = repositoryRow(scope, input.repository);
      if (repository === null) return;
      const { sql } = scope;
      for (const [count, other] of input.others.entries()) {
        sql('INSERT OR IGNORE INTO other_snapshots (repository, snapshot) VALUES (?, ?)').run(repository, other);
        if (count % stepRows === 0) yield;
      }
      for (const [count, found] of input.found.entries()) {
        addSnapshot(scope, repository, found);
        if (found.suspicion !== null) markSuspect(scope, { ...found, reason: found.suspicion, atMs: found.takenAtMs });
        if (count % stepRows === 0) yield;
      }
    },

    /** Forgets snapshots that are no longer in the repository, and what only they had. */
    *forget(scope: Scope, input: { repository: string; gone: readonly string[] }): Generator<void, void, void> {
      const repository = repositoryRow(scope, input.repository);
      if (repository === null) return;
      for (const snapshot of input.gone) {
        yield* forgetSnapshot(scope, repository, snapshot);
        scope.sql('DELETE FROM other_snapshots WHERE repository = ? AND snapshot = ?').run(repository, snapshot);
        forgetSuspect(scope, snapshot);
        yield;
      }
    },

    /** Has tried again what could not be read, or not in all its parts. */
    *retry(scope: Scope, input: { repository: string }): Generator<void, void, void> {
      const { sql } = scope;
      const repository = repositoryRow(scope, input.repository);
      const query = `SELECT ${snapshotColumns} FROM snapshots WHERE repository = ? AND problem IS NOT NULL`;
      for (const row of sql<SnapshotRow>(query).all(repository)) {
        if (row.state === 'indexed') yield* undoIndexing(scope, row, null);
        else sql("UPDATE snapshots SET state = 'listed', problem = NULL WHERE id = ?").run(row.id);
      }
    },
  },

  reads: {
    /** Holds what is there against what is known: `unknown` is new, `gone` is known and no longer there. */
    compare(
      scope: Scope,
      input: { repository: string; present: readonly string[] },
    ): { unknown: string[]; gone: string[] } {
      const repository = repositoryRow(scope, input.repository);
      const query =
        'SELECT snapshot FROM snapshots WHERE repository = ? UNION ALL SELECT snapshot FROM other_snapshots WHERE repository = ?';
      const known = new Set(
        scope
          .sql<{ snapshot: string }>(query)
          .all(repository, repository)
          .map(({ snapshot }) => snapshot),
      );
      const present = new Set(input.present);
      return {
        unknown: [...present.difference(known)],
        gone: [...known.difference(present)],
      };
    },

    /** Newest first; `before` is the position of the last one on the page before. */
    list(
      scope: Scope,
      input: { repository: string; source?: string; before?: number; limit?: number },
    ): KnownSnapshot[] {
      return scope
        .sql<KnownSnapshot>(
          `SELECT snapshot, sources.name AS source, hostname, taken_at AS takenAtMs, tree, status, snapshots.actor, files, bytes,
             consistency, consistency_problem AS consistencyProblem, position, state, problem
           FROM snapshots JOIN sources ON sources.id = snapshots.source
           WHERE snapshots.repository = ? AND (? IS NULL OR sources.name = ?) AND position < ?
           ORDER BY position DESC LIMIT ?`,
        )
        .all(
          repositoryRow(scope, input.repository),
          input.source ?? null,
          input.source ?? null,
          input.before ?? Number.MAX_SAFE_INTEGER,
          Math.min(input.limit ?? pageRows, pageRows),
        );
    },

    /** The id of the snapshot that an id, a prefix of one or `latest` means. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. */
    resolve(scope: Scope, input: { repository: string; reference: string; source?: string }): string {
      const { reference, source = null } = input;
      const isId = /^[0-9a-f]{1,64}$/.test(reference);
      const rows =
        isId || reference === 'latest'
          ? scope
              .sql<{ snapshot: string }>(
                `SELECT snapshot FROM snapshots JOIN sources ON sources.id = snapshots.source
                 WHERE snapshots.repository = ? AND (? IS NULL OR name = ?) AND snapshot >= ? AND snapshot < ?
                 ORDER BY position DESC LIMIT 2`,
              )
              .all(
                repositoryRow(scope, input.repository),
                source,
                source,
                isId ? reference : '',
                // Behind every id with this beginning, and before any with another.
                isId ? `${reference}g` : 'g',
              )
          : [];
      const [found, another] = rows;
      if (found === undefined) {
        const text = reference === 'latest' ? 'There is no snapshot yet.' : `No snapshot is called ${reference}.`;
        throw new HoldfastError('SNAPSHOT_NOT_FOUND', text);
      }
      if (isId && another !== undefined)
        throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `More than one snapshot begins with ${reference}.`);
      return found.snapshot;
    },

    counts(scope: Scope, input: { repository: string; source?: string; hostname?: string }): SnapshotCounts {
      const rows = scope
        .sql<{ state: SnapshotState; count: number }>(
          `SELECT state, count(*) AS count FROM snapshots JOIN sources ON sources.id = snapshots.source
           WHERE snapshots.repository = ? AND (? IS NULL OR name = ?) AND (? IS NULL OR hostname = ?) GROUP BY state`,
        )
        .all(
          repositoryRow(scope, input.repository),
          input.source ?? null,
          input.source ?? null,
          input.hostname ?? null,
          input.hostname ?? null,
        );
      const counts = { listed: 0, indexing: 0, indexed: 0, unreadable: 0 };
      for (const { state, count } of rows) counts[state] = count;
      return counts;
    },
  },
};

/** The caller's row of a repository; null where the caller has none. */
export function repositoryRow({ sql, caller }: Scope, repository: string): number | null {
  const query = 'SELECT id FROM repositories WHERE tenant = ? AND repository = ?';
  return sql<{ id: number }>(query).get(caller.tenant, repository)?.id ?? null;
}

function addSnapshot(scope: Scope, repository: number, found: FoundSnapshot): void {
  const { sql, caller } = scope;
  const known = sql('SELECT 1 FROM snapshots WHERE repository = ? AND snapshot = ?').get(repository, found.snapshot);
  if (known !== undefined) return;
  sql(
    `INSERT INTO snapshots (repository, source, tenant, actor, snapshot, taken_at, position, tree, status, files, bytes,
       labels, consistency, consistency_problem, original, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'listed')`,
  ).run(
    repository,
    sourceRow(scope, repository, found),
    caller.tenant,
    found.actor,
    found.snapshot,
    found.takenAtMs,
    freePosition(scope, found.takenAtMs),
    found.tree,
    found.status,
    found.files,
    found.bytes,
    found.labels === null ? null : JSON.stringify(found.labels),
    found.consistency,
    found.consistencyProblem,
    found.original ?? null,
  );
}

function sourceRow({ sql, caller }: Scope, repository: number, { source, hostname }: FoundSnapshot): number {
  sql(
    'INSERT INTO sources (repository, tenant, actor, name, hostname) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(repository, caller.tenant, caller.actor, source, hostname);
  const query = 'SELECT id FROM sources WHERE repository = ? AND name = ? AND hostname = ?';
  return (sql<{ id: number }>(query).get(repository, source, hostname) as { id: number }).id;
}

/** Positions are in the order of time, and none is given twice. */
function freePosition({ sql }: Scope, takenAtMs: number): number {
  const query = 'SELECT max(position) AS taken FROM snapshots WHERE position >= ? AND position < ?';
  // From one on: zero is where versions begin that no snapshot is known to have brought.
  for (let from = Math.min(Math.max(takenAtMs, 0), latestMs) * positionsPerMs + 1; ; from += positionsPerMs) {
    const taken = sql<{ taken: number | null }>(query).get(from, from + positionsPerMs)?.taken ?? null;
    if (taken === null) return from;
    if (taken + 1 < from + positionsPerMs) return taken + 1;
  }
}
