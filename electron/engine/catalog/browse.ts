/** What screens show of snapshots: pages of them, pictures of all of a source, what came on which day. */
import { sourceKey } from '../../../shared/model/source-key.ts';
import type { HoldRow } from './holds.ts';
import type { Scope } from './operations.ts';
import { repositoryRow, type KnownSnapshot } from './snapshots.ts';

type BySource = { readonly repository: string; readonly source?: string; readonly hostname?: string };

export type HeldSnapshot = KnownSnapshot & {
  readonly hold: HoldRow | null;
  /** What its labels say of a system snapshot, as it stands there. */
  readonly system: string | null;
};

export type SnapshotPage = { readonly snapshots: HeldSnapshot[]; readonly total: number };

/** A snapshot, and the newest one of its source; itself where it is the newest. */
export type SnapshotAndNewest = { readonly own: HeldSnapshot; readonly newest: { snapshot: string; tree: string } };

/** Columns of equal length, oldest first. */
export type Timeline = {
  readonly ids: string[];
  /** Epoch milliseconds. */
  readonly takenAtMs: number[];
  readonly statuses: string[];
  readonly bytes: (number | null)[];
  readonly held: boolean[];
  /** Whether there are older ones than these. */
  readonly more: boolean;
};

export type DayCounts = {
  readonly day: number;
  complete: number;
  completeWithExceptions: number;
  partial: number;
  failed: number;
};

const pageRows = 500;
/** Positions a millisecond has, as in snapshots.ts. */
const positionsPerMs = 1024;

const columns = `snapshots.snapshot, sources.name AS source, hostname, taken_at AS takenAtMs, tree, status,
  snapshots.actor, files, bytes, consistency, consistency_problem AS consistencyProblem,
  json_extract(labels, '$.system') AS system, position, state, problem, holds.reason, holds.actor AS author, holds.since AS sinceMs,
  holds.case_reference AS caseReference`;
const tables = `snapshots JOIN sources ON sources.id = snapshots.source
  LEFT JOIN holds ON holds.tenant = snapshots.tenant AND holds.snapshot = snapshots.snapshot`;

type Row = KnownSnapshot & {
  system: string | null;
  reason: string | null;
  author: string | null;
  sinceMs: number | null;
  caseReference: string | null;
};

export const browse = {
  writes: {},
  reads: {
    /** Newest first; `before` is the position of the last one on the page before. */
    page(scope: Scope, input: BySource & { before?: number; limit: number }): SnapshotPage {
      const { sql } = scope;
      const limit = Math.min(input.limit, pageRows);
      const before = input.before ?? Number.MAX_SAFE_INTEGER;
      const repository = repositoryRow(scope, input.repository);
      if (input.source === undefined && input.hostname === undefined) {
        const rows = sql<Row>(
          `SELECT ${columns} FROM ${tables} WHERE snapshots.repository = ? AND position < ?
           ORDER BY position DESC LIMIT ?`,
        ).all(repository, before, limit);
        const count = sql<{ count: number }>('SELECT count(*) AS count FROM snapshots WHERE repository = ?');
        return { snapshots: rows.map(withHold), total: count.get(repository)?.count ?? 0 };
      }
      const found: HeldSnapshot[] = [];
      let total = 0;
      for (const source of sourcesOf(scope, repository, input)) {
        const rows = sql<Row>(
          `SELECT ${columns} FROM ${tables} WHERE snapshots.source = ? AND position < ? ORDER BY position DESC LIMIT ?`,
        ).all(source, before, limit);
        found.push(...rows.map(withHold));
        const count = sql<{ count: number }>('SELECT count(*) AS count FROM snapshots WHERE source = ?');
        total += count.get(source)?.count ?? 0;
      }
      found.sort((a, b) => b.position - a.position);
      return { snapshots: found.slice(0, limit), total };
    },

    /** Null where the catalog does not know it. */
    one(scope: Scope, input: { repository: string; snapshot: string }): SnapshotAndNewest | null {
      const { sql } = scope;
      const repository = repositoryRow(scope, input.repository);
      const query = `SELECT ${columns} FROM ${tables} WHERE snapshots.repository = ? AND snapshots.snapshot = ?`;
      const own = sql<Row>(query).get(repository, input.snapshot);
      if (own === undefined) return null;
      const [source] = sourcesOf(scope, repository, own);
      return { own: withHold(own), newest: newestOf(scope, source ?? null) ?? own };
    },

    /** The newest snapshot of a source; null where the catalog knows none. */
    newest(scope: Scope, input: Required<BySource>): { snapshot: string; tree: string; takenAtMs: number } | null {
      const [source] = sourcesOf(scope, repositoryRow(scope, input.repository), input);
      return newestOf(scope, source ?? null);
    },

    timeline(scope: Scope, input: BySource & { limit: number }): Timeline {
      const repository = repositoryRow(scope, input.repository);
      const isAll = input.source === undefined && input.hostname === undefined;
      const rows = isAll
        ? timelineRows(scope, 'repository', repository, input.limit)
        : sourcesOf(scope, repository, input).flatMap((source) => timelineRows(scope, 'source', source, input.limit));
      rows.sort((a, b) => a.position - b.position);
      const shown = rows.slice(-input.limit);
      return {
        ids: shown.map(({ snapshot }) => snapshot),
        takenAtMs: shown.map(({ takenAtMs }) => takenAtMs),
        statuses: shown.map(({ status }) => status),
        bytes: shown.map(({ bytes }) => bytes),
        held: shown.map(({ held }) => held === 1),
        more: rows.length > shown.length,
      };
    },

    /**
     * What came on which day, by key of the source; days without anything are left out. `bounds` are the beginnings of
     * the days, and the end of the last, in epoch milliseconds.
     */
    days(
      scope: Scope,
      input: { keys: readonly string[]; bounds: readonly number[]; ownHostname: string },
    ): Record<string, DayCounts[]> {
      const wanted = new Map(input.keys.map((key) => [key, new Days(input.bounds)]));
      for (const { id, name, hostname } of tenantSources(scope)) {
        const days = wanted.get(sourceKey(name, hostname, input.ownHostname));
        if (days !== undefined) countSnapshots(scope, id, days);
      }
      for (const [key, days] of wanted) countFailures(scope, key, days);
      return Object.fromEntries(
        [...wanted].map(([key, days]) => [key, days.counts] as const).filter(([, counts]) => counts.length > 0),
      );
    },
  },
};

