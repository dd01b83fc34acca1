/** What retention goes by and waits for: labels of snapshots, questions to an operator, locks that are being opened. */
import { releaseWaitMs } from '../../../shared/model/hold-cases.ts';
import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { LabelledSnapshot } from '../../../shared/model/period-retention.ts';
import type { SourceFigures } from '../../../shared/model/profile-preview.ts';
import type { Scope } from './operations.ts';
import type { SnapshotLabels } from './snapshots.ts';

/** Times are epoch milliseconds. */
export type ReviewRow = {
  readonly review: string;
  readonly source: string;
  /** The id in its config. */
  readonly repository: string;
  readonly reason: string;
  readonly snapshots: readonly string[];
  readonly kept: number;
  readonly askedAtMs: number;
  readonly decidedAtMs: number | null;
  readonly decidedBy: string | null;
  readonly decision: 'remove' | 'keep' | null;
};

export type UnlockRow = {
  readonly snapshot: string;
  readonly source: string;
  readonly reason: string;
  readonly author: string;
  readonly requestedAtMs: number;
  readonly readyAtMs: number;
};

type StoredReview = Omit<ReviewRow, 'snapshots'> & { readonly snapshots: string };

export const unlockWaitMs = releaseWaitMs;
/** Of one source; more are not judged by the catalog. */
const mostSnapshots = 20_000;
const mostRuns = 100;
/** Of a source of which nothing has ended well for long, no more are looked at. */
const lookedAtRuns = 1000;

const reviewColumns = `review, source, repository, reason, snapshots, kept, asked_at AS askedAtMs,
  decided_at AS decidedAtMs, decided_by AS decidedBy, decision`;
const unlockColumns = 'snapshot, source, reason, actor AS author, requested_at AS requestedAtMs, ready_at AS readyAtMs';

