/** Repositories that a tenant has used: by their own id, wherever they lie. */
import type { Scope } from './operations.ts';

export type KnownRepository = { readonly repository: string; readonly location: string; readonly listedAtMs: number };

export const repositories = {
  writes: {
    /** Notes that the repository was seen at a place. */
    see({ sql, caller }: Scope, { repository, location }: { repository: string; location: string }): void {
      sql(
        `INSERT INTO repositories (tenant, actor, repository, location, listed_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (tenant, repository) DO UPDATE SET location = excluded.location, listed_at = excluded.listed_at`,
      ).run(caller.tenant, caller.actor, repository, location, Date.now());
    },
  },
  reads: {
    /** Whether any of these tenants has ever used it. */
    isUsedBy({ sql }: Scope, { repository, tenants }: { repository: string; tenants: readonly string[] }): boolean {
      const rows = sql<{ tenant: string }>('SELECT tenant FROM repositories WHERE repository = ?').all(repository);
      return rows.some(({ tenant }) => tenants.includes(tenant));
    },

    list({ sql, caller }: Scope, _input: null): KnownRepository[] {
      return sql<KnownRepository>(
        'SELECT repository, location, listed_at AS listedAtMs FROM repositories WHERE tenant = ? ORDER BY id LIMIT 1000',
      ).all(caller.tenant);
    },
  },
};
