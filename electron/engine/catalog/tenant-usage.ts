/** What a tenant takes, from what the catalog knows: nothing is asked of a repository. */
import type { Scope } from './operations.ts';

export type CatalogUsage = {
  readonly snapshots: number;
  /** Bytes of what the newest snapshot of each source holds. */
  readonly protectedBytes: number;
  /** Bytes that went to sites since a moment, as they travelled. */
  readonly sentBytes: number;
};

export const tenantUsage = {
  writes: {},
  reads: {
    of({ sql, caller: { tenant } }: Scope, { sinceMs }: { readonly sinceMs: number }): CatalogUsage {
      const ofTenant = '(SELECT id FROM repositories WHERE tenant = ?)';
      const snapshots = sql<{ count: number }>(
        `SELECT count(*) AS count FROM snapshots WHERE repository IN ${ofTenant}`,
      ).get(tenant);
      // Of one source in several places, the larger counts once.
      const newest = sql<{ bytes: number | null }>(
        `SELECT sum(bytes) AS bytes FROM (
           SELECT max(coalesce((SELECT bytes FROM snapshots WHERE source = s.id ORDER BY position DESC LIMIT 1), 0)) AS bytes
           FROM sources s WHERE s.repository IN ${ofTenant} GROUP BY s.name, s.hostname)`,
      ).get(tenant);
      const sent = sql<{ bytes: number | null }>(
        `SELECT sum(json_extract(figures, '$.sentNetBytes')) AS bytes FROM sync_items
         WHERE tenant = ? AND state = 'done' AND ended_at >= ? AND figures IS NOT NULL`,
      ).get(tenant, sinceMs);
      return {
        snapshots: snapshots?.count ?? 0,
        protectedBytes: newest?.bytes ?? 0,
        sentBytes: sent?.bytes ?? 0,
      };
    },
  },
};
