/** The time of a sandboxed AWS, which a test can move: snapshots get on, sessions end, retention passes. */
export class SandboxClock {
  #aheadMs = 0;

  /** Epoch milliseconds. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  iso(): string {
    return new Date(this.now()).toISOString();
  }

  /** Only ever forward. */
  advance(ms: number): void {
    if (ms < 0) throw new Error('time does not go back');
    this.#aheadMs += ms;
  }
}
