/** API tokens: what is known of them, never the tokens themselves. A revoked one stays, as a record. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Role } from '../../../shared/model/roles.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type TokenRow = {
  readonly id: string;
  readonly tenant: string;
  /** Who made it. */
  readonly actor: string;
  readonly name: string;
  readonly role: Role;
  readonly prefix: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
};

export type NewToken = Pick<TokenRow, 'id' | 'name' | 'role' | 'prefix' | 'createdAtMs' | 'expiresAtMs'> & {
  readonly hash: string;
};

/** Of one tenant, those that are not revoked. */
const maximumTokens = 1000;

const columns = `id, tenant, actor, name, role, prefix, created_at AS createdAtMs, expires_at AS expiresAtMs,
  last_used_at AS lastUsedAtMs`;

export const apiTokens = {
  writes: {
    /** TOKEN_EXISTS. */
    create({ sql, caller: { tenant, actor } }: Scope, token: NewToken): TokenRow {
      const own = sql<{ name: string }>('SELECT name FROM api_tokens WHERE tenant = ? AND revoked_at IS NULL').all(
        tenant,
      );
      if (own.some(({ name }) => name === token.name))
        throw new HoldfastError('TOKEN_EXISTS', `There is a token ${token.name} already.`);
      if (own.length >= maximumTokens)
        throw new HoldfastError('BAD_USAGE', `There are ${own.length} tokens already, as many as can be.`);
      const { hash, ...known } = token;
      sql(
        `INSERT INTO api_tokens (id, tenant, actor, name, role, prefix, hash, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(known.id, tenant, actor, known.name, known.role, known.prefix, hash, known.createdAtMs, known.expiresAtMs);
      return { ...known, tenant, actor, lastUsedAtMs: null };
    },

    /** By id or name. TOKEN_NOT_FOUND. */
    revoke({ sql, caller: { tenant, actor } }: Scope, { token, atMs }: { token: string; atMs: number }): TokenRow {
      const row = sql<TokenRow>(
        `SELECT ${columns} FROM api_tokens WHERE tenant = ? AND revoked_at IS NULL AND (id = ? OR name = ?)
         ORDER BY id = ? DESC LIMIT 1`,
      ).get(tenant, token, token, token);
      if (row === undefined) throw new HoldfastError('TOKEN_NOT_FOUND', `There is no token ${token}.`);
      sql('UPDATE api_tokens SET revoked_at = ?, revoked_by = ? WHERE id = ?').run(atMs, actor, row.id);
      return row;
    },

    /** All of the tenant; how many they were. */
    revokeAll({ sql, caller: { tenant, actor } }: Scope, { atMs }: { atMs: number }): number {
      const query = 'UPDATE api_tokens SET revoked_at = ?, revoked_by = ? WHERE tenant = ? AND revoked_at IS NULL';
      return sql(query).run(atMs, actor, tenant).changes;
    },

    used({ sql }: Scope, { id, atMs }: { id: string; atMs: number }): void {
      sql('UPDATE api_tokens SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?').run(atMs, id);
    },
  },

  reads: {
    /** All that are not revoked: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): TokenRow[] {
      return sql<TokenRow>(
        `SELECT ${columns} FROM api_tokens WHERE tenant = ? AND revoked_at IS NULL ORDER BY created_at, id`,
      ).all(caller.tenant);
    },

    /** Of whatever tenant: who asks is not known before. Null for one that is unknown or revoked. */
    byHash({ sql }: Scope, { hash }: { hash: string }): TokenRow | null {
      return sql<TokenRow>(`SELECT ${columns} FROM api_tokens WHERE hash = ? AND revoked_at IS NULL`).get(hash) ?? null;
    },
  },
};
