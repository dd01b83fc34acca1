/**
 * Keeps the threads of runs within limits that may change at any moment: bytes a second over all threads together, and a
 * share of the time of each. It lies in shared memory, so that a change counts at once, also for who is waiting.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ImpactLimits } from '../../../shared/model/impact.ts';

export type SharedThrottle = SharedArrayBuffer;
export type PacedKind = 'read' | 'write';

/** Places in the shared memory, 64 bits each. A limit of 0 is none; times are of the clock that only grows. */
const place = { readRate: 0, writeRate: 1, cpuPercent: 2, readFreeAt: 3, writeFreeAt: 4 } as const;
const places = 5;
const rateOf = { read: place.readRate, write: place.writeRate } as const;
const freeAtOf = { read: place.readFreeAt, write: place.writeFreeAt } as const;
/** Nobody sleeps longer without looking at what has changed. */
const sliceMs = 50;

export class Throttle {
  readonly shared: SharedThrottle;
  readonly #cells: BigInt64Array;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));

  private constructor(shared: SharedThrottle) {
    this.shared = shared;
    this.#cells = new BigInt64Array(shared);
  }

  /** Without limits until `set`. */
  static create(): Throttle {
    return new Throttle(new SharedArrayBuffer(places * 8));
  }

  /** That of another thread; null where a run has none. */
  static attach(shared: SharedThrottle | null | undefined): Throttle | null {
    return shared === null || shared === undefined ? null : new Throttle(shared);
  }

  set({ cpuPercent, readBytesPerSecond, writeBytesPerSecond }: ImpactLimits): void {
    this.#setRate('read', readBytesPerSecond ?? 0);
    this.#setRate('write', writeBytesPerSecond ?? 0);
    Atomics.store(this.#cells, place.cpuPercent, BigInt(Math.round(cpuPercent ?? 0)));
  }

  /** Blocks the thread until so many bytes may pass; what passed at a burst is waited for by the next. */
  pace(kind: PacedKind, bytes: number, meanwhile: () => void): void {
    const rate = Atomics.load(this.#cells, rateOf[kind]);
    if (rate <= 0n || bytes <= 0) return;
    const mine = this.#reserve(kind, (BigInt(bytes) * 1_000_000_000n) / rate);
    for (;;) {
      // Another limit gives everybody's place in the line up.
      if (Atomics.load(this.#cells, rateOf[kind]) !== rate) return;
      const left = Number(mine - process.hrtime.bigint()) / 1e6;
      if (left <= 0) return;
      this.#sleep(Math.min(left, sliceMs));
      meanwhile();
    }
  }

  /** As `pace`, for a thread that others wait for: it does not stand still. */
  async passed(kind: PacedKind, bytes: number, signal: AbortSignal): Promise<void> {
    const rate = Atomics.load(this.#cells, rateOf[kind]);
    if (rate <= 0n || bytes <= 0) return;
    const mine = this.#reserve(kind, (BigInt(bytes) * 1_000_000_000n) / rate);
    while (Atomics.load(this.#cells, rateOf[kind]) === rate) {
      const left = Number(mine - process.hrtime.bigint()) / 1e6;
      if (left <= 0) return;
      await wait(Math.min(left, sliceMs), undefined, { signal });
    }
  }

  /** Blocks the thread for as long as its share asks for after it has worked so long. */
  rest(workedMicroseconds: number, meanwhile: () => void): void {
    for (let doneMs = 0; ;) {
      const percent = Number(Atomics.load(this.#cells, place.cpuPercent));
      if (percent <= 0 || percent >= 100) return;
      const left = (workedMicroseconds / 1000) * (100 / percent - 1) - doneMs;
      if (left <= 0) return;
      const slice = Math.min(left, sliceMs);
      this.#sleep(slice);
      doneMs += slice;
      meanwhile();
    }
  }

  #setRate(kind: PacedKind, rate: number): void {
    const before = Atomics.exchange(this.#cells, rateOf[kind], BigInt(Math.round(rate)));
    if (before !== BigInt(Math.round(rate))) Atomics.store(this.#cells, freeAtOf[kind], 0n);
  }

  /** A place in the line of all threads; returns when it is over. */
  #reserve(kind: PacedKind, costNs: bigint): bigint {
    const cell = freeAtOf[kind];
    for (;;) {
      const freeAt = Atomics.load(this.#cells, cell);
      const now = process.hrtime.bigint();
      const mine = (freeAt > now ? freeAt : now) + costNs;
      if (Atomics.compareExchange(this.#cells, cell, freeAt, mine) === freeAt) return mine;
    }
  }

  #sleep(ms: number): void {
    Atomics.wait(this.#sleeper, 0, 0, ms);
  }
}
