/** What the desktop remembers from one start to the next: where its window stood, what was said once. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const pixels = z.number().int().min(-100_000).max(100_000);
const boundsSchema = z.object({ x: pixels, y: pixels, width: pixels.min(1), height: pixels.min(1) });
const stateSchema = z.object({
  window: boundsSchema.extend({ maximized: z.boolean() }).nullable().catch(null),
  /** Whether closing the window leaves the engine running. */
  keepRunning: z.boolean().catch(true),
  /** Whether runs that are due wait while the computer is on battery, and while its network is metered. */
  waitOnBattery: z.boolean().catch(false),
  waitOnMetered: z.boolean().catch(false),
  /** Whether newer releases are looked for: nothing is contacted before somebody has said so. */
  updates: z.boolean().catch(false),
  /** Whether it was said that closing the window leaves the engine running. */
  toldAboutTray: z.boolean().catch(false),
});
export type DesktopState = z.infer<typeof stateSchema>;

export type Bounds = z.infer<typeof boundsSchema>;

export class StateFile {
  readonly #file: string;
  #state: DesktopState;

  /** A file that is missing or damaged counts as empty: nothing in it is worth a question. */
  constructor(file: string) {
    this.#file = file;
    this.#state = stateSchema.parse(read(file));
  }

  get state(): DesktopState {
    return this.#state;
  }

  /** Small and rare, so it is written at once. False: it holds until the program ends, for the disk refuses it. */
  change(change: Partial<DesktopState>): boolean {
    this.#state = { ...this.#state, ...change };
    const temporary = `${this.#file}.new`;
    try {
      writeFileSync(temporary, `${JSON.stringify(this.#state)}\n`, { mode: 0o600 });
      renameSync(temporary, this.#file);
      return true;
    } catch {
      // The next change tries again.
      return false;
    }
  }
}

function read(file: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
