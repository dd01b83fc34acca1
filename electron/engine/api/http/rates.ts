/** How many requests a session or token may make: so many a minute, and a quarter of that at once. */

/** While nothing else is set. */
export const defaultPerMinute = 3_000;
const minuteMs = 60_000;
/** How soon a changed setting counts. */
const readAgainMs = 5_000;
const maximumKnown = 2_000;

type Bucket = { left: number; atMs: number };

export type RateOptions = {
  /** Requests a minute; 0: as many as somebody likes. */
  readonly perMinute: () => Promise<number>;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
};

export class RequestRates {
  readonly #options: RateOptions;
  readonly #nowMs: () => number;
  /** The one used longest ago first. */
  readonly #buckets = new Map<string, Bucket>();
  #perMinute = defaultPerMinute;
  #readAtMs = -Infinity;

  constructor(options: RateOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Null where the request may come in; else for how many milliseconds none may. */
  async take(client: string): Promise<number | null> {
    await this.#readSetting();
    const perMinute = this.#perMinute;
    if (perMinute <= 0) return null;
    const now = this.#nowMs();
    const most = Math.max(1, perMinute / 4);
    const known = this.#buckets.get(client) ?? { left: most, atMs: now };
    const left = Math.min(most, known.left + ((now - known.atMs) * perMinute) / minuteMs);
    this.#keep(client, { left: left >= 1 ? left - 1 : left, atMs: now });
    return left >= 1 ? null : ((1 - left) * minuteMs) / perMinute;
  }

  #keep(client: string, bucket: Bucket): void {
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= maximumKnown) break;
      this.#buckets.delete(oldest);
    }
  }

  async #readSetting(): Promise<void> {
    const now = this.#nowMs();
    if (now - this.#readAtMs < readAgainMs) return;
    this.#readAtMs = now;
    // One that cannot be read is the one of before.
    this.#perMinute = await this.#options.perMinute().catch(() => this.#perMinute);
  }
}
