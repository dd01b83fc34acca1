import { randomBytes } from 'node:crypto';
import type { Token } from '../../../shared/contract/tokens.ts';
import type { TokenRow } from '../catalog/api-tokens.ts';
import { hashOfSecret, newSecretText } from '../platform/secret-text.ts';
import { handlers } from './context.ts';

/** What every token begins with, so that one that leaked is recognised for what it is. */
export const tokenMark = 'hf_';
const prefixLength = tokenMark.length + 6;

export const tokensHandlers = {
  create: handlers.tokens.create.handler(
    async ({ input: { name, role, lifetimeMs }, context: { catalog, caller } }) => {
      const secret = tokenMark + newSecretText();
      const createdAtMs = Date.now();
      const row = await catalog.write('apiTokens.create', caller, {
        id: randomBytes(8).toString('hex'),
        name,
        role,
        prefix: secret.slice(0, prefixLength),
        hash: hashOfSecret(secret),
        createdAtMs,
        expiresAtMs: lifetimeMs === null ? null : createdAtMs + lifetimeMs,
      });
      return { token: present(row), secret };
    },
  ),
  list: handlers.tokens.list.handler(async ({ context: { catalog, caller } }) => ({
    tokens: (await catalog.read('apiTokens.list', caller, null)).map(present),
  })),
  revoke: handlers.tokens.revoke.handler(async ({ input: { token }, context: { catalog, caller, console } }) => {
    const row = await catalog.write('apiTokens.revoke', caller, { token, atMs: Date.now() });
    console?.tokenRevoked(row.id);
    return present(row);
  }),
};

export function isExpired({ expiresAtMs }: TokenRow): boolean {
  return expiresAtMs !== null && expiresAtMs <= Date.now();
}

function present(row: TokenRow): Token {
  const { id, name, role, tenant, prefix, actor, createdAtMs, expiresAtMs, lastUsedAtMs } = row;
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    id,
    name,
    role,
    tenant,
    prefix,
    createdBy: actor,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: time(expiresAtMs),
    expired: isExpired(row),
    lastUsedAt: time(lastUsedAtMs),
  };
}