function withHold({ reason, author, sinceMs, caseReference, ...known }: Row): HeldSnapshot {
  if (reason === null || author === null || sinceMs === null) return { ...known, hold: null };
  return { ...known, hold: { snapshot: known.snapshot, reason, author, sinceMs, case: caseReference } };
}

function sourcesOf({ sql }: Scope, repository: number | null, { source, hostname }: Partial<BySource>): number[] {
  const query = `SELECT id FROM sources WHERE repository = ? AND (? IS NULL OR name = ?) AND (? IS NULL OR hostname = ?)`;
  return sql<{ id: number }>(query)
    .all(repository, source ?? null, source ?? null, hostname ?? null, hostname ?? null)
    .map(({ id }) => id);
}

type Newest = { snapshot: string; tree: string; takenAtMs: number };

function newestOf({ sql }: Scope, source: number | null): Newest | null {
  const query =
    'SELECT snapshot, tree, taken_at AS takenAtMs FROM snapshots WHERE source = ? ORDER BY position DESC LIMIT 1';
  return sql<Newest>(query).get(source) ?? null;
}

type TimelineRow = {
  snapshot: string;
  takenAtMs: number;
  status: string;
  bytes: number | null;
  position: number;
  held: number;
};

/** The newest ones, and one more where there are more. */
function timelineRows(
  { sql, caller }: Scope,
  of: 'repository' | 'source',
  id: number | null,
  limit: number,
): TimelineRow[] {
  return sql<TimelineRow>(
    `SELECT snapshot, taken_at AS takenAtMs, status, bytes, position,
       snapshot IN (SELECT snapshot FROM holds WHERE tenant = ?) AS held
     FROM snapshots WHERE ${of} = ? ORDER BY position DESC LIMIT ?`,
  ).all(caller.tenant, id, limit + 1);
}

type SourceRow = { id: number; name: string; hostname: string };

function tenantSources({ sql, caller }: Scope): SourceRow[] {
  return sql<SourceRow>(
    `SELECT sources.id, name, hostname FROM repositories JOIN sources ON sources.repository = repositories.id
     WHERE repositories.tenant = ?`,
  ).all(caller.tenant);
}

function countSnapshots({ sql }: Scope, source: number, days: Days): void {
  const rows = sql<{ takenAtMs: number; status: string }>(
    'SELECT taken_at AS takenAtMs, status FROM snapshots WHERE source = ? AND position >= ? AND position < ?',
  ).iterate(source, days.from * positionsPerMs, days.to * positionsPerMs);
  for (const { takenAtMs, status } of rows) days.add(takenAtMs, columnOf(status));
}

/** A program that says nothing about it would not have ended well otherwise. */
function columnOf(status: string): Exclude<keyof DayCounts, 'day' | 'failed'> {
  if (status === 'pending') return 'partial';
  return status === 'partial' || status === 'completeWithExceptions' ? status : 'complete';
}

function countFailures({ sql, caller }: Scope, title: string, days: Days): void {
  const rows = sql<{ at: number }>(
    `SELECT coalesce(ended_at, queued_at) AS at FROM jobs
     WHERE tenant = ? AND kind = 'protect' AND title = ? AND state = 'failed'`,
  ).iterate(caller.tenant, title);
  for (const { at } of rows) days.add(at, 'failed');
}

class Days {
  readonly from: number;
  readonly to: number;
  readonly #bounds: readonly number[];
  readonly #counts = new Map<number, DayCounts>();
  #latest = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.from = bounds[0] ?? 0;
    this.to = bounds.at(-1) ?? 0;
  }

  get counts(): DayCounts[] {
    return [...this.#counts.values()].sort((a, b) => a.day - b.day);
  }

  add(atMs: number, what: Exclude<keyof DayCounts, 'day'>): void {
    const day = this.#dayOf(atMs);
    if (day === null) return;
    const counts = this.#counts.get(day) ?? { day, complete: 0, completeWithExceptions: 0, partial: 0, failed: 0 };
    this.#counts.set(day, counts);
    counts[what] += 1;
  }

  /** Times mostly come in order, so the day is the latest one or one behind it. */
  #dayOf(atMs: number): number | null {
    if (atMs < this.from || atMs >= this.to) return null;
    if (atMs < (this.#bounds[this.#latest] as number)) this.#latest = 0;
    while (atMs >= (this.#bounds[this.#latest + 1] as number)) this.#latest += 1;
    return this.#latest;
  }
}
