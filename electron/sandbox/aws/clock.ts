/** The time of a sandboxed AWS, which a test can move: snapshots get on, sessions end, retention passes. */
export class SandboxClock {
  #aheadMs = 0;
  #stoppedMs: number | null = null;

  /** Epoch milliseconds. */
  now(): number {
    return (this.#stoppedMs ?? Date.now()) + this.#aheadMs;
  }

  /** From now on it only goes on when it is moved. */
  stop(): void {
    this.#stoppedMs ??= Date.now();
  }

  /** Only ever forward. */
  advance(ms: number): void {
    if (ms < 0) throw new Error('time does not go back');
    this.#aheadMs += ms;
  }
}
