/** How often each address has failed to get in of late. */
const minuteMs = 60_000;
/** Whoever has more addresses than this pushes the oldest out. */
const remembered = 10_000;

export class Failures {
  readonly #perMinute: number;
  readonly #of = new Map<string, { count: number; readonly sinceMs: number }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  note(address: string): void {
    const now = performance.now();
    const known = this.#of.get(address);
    if (known !== undefined && now - known.sinceMs < minuteMs) return void (known.count += 1);
    this.#of.delete(address);
    this.#of.set(address, { count: 1, sinceMs: now });
    for (const oldest of this.#of.keys()) {
      if (this.#of.size <= remembered) break;
      this.#of.delete(oldest);
    }
  }

  areTooMany(address: string): boolean {
    const known = this.#of.get(address);
    return known !== undefined && performance.now() - known.sinceMs < minuteMs && known.count >= this.#perMinute;
  }
}
