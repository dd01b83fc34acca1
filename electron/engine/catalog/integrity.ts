/** How far each repository has been read, what is damaged in it, and what was repaired. */
import type { IntegrityFacts } from '../../../shared/model/integrity-alerts.ts';
import { scrubKinds, type ScrubCoverage, type ScrubKind, type ScrubState } from '../../../shared/model/scrub.ts';
import type { LockFacts } from '../../../shared/model/lock-upkeep.ts';
import { marks } from './marks.ts';
import type { Scope } from './operations.ts';

type Of = { readonly repository: string };

export type ReadFile = { readonly kind: ScrubKind; readonly name: string };
export type Damage = { readonly path: string; readonly fault: string; readonly foundAtMs: number };
export type RecordedRepair = {
  readonly id: number;
  readonly repository: string;
  readonly endedAtMs: number;
  /** JSON, as it was given. */
  readonly outcome: string;
  readonly unrepaired: number;
};
export type ScrubView = ScrubState & {
  readonly month: string;
  readonly monthBytes: number;
  readonly coverage: ScrubCoverage | null;
};

const stepRows = 500;
const keptRepairs = 200;

export const integrity = {
  writes: {
    /** The console looks after the repository from now on, if it did not before. */
    seen(scope: Scope, { repository, atMs }: Of & { atMs: number }): void {
      scrubRow(scope, repository, atMs);
    },

    /** These were read just now, and are good. */
    *read(scope: Scope, { repository, files, atMs }: Of & { files: readonly ReadFile[]; atMs: number }) {
      const scrub = scrubRow(scope, repository, atMs);
      for (const [count, { kind, name }] of files.entries()) {
        scope
          .sql('INSERT OR REPLACE INTO scrubbed_files (scrub, kind, name, read_at) VALUES (?, ?, ?, ?)')
          .run(scrub, scrubKinds.indexOf(kind), nameBytes(kind, name), Math.floor(atMs / 1000));
        if (count % stepRows === stepRows - 1) yield;
      }
    },

    /** Files that are not in the repository any more. */
    *forget(scope: Scope, { repository, files, atMs }: Of & { files: readonly ReadFile[]; atMs: number }) {
      const scrub = scrubRow(scope, repository, atMs);
      for (const [count, { kind, name }] of files.entries()) {
        scope
          .sql('DELETE FROM scrubbed_files WHERE scrub = ? AND kind = ? AND name = ?')
          .run(scrub, scrubKinds.indexOf(kind), nameBytes(kind, name));
        if (count % stepRows === stepRows - 1) yield;
      }
    },

    /** A step has come to its end. `paidBytes` is what it read where reading costs. */
    stepped(
      scope: Scope,
      { repository, atMs, coverage, paidBytes }: Of & { atMs: number; coverage: ScrubCoverage; paidBytes: number },
    ): void {
      const scrub = scrubRow(scope, repository, atMs);
      const month = monthOf(atMs);
      scope
        .sql(
          `UPDATE scrubs SET stepped_at = ?, failed_count = 0, failed_at = NULL, coverage = ?,
             month_bytes = CASE WHEN month = ? THEN month_bytes ELSE 0 END + ?, month = ? WHERE id = ?`,
        )
        .run(atMs, JSON.stringify(coverage), month, paidBytes, month, scrub);
    },

    failed(scope: Scope, { repository, atMs }: Of & { atMs: number }): void {
      const scrub = scrubRow(scope, repository, atMs);
      scope.sql('UPDATE scrubs SET failed_count = failed_count + 1, failed_at = ? WHERE id = ?').run(atMs, scrub);
    },

    /** Damage by the path of the stored file; what was known keeps its time. */
    found({ sql, caller }: Scope, { repository, damage }: Of & { damage: readonly Damage[] }): void {
      for (const { path, fault, foundAtMs } of damage) {
        sql(
          `INSERT INTO found_damage (tenant, repository, path, actor, fault, found_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (tenant, repository, path) DO UPDATE SET fault = excluded.fault`,
        ).run(caller.tenant, repository, path, caller.actor, fault, foundAtMs);
      }
    },

    /** A repair has come to its end: what it leaves is all the damage there is. */
    repaired(
      { sql, caller }: Scope,
      {
        repository,
        endedAtMs,
        outcome,
        unrepaired,
        left,
      }: Omit<RecordedRepair, 'id'> & { readonly left: readonly Damage[] },
    ): number {
      const { tenant, actor } = caller;
      sql('DELETE FROM found_damage WHERE tenant = ? AND repository = ?').run(tenant, repository);
      integrity.writes.found({ sql, caller } as Scope, { repository, damage: left });
      const { lastInsertRowid } = sql(
        'INSERT INTO repairs (tenant, actor, repository, ended_at, outcome, unrepaired) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(tenant, actor, repository, endedAtMs, outcome, unrepaired);
      sql(
        `DELETE FROM repairs WHERE tenant = ? AND repository = ? AND id NOT IN
           (SELECT id FROM repairs WHERE tenant = ? AND repository = ? ORDER BY id DESC LIMIT ${keptRepairs})`,
      ).run(tenant, repository, tenant, repository);
      return Number(lastInsertRowid);
    },
  },

  reads: {
    /** Null where the repository was never scrubbed. */
    scrub({ sql, caller }: Scope, { repository }: Of): ScrubView | null {
      const row = sql<ScrubRow>(
        `SELECT since AS sinceMs, stepped_at AS steppedAtMs, failed_count AS failedCount, failed_at AS failedAtMs, month,
           month_bytes AS monthBytes, coverage FROM scrubs WHERE tenant = ? AND repository = ?`,
      ).get(caller.tenant, repository);
      if (row === undefined) return null;
      const { sinceMs, steppedAtMs, failedCount, failedAtMs, month, monthBytes } = row;
      return {
        sinceMs,
        steppedAtMs,
        failed: failedAtMs === null ? null : { count: failedCount, atMs: failedAtMs },
        month,
        monthBytes,
        coverage: row.coverage === null ? null : (JSON.parse(row.coverage) as ScrubCoverage),
      };
    },

    /** When files of a kind were last read, by their names: after `after`, at most so many. */
    readings(
      { sql, caller }: Scope,
      { repository, kind, after, limit }: Of & { kind: ScrubKind; after: string; limit: number },
    ): { name: string; readAtMs: number }[] {
      return sql<{ name: Buffer; readAt: number }>(
        `SELECT f.name, f.read_at AS readAt FROM scrubbed_files f JOIN scrubs s ON s.id = f.scrub
         WHERE s.tenant = ? AND s.repository = ? AND f.kind = ? AND f.name > ? ORDER BY f.name LIMIT ?`,
      )
        .all(caller.tenant, repository, scrubKinds.indexOf(kind), Buffer.from(after, 'hex'), limit)
        .map(({ name, readAt }) => ({ name: name.toString('hex'), readAtMs: readAt * 1000 }));
    },

    /** What somebody may have to be told of, by repository. */
    facts({ sql, caller }: Scope): Record<string, IntegrityFacts> {
      const facts = Object.create(null) as Record<string, IntegrityFacts>;
      for (const { repository } of sql<Of>('SELECT repository FROM scrubs WHERE tenant = ?').all(caller.tenant)) {
        const [row] = sql<{ damage: number; path: string | null; fault: string | null }>(
          `SELECT count(*) AS damage, min(path) AS path, fault FROM found_damage WHERE tenant = ? AND repository = ?`,
        ).all(caller.tenant, repository);
        const [repair] = sql<RecordedRepair>(
          `SELECT id, repository, ended_at AS endedAtMs, outcome, unrepaired FROM repairs
           WHERE tenant = ? AND repository = ? ORDER BY id DESC LIMIT 1`,
        ).all(caller.tenant, repository);
        const locks = marks.reads.get({ sql, caller } as Scope, { name: lockMark(repository) });
        facts[repository] = {
          damage: row?.damage ?? 0,
          first: row === undefined || row.path === null ? null : { path: row.path, fault: row.fault ?? '' },
          repair: repair === undefined ? null : describeRepair(repair),
          ...(locks === null ? {} : { locks: JSON.parse(locks) as LockFacts }),
        };
      }
      return facts;
    },

    damage({ sql, caller }: Scope, { repository }: Of): Damage[] {
      return sql<Damage>(
        'SELECT path, fault, found_at AS foundAtMs FROM found_damage WHERE tenant = ? AND repository = ? ORDER BY path LIMIT 1000',
      ).all(caller.tenant, repository);
    },

    /** Newest first. */
    repairs({ sql, caller }: Scope, { repository, limit }: Of & { limit: number }): RecordedRepair[] {
      return sql<RecordedRepair>(
        `SELECT id, repository, ended_at AS endedAtMs, outcome, unrepaired FROM repairs
         WHERE tenant = ? AND repository = ? ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, repository, limit);
    },
  },
};

/** By which the facts of the locks of a repository are remembered, as JSON. */
export function lockMark(repository: string): string {
  return `locks ${repository}`;
}

/** By which what was found when the locks of a repository were tried out is remembered, as JSON. */
export function lockProofMark(repository: string): string {
  return `lock proof ${repository}`;
}

function describeRepair({ id, endedAtMs, outcome, unrepaired }: RecordedRepair): IntegrityFacts['repair'] {
  const { files } = JSON.parse(outcome) as { readonly files: readonly { readonly whole: boolean }[] };
  return { id, endedAtMs, repaired: files.filter(({ whole }) => whole).length, lost: unrepaired };
}

type ScrubRow = {
  readonly sinceMs: number;
  readonly steppedAtMs: number | null;
  readonly failedCount: number;
  readonly failedAtMs: number | null;
  readonly month: string;
  readonly monthBytes: number;
  readonly coverage: string | null;
};

function scrubRow({ sql, caller }: Scope, repository: string, atMs: number): number {
  const { tenant, actor } = caller;
  const insert = 'INSERT OR IGNORE INTO scrubs (tenant, actor, repository, since) VALUES (?, ?, ?, ?)';
  sql(insert).run(tenant, actor, repository, atMs);
  const row = sql<{ id: number }>('SELECT id FROM scrubs WHERE tenant = ? AND repository = ?').get(tenant, repository);
  return row?.id ?? 0;
}

function nameBytes(kind: ScrubKind, name: string): Buffer {
  return kind === 'config' ? Buffer.of(0) : Buffer.from(name, 'hex');
}

export function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}
