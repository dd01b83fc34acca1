/** What is known of the upkeep of each repository: when it was pruned, and what has been removed since. */
import type { UpkeepState } from '../../../shared/model/upkeep-due.ts';
import type { Scope } from './operations.ts';

type Of = { readonly repository: string };

export const upkeep = {
  writes: {
    /** Notes that the console works with a repository, and how many snapshots it has removed. */
    removed(scope: Scope, { repository, count, atMs }: Of & { count: number; atMs: number }): void {
      const before = stateOf(scope, repository) ?? unknown(atMs);
      save(scope, repository, { ...before, removed: before.removed + count });
    },

    pruned(scope: Scope, { repository, leftOver, atMs }: Of & { leftOver: boolean; atMs: number }): void {
      const before = stateOf(scope, repository) ?? unknown(atMs);
      save(scope, repository, { ...before, prunedAtMs: atMs, leftOver, removed: 0, failed: null });
    },

    failed(scope: Scope, { repository, atMs }: Of & { atMs: number }): void {
      const before = stateOf(scope, repository) ?? unknown(atMs);
      const count = (before.failed?.count ?? 0) + 1;
      save(scope, repository, { ...before, failed: { count, atMs } });
    },
  },

  reads: {
    /** Null where nothing was ever noted. */
    state(scope: Scope, { repository }: Of): UpkeepState | null {
      return stateOf(scope, repository);
    },
  },
};

function unknown(atMs: number): UpkeepState {
  return { sinceMs: atMs, prunedAtMs: null, leftOver: false, removed: 0, failed: null };
}

const markOf = (repository: string): string => `upkeep ${repository}`;

function stateOf({ sql, caller }: Scope, repository: string): UpkeepState | null {
  const row = sql<{ value: string }>('SELECT value FROM marks WHERE tenant = ? AND name = ?').get(
    caller.tenant,
    markOf(repository),
  );
  return row === undefined ? null : (JSON.parse(row.value) as UpkeepState);
}

function save({ sql, caller }: Scope, repository: string, state: UpkeepState): void {
  sql('INSERT OR REPLACE INTO marks (tenant, actor, name, value) VALUES (?, ?, ?, ?)').run(
    caller.tenant,
    caller.actor,
    markOf(repository),
    JSON.stringify(state),
  );
}
