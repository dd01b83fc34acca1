/** Incidents: while one is open nothing is taken away; and snapshots from which nobody should restore unthinkingly. */
import { randomBytes } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type IncidentRow = {
  readonly incident: string;
  readonly reason: string;
  /** Who froze everything. */
  readonly author: string;
  readonly sinceMs: number;
  readonly endedAtMs: number | null;
  readonly endedBy: string | null;
};

export type SuspectRow = {
  readonly snapshot: string;
  readonly source: string;
  readonly reason: string;
  readonly atMs: number;
  readonly clearedAtMs: number | null;
  readonly clearedBy: string | null;
};

const incidentColumns =
  'incident, reason, actor AS author, since AS sinceMs, ended_at AS endedAtMs, ended_by AS endedBy';
const suspectColumns = 'snapshot, source, reason, at AS atMs, cleared_at AS clearedAtMs, cleared_by AS clearedBy';

export const incidents = {
  writes: {
    /** INCIDENT_OPEN where one is. */
    freeze(scope: Scope, { reason, atMs }: { reason: string; atMs: number }): IncidentRow {
      if (openIncident(scope) !== null)
        throw new HoldfastError('INCIDENT_OPEN', 'Everything is frozen already, for an incident that is open.');
      const { actor } = scope.caller;
      const row = { reason, author: actor, sinceMs: atMs };
      insertIncident(scope, row);
      advanceRevision(scope);
      return mustBeOpen(scope);
    },

    /** NO_INCIDENT where none is open. */
    end(scope: Scope, { atMs }: { atMs: number }): IncidentRow {
      const row = mustBeOpen(scope);
      const { tenant, actor } = scope.caller;
      scope
        .sql('UPDATE incidents SET ended_at = ?, ended_by = ? WHERE tenant = ? AND incident = ?')
        .run(atMs, actor, tenant, row.incident);
      advanceRevision(scope);
      return { ...row, endedAtMs: atMs, endedBy: actor };
    },

    /** What is marked stays as it is, also where somebody has cleared it. */
    suspect(scope: Scope, input: MarkedSnapshot): void {
      markSuspect(scope, input);
    },

    /** Somebody has looked at it, and nothing is wrong. SNAPSHOT_NOT_SUSPECT. */
    clear({ sql, caller }: Scope, { snapshot, atMs }: { snapshot: string; atMs: number }): SuspectRow {
      sql(
        `UPDATE suspect_snapshots SET cleared_at = ?, cleared_by = ?
         WHERE tenant = ? AND snapshot = ? AND cleared_at IS NULL`,
      ).run(atMs, caller.actor, caller.tenant, snapshot);
      const row = sql<SuspectRow>(
        `SELECT ${suspectColumns} FROM suspect_snapshots WHERE tenant = ? AND snapshot = ?`,
      ).get(caller.tenant, snapshot);
      if (row !== undefined) return row;
      throw new HoldfastError('SNAPSHOT_NOT_SUSPECT', `Snapshot ${snapshot.slice(0, 8)} is not marked as suspect.`);
    },
  },

  reads: {
    /** Null while nothing is frozen. */
    open(scope: Scope, _input: null): IncidentRow | null {
      return openIncident(scope);
    },

    /** Newest first. */
    past({ sql, caller }: Scope, { limit }: { limit: number }): IncidentRow[] {
      return sql<IncidentRow>(
        `SELECT ${incidentColumns} FROM incidents WHERE tenant = ? AND ended_at IS NOT NULL
         ORDER BY since DESC LIMIT ?`,
      ).all(caller.tenant, limit);
    },

    /** Ids of those that somebody has looked at. */
    cleared({ sql, caller }: Scope, _input: null): string[] {
      return sql<{ snapshot: string }>(
        'SELECT snapshot FROM suspect_snapshots WHERE tenant = ? AND cleared_at IS NOT NULL',
      )
        .all(caller.tenant)
        .map(({ snapshot }) => snapshot);
    },

    /** Those nobody has cleared, newest first. */
    suspects({ sql, caller }: Scope, { limit }: { limit: number }): SuspectRow[] {
      return sql<SuspectRow>(
        `SELECT ${suspectColumns} FROM suspect_snapshots WHERE tenant = ? AND cleared_at IS NULL
         ORDER BY at DESC, snapshot LIMIT ?`,
      ).all(caller.tenant, limit);
    },
  },
};

export type MarkedSnapshot = Pick<SuspectRow, 'snapshot' | 'source' | 'reason' | 'atMs'>;

export function markSuspect({ sql, caller }: Scope, { snapshot, source, reason, atMs }: MarkedSnapshot): void {
  sql(
    'INSERT OR IGNORE INTO suspect_snapshots (tenant, actor, snapshot, source, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(caller.tenant, caller.actor, snapshot, source, reason, atMs);
}

/** It is gone from its repository. */
export function forgetSuspect({ sql, caller }: Scope, snapshot: string): void {
  sql('DELETE FROM suspect_snapshots WHERE tenant = ? AND snapshot = ?').run(caller.tenant, snapshot);
}

export type TakenIncident = Pick<IncidentRow, 'reason' | 'author' | 'sinceMs'>;

export function insertIncident({ sql, caller }: Scope, { reason, author, sinceMs }: TakenIncident): void {
  const incident = randomBytes(8).toString('hex');
  sql('INSERT INTO incidents (incident, tenant, actor, reason, since) VALUES (?, ?, ?, ?, ?)').run(
    incident,
    caller.tenant,
    author,
    reason,
    sinceMs,
  );
}

export function openIncident({ sql, caller }: Scope): IncidentRow | null {
  const row = sql<IncidentRow>(`SELECT ${incidentColumns} FROM incidents WHERE tenant = ? AND ended_at IS NULL`).get(
    caller.tenant,
  );
  return row ?? null;
}

function mustBeOpen(scope: Scope): IncidentRow {
  const row = openIncident(scope);
  if (row !== null) return row;
  throw new HoldfastError('NO_INCIDENT', 'Nothing is frozen.');
}
