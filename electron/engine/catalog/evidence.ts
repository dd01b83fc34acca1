/** Evidence records as they are listed: a cache of what the chains in the home say. */
import type { EvidenceKind, EvidenceResult } from '../../../shared/model/evidence.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type EvidenceRow = {
  readonly id: string;
  /** Who has started what it is of. */
  readonly author: string;
  readonly chain: string;
  readonly seq: number;
  readonly kind: EvidenceKind;
  readonly title: string;
  readonly subject: string;
  readonly result: EvidenceResult;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
};

export type EvidenceFilter = {
  readonly kind: EvidenceKind | null;
  readonly result: EvidenceResult | null;
  readonly subject: string | null;
  /** Part of a title. */
  readonly text: string | null;
  /** Ended before that one. */
  readonly before: string | null;
  readonly limit: number;
};

const columns = `id, actor AS author, chain, seq, kind, title, subject, result, started_at AS startedAtMs,
  ended_at AS endedAtMs`;

export const evidence = {
  writes: {
    *add({ sql, caller }: Scope, { rows }: { rows: readonly EvidenceRow[] }): Generator<void, void> {
      const insert = sql(
        `INSERT OR REPLACE INTO evidence_records
           (tenant, actor, id, chain, seq, kind, title, subject, result, started_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      for (const row of rows) {
        const { id, author, chain, seq, kind, title, subject, result, startedAtMs, endedAtMs } = row;
        insert.run(caller.tenant, author, id, chain, seq, kind, title, subject, result, startedAtMs, endedAtMs);
        yield;
      }
    },
  },

  reads: {
    /** Newest first. */
    list({ sql, caller }: Scope, { before, text, limit, ...equal }: EvidenceFilter): EvidenceRow[] {
      const { tenant } = caller;
      const { kind, result, subject } = equal;
      return sql<EvidenceRow>(
        `SELECT ${columns} FROM evidence_records
         WHERE tenant = ? AND kind = coalesce(?, kind) AND result = coalesce(?, result)
           AND subject = coalesce(?, subject) AND (? = '' OR instr(lower(title), lower(?)) > 0)
           AND (? IS NULL OR (ended_at, id) < (
             SELECT ended_at, id FROM evidence_records WHERE tenant = ? AND id = ?))
         ORDER BY ended_at DESC, id DESC LIMIT ?`,
      ).all(tenant, kind, result, subject, text ?? '', text ?? '', before, tenant, before, limit);
    },

    /** Those whose id begins so: two at most. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): EvidenceRow[] {
      return sql<EvidenceRow>(
        `SELECT ${columns} FROM evidence_records WHERE tenant = ? AND id >= ? AND id < ? ORDER BY id LIMIT 2`,
      ).all(caller.tenant, beginning, `${beginning}g`);
    },

    /** How many of a chain are known. */
    count({ sql, caller }: Scope, { chain }: { chain: string }): number {
      return (
        sql<{ count: number }>('SELECT count(*) AS count FROM evidence_records WHERE tenant = ? AND chain = ?').get(
          caller.tenant,
          chain,
        )?.count ?? 0
      );
    },
  },
};
