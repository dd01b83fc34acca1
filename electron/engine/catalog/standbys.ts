/** Hot standbys, which are configuration, how far each has come here, and the snapshots that they wait for. */
import type { StandbyDefinition } from '../../../shared/contract/standby.ts';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { StandbyFailure, StandbyPoint } from '../../../shared/model/standby.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type StandbyRow = {
  readonly definition: StandbyDefinition;
  readonly author: string;
  readonly addedAtMs: number;
};

export type KeptVersion = { readonly name: string; readonly takenAtMs: number; readonly changed: boolean };

export type StandbyDrift = { readonly count: number; readonly first: readonly string[]; readonly foundAtMs: number };

export type StandbyProgress = {
  readonly shown: StandbyPoint | null;
  readonly updatedAtMs: number | null;
  readonly lookedAtMs: number | null;
  readonly kept: readonly KeptVersion[];
  readonly drift: StandbyDrift | null;
  readonly failure: StandbyFailure | null;
};

export const nothingShown: StandbyProgress = {
  shown: null,
  updatedAtMs: null,
  lookedAtMs: null,
  kept: [],
  drift: null,
  failure: null,
};

/** A good snapshot, and the id in the config of a repository that holds it. */
export type Candidate = StandbyPoint & {
  readonly repository: string;
  readonly snapshot: string;
  readonly hostname: string;
};

type Wanted = { readonly source: string; readonly host: string | null; readonly atMostMs: number };

const columns = 'definition, actor AS author, added_at AS addedAtMs';
/** As in source-overview.ts. */
const good = "s.status IN ('complete', 'completeWithExceptions', 'unknown')";
const candidates = `SELECT r.repository, s.snapshot, coalesce(s.original, s.snapshot) AS original, s.taken_at AS takenAtMs,
   o.hostname FROM sources o JOIN repositories r ON r.id = o.repository JOIN snapshots s ON s.source = o.id
   WHERE r.tenant = ? AND o.name = ? AND (? IS NULL OR o.hostname = ?) AND ${good}`;

export const standbys = {
  writes: {
    /** STANDBY_EXISTS. */
    add(scope: Scope, { definition, atMs }: { definition: StandbyDefinition; atMs: number }): StandbyRow {
      const others = all(scope);
      if (others.some((one) => one.definition.name === definition.name))
        throw new HoldfastError('STANDBY_EXISTS', `There is a standby called ${definition.name} already.`);
      if (others.length >= limits.standbys)
        throw new HoldfastError('BAD_USAGE', `There are ${others.length} standbys already, as many as there can be.`);
      const row = { definition, author: scope.caller.actor, addedAtMs: atMs };
      insertStandby(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** STANDBY_UNKNOWN. */
    update(scope: Scope, { definition }: { definition: StandbyDefinition }): StandbyRow {
      const row = { ...mustFind(scope, definition.name), definition };
      insertStandby(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** STANDBY_UNKNOWN. */
    remove(scope: Scope, { name }: { name: string }): StandbyRow {
      const row = mustFind(scope, name);
      const { tenant } = scope.caller;
      for (const table of ['standbys', 'standby_progress'] as const)
        scope.sql(`DELETE FROM ${table} WHERE tenant = ? AND name = ?`).run(tenant, name);
      advanceRevision(scope);
      return row;
    },

    /** Nothing where it is gone by now. */
    progress(
      { sql, caller }: Scope,
      { name, id, progress }: { name: string; id: string; progress: StandbyProgress },
    ): void {
      sql(
        `INSERT OR REPLACE INTO standby_progress (tenant, actor, name, standby, progress)
         SELECT tenant, ?, name, ?, ? FROM standbys WHERE tenant = ? AND name = ?`,
      ).run(caller.actor, id, JSON.stringify(progress), caller.tenant, name);
    },
  },

  reads: {
    /** In the order in which they were added: there is a limit to their number. */
    list(scope: Scope, _input: null): StandbyRow[] {
      return all(scope);
    },

    /** By name, with the id; one that is not there was not confirmed on this machine. */
    progress({ sql, caller }: Scope, _input: null): { name: string; id: string; progress: StandbyProgress }[] {
      return sql<{ name: string; id: string; progress: string }>(
        'SELECT name, standby AS id, progress FROM standby_progress WHERE tenant = ?',
      )
        .all(caller.tenant)
        .map(({ progress, ...row }) => ({ ...row, progress: JSON.parse(progress) as StandbyProgress }));
    },

    /** All places of the newest good snapshot, in any repository, of those not taken after a moment. */
    newest({ sql, caller }: Scope, { source, host, atMostMs }: Wanted): Candidate[] {
      const newest = sql<Candidate>(`${candidates} AND s.taken_at <= ? ORDER BY s.taken_at DESC, original LIMIT 1`).get(
        caller.tenant,
        source,
        host,
        host,
        atMostMs,
      );
      if (newest === undefined) return [];
      return sql<Candidate>(`${candidates} AND s.taken_at = ? AND coalesce(s.original, s.snapshot) = ?`).all(
        caller.tenant,
        source,
        host,
        host,
        newest.takenAtMs,
        newest.original,
      );
    },

    /** The oldest good one that was taken after a moment; null: there is none. */
    next(
      { sql, caller }: Scope,
      { source, host, afterMs }: { source: string; host: string | null; afterMs: number },
    ): Candidate | null {
      return (
        sql<Candidate>(`${candidates} AND s.taken_at > ? ORDER BY s.taken_at LIMIT 1`).get(
          caller.tenant,
          source,
          host,
          host,
          afterMs,
        ) ?? null
      );
    },

    /** Machines that snapshots of it were taken on. */
    hosts({ sql, caller }: Scope, { source }: { source: string }): string[] {
      return sql<{ hostname: string }>(
        `SELECT DISTINCT o.hostname FROM sources o JOIN repositories r ON r.id = o.repository
         WHERE r.tenant = ? AND o.name = ? ORDER BY o.hostname`,
      )
        .all(caller.tenant, source)
        .map(({ hostname }) => hostname);
    },
  },
};

/** In place of one of the same name. */
export function insertStandby(sql: Scope['sql'], tenant: string, { definition, author, addedAtMs }: StandbyRow): void {
  sql('INSERT OR REPLACE INTO standbys (tenant, actor, name, definition, added_at) VALUES (?, ?, ?, ?, ?)').run(
    tenant,
    author,
    definition.name,
    JSON.stringify(definition),
    addedAtMs,
  );
}

function all({ sql, caller }: Scope): StandbyRow[] {
  return sql<Omit<StandbyRow, 'definition'> & { definition: string }>(
    `SELECT ${columns} FROM standbys WHERE tenant = ? ORDER BY added_at, name`,
  )
    .all(caller.tenant)
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as StandbyDefinition }));
}

function mustFind(scope: Scope, name: string): StandbyRow {
  const row = all(scope).find((one) => one.definition.name === name);
  if (row !== undefined) return row;
  throw new HoldfastError('STANDBY_UNKNOWN', `No standby is called ${name}.`);
}
