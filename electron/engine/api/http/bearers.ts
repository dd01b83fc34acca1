/** API tokens at the door: from the text in a request to the caller it stands for. */
import type { Catalog } from '../../catalog/catalog.ts';
import { hashOfSecret } from '../../platform/secret-text.ts';
import type { Calling } from '../context.ts';
import { isExpired, tokenMark } from '../tokens.ts';

/** How exactly it is known when a token was used last. */
const noteUseEveryMs = 60_000;
/** Longer than any token. */
const maximumLength = 100;
/** Who looks: the tenant of a token is known only once it was found. */
const door = { tenant: 'default', actor: 'http' };

export class Bearers {
  readonly #catalog: Catalog;
  readonly #notedAtMs = new Map<string, number>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Null for a token that is unknown, revoked or expired. What is wrong with the catalog throws. */
  async use(token: string): Promise<{ readonly calling: Calling; readonly id: string } | null> {
    if (!token.startsWith(tokenMark) || token.length > maximumLength) return null;
    const row = await this.#catalog.read('apiTokens.byHash', door, { hash: hashOfSecret(token) });
    if (row === null || isExpired(row)) return null;
    this.#note(row.id);
    return { calling: { caller: { tenant: row.tenant, actor: `token:${row.name}` }, role: row.role }, id: row.id };
  }

  #note(id: string): void {
    const atMs = Date.now();
    if (atMs - (this.#notedAtMs.get(id) ?? 0) < noteUseEveryMs) return;
    this.#notedAtMs.set(id, atMs);
    // That it cannot be written down keeps nobody out.
    this.#catalog.write('apiTokens.used', door, { id, atMs }).catch(() => undefined);
  }
}
