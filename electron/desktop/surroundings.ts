/** What this computer is like now: looked at again and again, since not every system tells when it changes. */
import type { PowerMonitor } from 'electron';
import { isMetered, type NetworkParts } from './metered-network.ts';
import { isOnBattery, type BatteryParts } from './power-supply.ts';

export type SurroundingsParts = BatteryParts &
  NetworkParts & {
    readonly monitor: Pick<PowerMonitor, 'isOnBatteryPower' | 'on'>;
    /** Whether anything waits for the network: while nothing does, it is not asked about by the clock. */
    readonly needsNetwork: () => boolean;
  };

const everyMs = 15_000;
/** The network is asked about by another program, and so less often. */
const networkEvery = 4;

export class Surroundings {
  readonly #parts: SurroundingsParts;
  #looks = 0;
  #timer: NodeJS.Timeout | null = null;
  #onLook: () => void = () => undefined;
  #closed = false;
  /** Null: it cannot be known here. */
  onBattery: boolean | null = null;
  metered: boolean | null = null;

  constructor(parts: SurroundingsParts) {
    this.#parts = parts;
  }

  /** From now on; `onLook` is told after each look, also where nothing has changed. */
  follow(onLook: () => void): void {
    this.#onLook = onLook;
    const { monitor } = this.#parts;
    const look = (): void => void this.look();
    monitor.on('on-battery', look);
    monitor.on('on-ac', look);
    monitor.on('resume', look);
    this.#arm();
  }

  /** Now, at both. */
  async look(): Promise<void> {
    this.#looks = 0;
    await this.#look(true);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(asksNetwork: boolean): Promise<void> {
    [this.onBattery, this.metered] = await Promise.all([
      isOnBattery(this.#parts),
      asksNetwork ? isMetered(this.#parts) : this.metered,
    ]);
    if (!this.#closed) this.#onLook();
  }

  #arm(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looks += 1;
      const asksNetwork = this.#looks % networkEvery === 0 && this.#parts.needsNetwork();
      void this.#look(asksNetwork).finally(() => this.#arm());
    }, everyMs).unref();
  }
}
