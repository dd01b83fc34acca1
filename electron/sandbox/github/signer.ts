/** Addresses that may be used for a while without saying who one is, as GitHub gives out for stored files. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export class Signer {
  readonly #key = randomBytes(32);

  /** `purpose`: the only thing it is good for, such as `GET /storage/assets/7`. */
  sign(purpose: string, forMs: number): string {
    const endMs = Date.now() + forMs;
    return `${endMs}.${this.#seal(purpose, endMs)}`;
  }

  allows(purpose: string, signature: string): boolean {
    const [end = '', seal = ''] = signature.split('.');
    const endMs = Number(end);
    const expected = Buffer.from(this.#seal(purpose, endMs));
    const given = Buffer.from(seal);
    return endMs > Date.now() && given.length === expected.length && timingSafeEqual(given, expected);
  }

  #seal(purpose: string, endMs: number): string {
    return createHmac('sha256', this.#key).update(`${endMs} ${purpose}`).digest('hex');
  }
}
