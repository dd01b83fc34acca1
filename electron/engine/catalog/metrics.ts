/** Figures of sources for programs that watch: how many snapshots there are, and how the newest run ended. */
import type { AlertLevel } from '../../../shared/model/alerts.ts';
import type { RunFacts } from '../../../shared/model/console-metrics.ts';
import type { Scope } from './operations.ts';

/** Snapshots on their way to a site, or given up. */
type Queue = { readonly site: string; readonly state: string; readonly count: number };

type Figures = { readonly runs: Record<string, RunFacts>; readonly snapshots: Record<string, number> };

export const metrics = {
  writes: {},
  reads: {
    /** Of the named sources, as this machine protects them. */
    ofSources(
      { sql, caller }: Scope,
      { names, hostname }: { readonly names: readonly string[]; readonly hostname: string },
    ): Figures {
      const run = sql<RunFacts>(
        `SELECT state, started_at AS startedAtMs, ended_at AS endedAtMs, bytes_added AS bytesAdded,
           bytes_stored AS bytesStored, bytes_total AS bytesTotal FROM protection_runs
         WHERE tenant = ? AND source = ? AND ended_at IS NOT NULL AND state <> 'missed' ORDER BY id DESC LIMIT 1`,
      );
      const count = sql<{ snapshots: number }>(
        `SELECT count(*) AS snapshots FROM snapshots WHERE source IN (SELECT id FROM sources
           WHERE name = ? AND hostname = ? AND repository IN (SELECT id FROM repositories WHERE tenant = ?))`,
      );
      const figures: Figures = {
        runs: Object.create(null) as Figures['runs'],
        snapshots: Object.create(null) as Figures['snapshots'],
      };
      for (const name of names) {
        const newest = run.get(caller.tenant, name);
        if (newest !== undefined) figures.runs[name] = newest;
        figures.snapshots[name] = count.get(name, hostname, caller.tenant)?.snapshots ?? 0;
      }
      return figures;
    },

    queues({ sql, caller }: Scope, _input: null): Queue[] {
      return sql<Queue>(
        `SELECT site, state, count(*) AS count FROM sync_items
         WHERE tenant = ? AND state NOT IN ('done', 'skipped') GROUP BY site, state ORDER BY site, state`,
      ).all(caller.tenant);
    },

    alerts({ sql, caller }: Scope, _input: null): Record<AlertLevel, number> {
      const counts = { info: 0, warning: 0, error: 0 };
      const rows = sql<{ level: AlertLevel; count: number }>(
        'SELECT level, count(*) AS count FROM alerts WHERE tenant = ? AND resolved_at IS NULL GROUP BY level',
      ).all(caller.tenant);
      for (const { level, count } of rows) counts[level] = count;
      return counts;
    },
  },
};
