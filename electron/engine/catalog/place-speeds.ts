/** How fast was read from repositories, the newest times of each. */
import { isTelling, type SpeedSample, type SpeedWork } from '../../../shared/model/restore-places.ts';
import type { Scope } from './operations.ts';

/** For each repository and work. */
const keptSamples = 20;

export const placeSpeeds = {
  writes: {
    /** What tells nothing of a rate is not kept. */
    note({ sql, caller }: Scope, sample: SpeedSample & { readonly repository: string }): void {
      const { repository, work, bytes, durationMs, atMs } = sample;
      if (!isTelling(sample)) return;
      const { tenant, actor } = caller;
      sql(
        `INSERT INTO place_speeds (tenant, actor, repository, work, bytes, duration_ms, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(tenant, actor, repository, work, Math.round(bytes), Math.round(durationMs), atMs);
      sql(
        `DELETE FROM place_speeds WHERE tenant = ? AND repository = ? AND work = ? AND id NOT IN
           (SELECT id FROM place_speeds WHERE tenant = ? AND repository = ? AND work = ?
            ORDER BY id DESC LIMIT ${keptSamples})`,
      ).run(tenant, repository, work, tenant, repository, work);
    },
  },
  reads: {
    /** By repository. */
    all({ sql, caller }: Scope, _input: null): Record<string, SpeedSample[]> {
      const found = Object.create(null) as Record<string, SpeedSample[]>;
      const rows = sql<SpeedSample & { repository: string; work: SpeedWork }>(
        `SELECT repository, work, bytes, duration_ms AS durationMs, at AS atMs FROM place_speeds WHERE tenant = ?`,
      ).all(caller.tenant);
      for (const { repository, ...sample } of rows) (found[repository] ??= []).push(sample);
      return found;
    },
  },
};
