/**
 * Bytes a second that may go out and come in over a network, over all that share one throttle. Rates may change at any moment
 * and count at once, also for who is waiting.
 */

/** What bytes wait for before they are sent, or after they came. */
export interface Pace {
  /** Resolves when so many bytes may go out. */
  up(bytes: number): Promise<void>;
  /** Resolves when so many bytes may have come in. */
  down(bytes: number): Promise<void>;
}

export type NetworkRates = {
  /** Null: as fast as it goes. */
  readonly upBytesPerSecond: number | null;
  readonly downBytesPerSecond: number | null;
};

/** Bytes are best handed over in pieces of this size: what passes at once cannot be slowed down any more. */
export const paceSliceBytes = 16 * 1024;

/** What was not used for so long is not made up for. */
const burstMs = 50;

export class NetworkThrottle implements Pace {
  readonly #up = new Line();
  readonly #down = new Line();

  /** Without limits where nothing is given. */
  constructor(rates: Partial<NetworkRates> = {}) {
    this.set({ upBytesPerSecond: null, downBytesPerSecond: null, ...rates });
  }

  set({ upBytesPerSecond, downBytesPerSecond }: NetworkRates): void {
    this.#up.setRate(upBytesPerSecond);
    this.#down.setRate(downBytesPerSecond);
  }

  up(bytes: number): Promise<void> {
    return this.#up.pass(bytes);
  }

  down(bytes: number): Promise<void> {
    return this.#down.pass(bytes);
  }
}

type Waiter = { readonly bytes: number; readonly pass: () => void };

/** One direction. Whoever passes makes the next one wait for as long as its bytes take. */
class Line {
  /** Bytes for each millisecond. */
  #rate: number | null = null;
  #freeAtMs = 0;
  readonly #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | null = null;

  setRate(bytesPerSecond: number | null): void {
    const before = this.#rate;
    this.#rate = bytesPerSecond === null || bytesPerSecond <= 0 ? null : bytesPerSecond / 1000;
    const owedMs = this.#freeAtMs - performance.now();
    if (owedMs > 0) {
      // What has passed already was of so many bytes, which now take another time.
      const factor = before === null || this.#rate === null ? 0 : before / this.#rate;
      this.#freeAtMs = performance.now() + owedMs * factor;
    }
    this.#pump();
  }

  pass(bytes: number): Promise<void> {
    if (this.#rate === null || bytes <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, pass: resolve });
    if (this.#timer === null) this.#pump();
    return promise;
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#waiting.length > 0) {
      const now = performance.now();
      const leftMs = this.#freeAtMs - now;
      if (this.#rate !== null && leftMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), leftMs);
        return;
      }
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (this.#rate !== null) this.#freeAtMs = Math.max(this.#freeAtMs, now - burstMs) + next.bytes / this.#rate;
      next.pass();
    }
  }
}
