/**
 * Wakes the scheduler: at the moment something is due, and every fifteen seconds in any case, because timers do not hold
 * through sleep and clocks that jump.
 */
import nodeSchedule, { type Job } from 'node-schedule';

export type HeartbeatOptions = {
  readonly beat: () => Promise<void>;
  /** When something is due next, epoch milliseconds of the machine's clock; null: never, as things are. */
  readonly nextMs: () => number | null;
};

const everyMs = 15_000;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | null = null;
  #alarm: Job | null = null;
  #armedForMs: number | null = null;
  #closed = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.beat();
  }

  /** Now, as when the machine has slept or something has changed. */
  beat(): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.beat(), everyMs).unref();
    void this.#options
      .beat()
      .catch(() => undefined)
      .finally(() => this.#arm());
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#alarm?.cancel();
  }

  #arm(): void {
    const nextMs = this.#options.nextMs();
    if (this.#closed || nextMs === this.#armedForMs) return;
    this.#alarm?.cancel();
    this.#armedForMs = nextMs;
    // Of a moment that is past nothing is armed: the next beat comes soon enough.
    this.#alarm = nextMs === null ? null : nodeSchedule.scheduleJob(new Date(nextMs), () => this.beat());
  }
}
