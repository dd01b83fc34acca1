/** Snapshots of one repository with all that sync and retention at a site go by. */
import type { PlacedSnapshot } from '../../../shared/model/sync-plan.ts';
import type { Scope } from './operations.ts';
import { presentLabelled } from './retention.ts';

export type SnapshotAt = PlacedSnapshot & { readonly bytes: number | null };

type Row = Parameters<typeof presentLabelled>[0] &
  Pick<SnapshotAt, 'source' | 'hostname' | 'bytes'> & { readonly original: string | null };

export const heldAt = {
  writes: {},
  reads: {
    /** Newest first. `repository` is the id in its config; empty where the catalog does not know it. */
    list({ sql, caller }: Scope, { repository }: { repository: string }): SnapshotAt[] {
      return sql<Row>(
        `SELECT s.snapshot AS id, s.original, o.name AS source, o.hostname, s.taken_at AS takenAtMs, s.status, s.bytes,
           s.labels
         FROM snapshots s JOIN sources o ON o.id = s.source JOIN repositories r ON r.id = s.repository
         WHERE r.tenant = ? AND r.repository = ? ORDER BY s.position DESC`,
      )
        .all(caller.tenant, repository)
        .map(({ original, source, hostname, bytes, ...row }) => ({
          ...presentLabelled(row),
          original: original ?? row.id,
          source,
          hostname,
          status: row.status,
          bytes,
        }));
    },
  },
};