export const retention = {
  writes: {
    /** One question for a source in a repository is open at a time: it is brought up to date. */
    ask(
      scope: Scope,
      input: Pick<ReviewRow, 'source' | 'repository' | 'reason' | 'snapshots' | 'kept'> & { readonly atMs: number },
    ): ReviewRow {
      const { sql, caller } = scope;
      const { source, repository, reason, snapshots, kept, atMs } = input;
      const open = openReview(scope, input);
      const review = open?.review ?? randomBytes(8).toString('hex');
      sql(
        `INSERT OR REPLACE INTO retention_reviews
           (review, tenant, actor, source, repository, reason, snapshots, kept, asked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        review,
        caller.tenant,
        caller.actor,
        source,
        repository,
        reason,
        JSON.stringify(snapshots),
        kept,
        open?.askedAtMs ?? atMs,
      );
      return mustFindReview(scope, review);
    },

    /** What was asked is no question any more. */
    withdraw(scope: Scope, input: Pick<ReviewRow, 'source' | 'repository'>): void {
      const open = openReview(scope, input);
      if (open === null) return;
      scope.sql('DELETE FROM retention_reviews WHERE tenant = ? AND review = ?').run(scope.caller.tenant, open.review);
    },

    /** REVIEW_UNKNOWN where it is decided already. */
    decide(
      scope: Scope,
      { review, decision, atMs }: { review: string; decision: 'remove' | 'keep'; atMs: number },
    ): ReviewRow {
      const { tenant, actor } = scope.caller;
      const { changes } = scope
        .sql(
          `UPDATE retention_reviews SET decision = ?, decided_at = ?, decided_by = ?
           WHERE tenant = ? AND review = ? AND decision IS NULL`,
        )
        .run(decision, atMs, actor, tenant, review);
      if (changes !== 1) throw new HoldfastError('REVIEW_UNKNOWN', `No question ${review} is open.`);
      return mustFindReview(scope, review);
    },

    /** A request that is there already goes on as it was. */
    requestUnlock(
      scope: Scope,
      { snapshot, source, reason, atMs }: { snapshot: string; source: string; reason: string; atMs: number },
    ): UnlockRow {
      const { sql, caller } = scope;
      sql(
        `INSERT OR IGNORE INTO unlock_requests (tenant, actor, snapshot, source, reason, requested_at, ready_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(caller.tenant, caller.actor, snapshot, source, reason, atMs, atMs + unlockWaitMs);
      return mustFindUnlock(scope, snapshot);
    },

    /** It is locked as before. SNAPSHOT_NOT_LOCKED where nobody has asked. */
    cancelUnlock(scope: Scope, { snapshot }: { snapshot: string }): UnlockRow {
      const row = mustFindUnlock(scope, snapshot);
      scope.sql('DELETE FROM unlock_requests WHERE tenant = ? AND snapshot = ?').run(scope.caller.tenant, snapshot);
      return row;
    },
  },

  reads: {
    /** Those that are open, or all; newest first. */
    reviews({ sql, caller }: Scope, { open, limit }: { open: boolean; limit: number }): ReviewRow[] {
      const query = `SELECT ${reviewColumns} FROM retention_reviews
        WHERE tenant = ? AND (? = 0 OR decision IS NULL) ORDER BY asked_at DESC, review LIMIT ?`;
      return sql<StoredReview>(query)
        .all(caller.tenant, open ? 1 : 0, limit)
        .map(presentReview);
    },

    /** Ids of snapshots that somebody has decided about. */
    decided(
      { sql, caller }: Scope,
      { source, repository }: Pick<ReviewRow, 'source' | 'repository'>,
    ): { readonly approved: string[]; readonly spared: string[] } {
      const rows = sql<{ snapshots: string; decision: string }>(
        `SELECT snapshots, decision FROM retention_reviews
         WHERE tenant = ? AND source = ? AND repository = ? AND decision IS NOT NULL`,
      ).all(caller.tenant, source, repository);
      const of = (wanted: string): string[] =>
        rows
          .filter(({ decision }) => decision === wanted)
          .flatMap(({ snapshots }) => JSON.parse(snapshots) as string[]);
      return { approved: of('remove'), spared: of('keep') };
    },

    /** All of them. */
    unlocks({ sql, caller }: Scope, _input: null): UnlockRow[] {
      return sql<UnlockRow>(
        `SELECT ${unlockColumns} FROM unlock_requests WHERE tenant = ? ORDER BY requested_at, snapshot LIMIT 10000`,
      ).all(caller.tenant);
    },

    /** Of the source on that machine, in the repository with that id in its config, or in the one that has its newest one, a site only where no other has any; newest first. */
    labelled(
      { sql, caller }: Scope,
      { source, hostname, repository = null }: { source: string; hostname: string; repository?: string | null },
    ): {
      readonly repository: string | null;
      /** `bytes` of what is in it; null where the program that took it did not say. */
      readonly snapshots: (LabelledSnapshot & { readonly bytes: number | null })[];
    } {
      const [newest] = sql<{ id: number; repository: string }>(
        `SELECT s.repository AS id, r.repository FROM snapshots s JOIN sources o ON o.id = s.source
           JOIN repositories r ON r.id = s.repository
         WHERE s.tenant = ? AND o.name = ? AND o.hostname = ? AND (? IS NULL OR r.repository = ?)
         ORDER BY r.repository IN (SELECT json_extract(definition, '$.repository') FROM sites WHERE tenant = s.tenant),
           s.position DESC LIMIT 1`,
      ).all(caller.tenant, source, hostname, repository, repository);
      if (newest === undefined) return { repository: null, snapshots: [] };
      const rows = sql<{ id: string; takenAtMs: number; status: string; bytes: number | null; labels: string | null }>(
        `SELECT snapshot AS id, taken_at AS takenAtMs, status, bytes, labels
         FROM snapshots s JOIN sources o ON o.id = s.source
         WHERE s.repository = ? AND o.name = ? AND o.hostname = ? ORDER BY position DESC LIMIT ${mostSnapshots}`,
      ).all(newest.id, source, hostname);
      const snapshots = rows.map((row) => ({ ...presentLabelled(row), bytes: row.bytes }));
      return { repository: newest.repository, snapshots };
    },

    /** Up to two snapshots whose id begins so, with the labels of each. */
    find(
      { sql, caller }: Scope,
      { beginning }: { beginning: string },
    ): (LabelledSnapshot & { readonly source: string })[] {
      const rows = sql<{ id: string; source: string; takenAtMs: number; status: string; labels: string | null }>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT snapshot AS id, o.name AS source, taken_at AS takenAtMs, status, labels
         FROM snapshots s JOIN sources o ON o.id = s.source
         WHERE s.tenant = ? AND snapshot >= ? AND snapshot < ? || 'g' GROUP BY snapshot LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
      return rows.map(({ source, ...row }) => ({ ...presentLabelled(row), source }));
    },

    /** What its latest runs have read and stored; null where none is known. */
    figures({ sql, caller }: Scope, { source }: { source: string }): SourceFigures | null {
      type Run = { state: string; total: number | null; added: number; stored: number; unmodified: number };
      const newestFirst = sql<Run>(
        `SELECT state, bytes_total AS total, bytes_added AS added, bytes_stored AS stored, files_unmodified AS unmodified
         FROM protection_runs INDEXED BY protection_runs_by_source
         WHERE tenant = ? AND source = ? ORDER BY id DESC LIMIT ${lookedAtRuns}`,
      ).iterate(caller.tenant, source);
      const rows: (Run & { readonly total: number })[] = [];
      for (const { total, ...run } of newestFirst) {
        if (total === null || (run.state !== 'complete' && run.state !== 'completeWithExceptions')) continue;
        if (rows.push({ ...run, total }) === mostRuns) break;
      }
      const [newest] = rows;
      // The first run brings all there is, and says nothing about what a day adds.
      const runs = rows.filter(({ unmodified }) => unmodified > 0);
      if (newest === undefined || runs.length === 0) return null;
      const sum = (of: 'added' | 'stored'): number => runs.reduce((total, run) => total + run[of], 0);
      return { totalBytes: newest.total, addedBytes: sum('added'), storedBytes: sum('stored'), runs: runs.length };
    },
  },
};

export function presentLabelled(row: {
  readonly id: string;
  readonly takenAtMs: number;
  readonly status: string;
  readonly labels: string | null;
}): LabelledSnapshot {
  const none: SnapshotLabels = { profile: null, periods: [], lockedUntil: null, system: null };
  const labels = row.labels === null ? none : (JSON.parse(row.labels) as SnapshotLabels);
  const { id, takenAtMs, status } = row;
  return { id, takenAtMs, good: status !== 'partial', ...labels };
}

function openReview(
  { sql, caller }: Scope,
  { source, repository }: Pick<ReviewRow, 'source' | 'repository'>,
): ReviewRow | null {
  const row = sql<StoredReview>(
    `SELECT ${reviewColumns} FROM retention_reviews
     WHERE tenant = ? AND source = ? AND repository = ? AND decision IS NULL`,
  ).get(caller.tenant, source, repository);
  return row === undefined ? null : presentReview(row);
}

function mustFindReview({ sql, caller }: Scope, review: string): ReviewRow {
  const row = sql<StoredReview>(`SELECT ${reviewColumns} FROM retention_reviews WHERE tenant = ? AND review = ?`).get(
    caller.tenant,
    review,
  );
  if (row === undefined) throw new HoldfastError('REVIEW_UNKNOWN', `There is no question ${review}.`);
  return presentReview(row);
}

function mustFindUnlock({ sql, caller }: Scope, snapshot: string): UnlockRow {
  const row = sql<UnlockRow>(`SELECT ${unlockColumns} FROM unlock_requests WHERE tenant = ? AND snapshot = ?`).get(
    caller.tenant,
    snapshot,
  );
  if (row !== undefined) return row;
  throw new HoldfastError('SNAPSHOT_NOT_LOCKED', `Nobody has asked to unlock snapshot ${snapshot.slice(0, 8)}.`);
}

function presentReview({ snapshots, ...row }: StoredReview): ReviewRow {
  return { ...row, snapshots: JSON.parse(snapshots) as string[] };
}
