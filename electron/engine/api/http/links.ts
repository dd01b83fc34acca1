/** One-time links: whoever opens one is signed in as the one who asked for it. They live in memory alone. */
import { hashOfSecret, newSecretText } from '../../platform/secret-text.ts';
import type { Calling } from '../context.ts';

const lifetimeMs = 15 * 60_000;
const maximumLinks = 32;

type Link = { readonly calling: Calling; readonly expiresAtMs: number };

export class OneTimeLinks {
  /** By the hash of their secret, oldest first. */
  readonly #links = new Map<string, Link>();

  make(calling: Calling): { readonly secret: string; readonly expiresAtMs: number } {
    const secret = newSecretText();
    const expiresAtMs = Date.now() + lifetimeMs;
    this.#links.set(hashOfSecret(secret), { calling, expiresAtMs });
    for (const oldest of this.#links.keys()) {
      if (this.#links.size <= maximumLinks) break;
      this.#links.delete(oldest);
    }
    return { secret, expiresAtMs };
  }

  /** Those of a tenant open nothing any more. */
  forget(tenant: string): void {
    for (const [hash, { calling }] of this.#links) if (calling.caller.tenant === tenant) this.#links.delete(hash);
  }

  /** Null for a link that is unknown, used or too old. */
  redeem(secret: string): Calling | null {
    const hash = hashOfSecret(secret);
    const link = this.#links.get(hash);
    this.#links.delete(hash);
    return link === undefined || link.expiresAtMs <= Date.now() ? null : link.calling;
  }
}
