/** What became of requests that were made with an Idempotency-Key, for a day. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';

export type KeyedRequest = { readonly client: string; readonly keyHash: string };

export type NewKeyedRequest = KeyedRequest & {
  readonly call: string;
  readonly fingerprint: string;
  readonly engine: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
};

export type KeyedRow = {
  readonly call: string;
  readonly fingerprint: string;
  readonly engine: string;
  readonly state: 'running' | 'done' | 'failed';
  /** JSON; null: not kept. */
  readonly answer: string | null;
};

export const keptMs = 24 * 60 * 60_000;
/** Of one client within a day. */
const maximumKeys = 20_000;

export const idempotency = {
  writes: {
    /** Null: nobody has asked so before, and from now on somebody has. Else what is known. TOO_MANY_REQUESTS. */
    begin({ sql, caller: { tenant, actor } }: Scope, request: NewKeyedRequest): KeyedRow | null {
      const { client, keyHash, call, fingerprint, engine, atMs } = request;
      sql('DELETE FROM idempotency_keys WHERE created_at <= ?').run(atMs - keptMs);
      const known = sql<KeyedRow>(
        `SELECT call, fingerprint, engine, state, answer FROM idempotency_keys
         WHERE tenant = ? AND client = ? AND key_hash = ?`,
      ).get(tenant, client, keyHash);
      if (known !== undefined) return known;
      const { count } = sql<{ count: number }>(
        'SELECT count(*) AS count FROM idempotency_keys WHERE tenant = ? AND client = ?',
      ).get(tenant, client) ?? { count: 0 };
      if (count >= maximumKeys)
        throw new HoldfastError(
          'TOO_MANY_REQUESTS',
          `There are ${count} keys of this client within a day, as many as can be.`,
        );
      sql(
        `INSERT INTO idempotency_keys (tenant, client, key_hash, actor, call, fingerprint, engine, state, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?)`,
      ).run(tenant, client, keyHash, actor, call, fingerprint, engine, atMs);
      return null;
    },

    end(
      { sql, caller: { tenant } }: Scope,
      { client, keyHash, state, answer, atMs }: KeyedRequest & Pick<KeyedRow, 'state' | 'answer'> & { atMs: number },
    ): void {
      sql(
        `UPDATE idempotency_keys SET state = ?, answer = ?, ended_at = ?
         WHERE tenant = ? AND client = ? AND key_hash = ?`,
      ).run(state, answer, atMs, tenant, client, keyHash);
    },

    /** As if nobody had asked. */
    release({ sql, caller: { tenant } }: Scope, { client, keyHash }: KeyedRequest): void {
      sql('DELETE FROM idempotency_keys WHERE tenant = ? AND client = ? AND key_hash = ?').run(tenant, client, keyHash);
    },
  },

  reads: {},
};
