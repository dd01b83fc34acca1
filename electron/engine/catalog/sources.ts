/** Sources as the catalog knows them: by the name and the machine that their snapshots give. */
import type { Scope } from './operations.ts';

export type KnownSource = {
  readonly id: number;
  readonly name: string;
  readonly hostname: string;
  readonly snapshots: number;
  /** Epoch milliseconds; null without a snapshot. */
  readonly newestAtMs: number | null;
};

const pageRows = 1000;

export const sources = {
  writes: {},
  reads: {
    /** A page of a repository's sources, in the order they were met; `after` is the last id of the page before. */
    list({ sql, caller }: Scope, { repository, after = 0 }: { repository: string; after?: number }): KnownSource[] {
      return sql<KnownSource>(
        `SELECT sources.id, name, hostname, count(snapshots.id) AS snapshots, max(taken_at) AS newestAtMs
         FROM sources LEFT JOIN snapshots ON snapshots.source = sources.id
         WHERE sources.repository = (SELECT id FROM repositories WHERE tenant = ? AND repository = ?) AND sources.id > ?
         GROUP BY sources.id ORDER BY sources.id LIMIT ${pageRows}`,
      ).all(caller.tenant, repository, after);
    },
  },
};
