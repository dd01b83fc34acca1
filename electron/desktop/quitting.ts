/** The way out: asks while something runs, waits or cancels as answered, closes the engine in order, then ends. */
import type { App, BrowserWindow, Dialog } from 'electron';
import { titleOf } from './tray-state.ts';
import type { Job } from '../../shared/contract/jobs.ts';

export type QuitParts = {
  readonly app: Pick<App, 'on' | 'exit'>;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly window: () => BrowserWindow | null;
  readonly running: () => readonly Job[];
  /** The question was answered, or the wait has ended: what shows it is drawn anew. */
  readonly onChange: () => void;
  /** Ends the engine and takes window and tray away. */
  readonly close: () => Promise<void>;
};

const answers = ['Wait, then quit', 'Cancel them and quit', 'Keep running'] as const;
const wait = 0;
const cancel = 1;
const stay = 2;

export class Quitting {
  readonly #parts: QuitParts;
  #asking = false;
  #waiting = false;
  #ending: Promise<void> | null = null;
  /** All is closed, and what is left is to end. */
  #left = false;

  constructor(parts: QuitParts) {
    this.#parts = parts;
  }

  /** Whether the program ends as soon as nothing runs any more. */
  get isWaiting(): boolean {
    return this.#waiting;
  }

  /** Whatever way the program is told to end, it ends through here. */
  listen(): void {
    this.#parts.app.on('before-quit', (event) => {
      if (this.#left) return;
      event.preventDefault();
      void this.ask();
    });
  }

  async ask(): Promise<void> {
    if (this.#ending !== null || this.#asking) return;
    const running = this.#parts.running();
    if (running.length === 0) return this.end();
    this.#asking = true;
    try {
      const answer = await this.#question(running);
      this.#waiting = answer === wait;
      if (answer === cancel) await this.end();
    } finally {
      this.#asking = false;
      this.#parts.onChange();
      this.jobsChanged();
    }
  }

  /** To be called whenever jobs have begun or ended. */
  jobsChanged(): void {
    if (this.#waiting && this.#parts.running().length === 0) void this.end();
  }

  /** Without a question, as when the machine goes down. `leave` ends the program, as an update does in its own way. */
  async end(leave: () => void = () => this.#parts.app.exit(0)): Promise<void> {
    this.#ending ??= this.#parts
      .close()
      // Whatever could not be closed is free once the process is gone.
      .catch(() => undefined)
      .then(() => {
        this.#left = true;
        return leave();
      });
    await this.#ending;
  }

  async #question(running: readonly Job[]): Promise<number> {
    const count = running.length;
    const titles = running.slice(0, 5).map(titleOf);
    const options = {
      type: 'question' as const,
      title: 'Quit Holdfast?',
      message: count === 1 ? 'One job is still running.' : `${count} jobs are still running.`,
      detail:
        `${titles.join('\n')}${count > titles.length ? '\n…' : ''}\n\n` +
        'A cancelled protection loses nothing that was stored: its next run goes on from there. ' +
        'A cancelled restore leaves what it has written, and can be taken up again.',
      buttons: [...answers],
      defaultId: wait,
      cancelId: stay,
      noLink: true,
    };
    const { dialog, window } = this.#parts;
    const parent = window();
    const visible = parent !== null && parent.isVisible();
    const { response } = visible ? await dialog.showMessageBox(parent, options) : await dialog.showMessageBox(options);
    return response;
  }
}
