/** The limits of GitHub's REST calls, as far as a test sets them: the hourly one, and the secondary one. */

export type LimitOptions = {
  readonly limit?: number;
  readonly remaining?: number;
  readonly resetInMs?: number;
  /** Every so-manieth call meets the secondary limit; null: none does. */
  readonly secondaryEvery?: number | null;
  /** What the secondary limit says of when to come back; null: nothing. */
  readonly retryAfterSeconds?: number | null;
  /** What a call beyond either limit is answered with: GitHub uses both. */
  readonly status?: 403 | 429;
};

const hourMs = 3_600_000;
const usualLimit = 5000;
const manyAtOnce = 100;

export class RateLimit {
  #limit = usualLimit;
  #used = 0;
  #resetMs = Date.now() + hourMs;
  #secondaryEvery: number | null = null;
  #retryAfterSeconds: number | null = 60;
  #status: 403 | 429 = 403;
  #asked = 0;

  set(options: LimitOptions): void {
    this.#limit = options.limit ?? this.#limit;
    if (options.remaining !== undefined) this.#used = Math.max(0, this.#limit - options.remaining);
    if (options.resetInMs !== undefined) this.#resetMs = Date.now() + options.resetInMs;
    if (options.secondaryEvery !== undefined) this.#secondaryEvery = options.secondaryEvery;
    if (options.retryAfterSeconds !== undefined) this.#retryAfterSeconds = options.retryAfterSeconds;
    this.#status = options.status ?? this.#status;
  }

  /** What stands in the way of a call that counts. `running`: the calls that are not answered yet, with this one. */
  check(running: number): 'primary' | 'secondary' | null {
    this.#renew();
    this.#asked += 1;
    if (this.#used >= this.#limit) return 'primary';
    if (running > manyAtOnce) return 'secondary';
    return this.#secondaryEvery !== null && this.#asked % this.#secondaryEvery === 0 ? 'secondary' : null;
  }

  count(): void {
    this.#used += 1;
  }

  get status(): 403 | 429 {
    return this.#status;
  }

  get retryAfterSeconds(): number | null {
    return this.#retryAfterSeconds;
  }

  /** As GitHub counts: the reset in seconds of the epoch. */
  facts(): { readonly limit: number; readonly remaining: number; readonly reset: number; readonly used: number } {
    this.#renew();
    const used = Math.min(this.#used, this.#limit);
    return { limit: this.#limit, remaining: this.#limit - used, reset: Math.ceil(this.#resetMs / 1000), used };
  }

  #renew(): void {
    if (Date.now() < this.#resetMs) return;
    this.#used = 0;
    this.#resetMs = Date.now() + hourMs;
  }
}
