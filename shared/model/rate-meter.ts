/** Time constants of the two averages: one follows what happens now, the other what happens on the whole. */
const FAST_MS = 3_000;
const SLOW_MS = 20_000;
/** Samples closer together say more about the clock than about the speed. */
const MIN_SAMPLE_MS = 50;
const MIN_RATE_MS = 1_000;
const MIN_ESTIMATE_MS = 5_000;
const STABLE_WITHIN = 0.25;

/** Smooths the speed of something that only grows, and tells whether it is even enough to look ahead. */
export class RateMeter {
  #startedAt: number | null = null;
  #lastAt = 0;
  #lastDone = 0;
  #fast = 0;
  #slow = 0;

  /** `atMs` is monotonic. A `done` that shrinks begins a new measurement. */
  sample(done: number, atMs: number): void {
    if (this.#startedAt === null || done < this.#lastDone) {
      this.#startedAt = atMs;
      this.#lastAt = atMs;
      this.#lastDone = done;
      this.#fast = 0;
      this.#slow = 0;
      return;
    }
    const elapsed = atMs - this.#lastAt;
    if (elapsed < MIN_SAMPLE_MS) return;
    const rate = ((done - this.#lastDone) / elapsed) * 1000;
    this.#fast += (1 - Math.exp(-elapsed / FAST_MS)) * (rate - this.#fast);
    this.#slow += (1 - Math.exp(-elapsed / SLOW_MS)) * (rate - this.#slow);
    this.#lastAt = atMs;
    this.#lastDone = done;
  }

  /** Per second; null during the first second. */
  get perSecond(): number | null {
    return this.#measuredMs < MIN_RATE_MS ? null : unbiased(this.#fast, this.#measuredMs, FAST_MS);
  }

  /** Milliseconds until that much more is done, a second at least; null while that would be a guess. */
  estimateMs(remaining: number): number | null {
    if (this.#measuredMs < MIN_ESTIMATE_MS || remaining <= 0) return null;
    const fast = unbiased(this.#fast, this.#measuredMs, FAST_MS);
    const slow = unbiased(this.#slow, this.#measuredMs, SLOW_MS);
    if (slow <= 0 || Math.abs(fast - slow) > slow * STABLE_WITHIN) return null;
    return Math.max(1000, (remaining / slow) * 1000);
  }

  get #measuredMs(): number {
    return this.#startedAt === null ? 0 : this.#lastAt - this.#startedAt;
  }
}

/** An average that began at zero is too low by the part of it that is still that zero. */
function unbiased(average: number, measuredMs: number, constantMs: number): number {
  return average / (1 - Math.exp(-measuredMs / constantMs));
}
