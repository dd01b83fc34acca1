/** Native snapshots of sources in a cloud, as they were seen last: a cache of what their tags and the cloud say. */
import type { NativeView } from '../../../shared/contract/native.ts';
import type { Scope } from './operations.ts';

export type NativeLook = {
  readonly source: string;
  readonly atMs: number;
  readonly coveredAtMs: number | null;
  readonly problems: readonly string[];
  readonly snapshots: readonly NativeView[];
};

export type KnownNatives = Omit<NativeLook, 'source' | 'atMs'> & { readonly atMs: number | null };

const stepRows = 50;

export const nativeSnapshots = {
  writes: {
    /** In place of what was known of the source. */
    *replace({ sql, caller }: Scope, look: NativeLook): Generator<void, void> {
      const { source, atMs, coveredAtMs, problems, snapshots } = look;
      for (const [count, one] of snapshots.entries()) {
        sql(
          `INSERT INTO native_snapshots (tenant, actor, source, region, snapshot, seen_at, facts)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, source, region, snapshot)
           DO UPDATE SET actor = excluded.actor, seen_at = excluded.seen_at, facts = excluded.facts`,
        ).run(caller.tenant, caller.actor, source, one.region, one.snapshot, atMs, JSON.stringify(one));
        if (count % stepRows === 0) yield;
      }
      sql('DELETE FROM native_snapshots WHERE tenant = ? AND source = ? AND seen_at <> ?').run(
        caller.tenant,
        source,
        atMs,
      );
      sql(
        `INSERT INTO native_looks (tenant, source, actor, at, covered_at, problems) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, source) DO UPDATE SET actor = excluded.actor, at = excluded.at,
           covered_at = excluded.covered_at, problems = excluded.problems`,
      ).run(caller.tenant, source, caller.actor, atMs, coveredAtMs, JSON.stringify(problems));
    },
  },
  reads: {
    list({ sql, caller }: Scope, { source }: { source: string }): KnownNatives {
      const rows = sql<{ facts: string }>('SELECT facts FROM native_snapshots WHERE tenant = ? AND source = ?').all(
        caller.tenant,
        source,
      );
      const look = sql<{ atMs: number; coveredAtMs: number | null; problems: string }>(
        'SELECT at AS atMs, covered_at AS coveredAtMs, problems FROM native_looks WHERE tenant = ? AND source = ?',
      ).get(caller.tenant, source);
      const snapshots = rows.map(({ facts }) => JSON.parse(facts) as NativeView);
      return {
        atMs: look?.atMs ?? null,
        coveredAtMs: look?.coveredAtMs ?? null,
        problems: JSON.parse(look?.problems ?? '[]') as string[],
        snapshots: snapshots.toSorted((a, b) => (a.takenAt > b.takenAt ? -1 : a.takenAt < b.takenAt ? 1 : 0)),
      };
    },
  },
};
