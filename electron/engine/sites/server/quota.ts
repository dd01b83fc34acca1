/** How much one user's repository takes, and how much more of it may come: what is on its way counts before it is there. */

export type Reservation = {
  /** What it has become: the bytes that are there more now, or fewer. To be called once. */
  settle(bytes: number): void;
};

export class Quota {
  readonly #measure: () => Promise<number>;
  #used: number | null = null;
  #measuring: Promise<number> | null = null;
  #measuredAtMs = -Infinity;
  #reserved = 0;

  /** `measure` counts what is there now. */
  constructor(measure: () => Promise<number>) {
    this.#measure = measure;
  }

  /** Bytes. */
  async used(): Promise<number> {
    return this.#used ?? this.#count();
  }

  /** Null where it would be more than `limit`. Of several at once, only as many get room as there is. */
  async reserve(bytes: number, limit: number | null): Promise<Reservation | null> {
    if (this.#used === null) await this.#count();
    if (this.#isTooMuch(bytes, limit) && performance.now() - this.#measuredAtMs > recountAfterMs) {
      // Whoever runs the server may have removed something beside it.
      await this.#count();
    }
    if (this.#isTooMuch(bytes, limit)) return null;
    this.#reserved += bytes;
    return {
      settle: (difference) => {
        this.#reserved -= bytes;
        this.add(difference);
      },
    };
  }

  add(bytes: number): void {
    if (this.#used !== null) this.#used = Math.max(0, this.#used + bytes);
  }

  #isTooMuch(bytes: number, limit: number | null): boolean {
    return limit !== null && (this.#used ?? 0) + this.#reserved + bytes > limit;
  }

  /** What comes or goes while it counts may be counted twice or not at all; the next count puts that right. */
  #count(): Promise<number> {
    this.#measuring ??= this.#measure().then((bytes) => {
      this.#used = bytes;
      this.#measuredAtMs = performance.now();
      return bytes;
    });
    const counted = this.#measuring.finally(() => (this.#measuring = null));
    return counted;
  }
}

const recountAfterMs = 60_000;
