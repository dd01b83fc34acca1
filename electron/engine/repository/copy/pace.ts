/** Lets bytes leave no faster than somebody says who may change their mind at any moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from '../../platform/network-throttle.ts';

/** Nobody waits longer without asking how fast it may go by now. */
const sliceMs = 50;
/** What was not used for longer than this is not made up for; a busy machine wakes a timer late. */
const burstMs = 200;

export class AskedPace implements Pace {
  readonly #bytesPerSecond: () => number | null;
  readonly #signal: AbortSignal;
  #turn: Promise<void> = Promise.resolve();
  /** When all that was let through has used up its time, in milliseconds of the clock that only grows. */
  #usedUpMs = performance.now();

  constructor(bytesPerSecond: () => number | null, signal: AbortSignal) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#signal = signal;
  }

  /** One after the other. Throws the signal's reason. */
  async up(bytes: number): Promise<void> {
    const mine = this.#turn.catch(() => undefined).then(() => this.#wait(bytes));
    this.#turn = mine;
    return mine;
  }

  /** What comes from the target is little: its index, and names. */
  down(): Promise<void> {
    return Promise.resolve();
  }

  async #wait(bytes: number): Promise<void> {
    for (let left = bytes; left > 0;) {
      this.#signal.throwIfAborted();
      const rate = this.#bytesPerSecond();
      if (rate === null) return;
      const slice = Math.min(left, (rate * sliceMs) / 1000);
      this.#usedUpMs = Math.max(this.#usedUpMs, performance.now() - burstMs);
      if (slice > 0) this.#usedUpMs += (slice / rate) * 1000;
      left -= slice;
      const waitMs = slice > 0 ? this.#usedUpMs - performance.now() : sliceMs;
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#signal });
    }
  }
}
