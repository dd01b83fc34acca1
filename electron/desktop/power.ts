/** The machine does not fall asleep by itself while a job runs, and only then; after a sleep the engine looks around. */
import type { PowerMonitor, PowerSaveBlocker } from 'electron';

export class Wakefulness {
  readonly #blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  #id: number | null = null;

  constructor(blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>) {
    this.#blocker = blocker;
  }

  /** The screen may go dark. */
  keep(isRunning: boolean): void {
    if (isRunning && this.#id === null) this.#id = this.#blocker.start('prevent-app-suspension');
    if (!isRunning && this.#id !== null) {
      this.#blocker.stop(this.#id);
      this.#id = null;
    }
  }
}

export type Sleeper = {
  /** The machine has slept, for however long. */
  readonly onResume: () => void;
  /** The machine goes down: no questions any more. */
  readonly onShutdown: () => void;
};

export function watchPower(monitor: Pick<PowerMonitor, 'on'>, { onResume, onShutdown }: Sleeper): void {
  monitor.on('resume', onResume);
  monitor.on('shutdown', onShutdown);
}
