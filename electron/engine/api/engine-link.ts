/** The way of a caller to the engine of its home, in this process or in another; found anew when that engine has ended. */
import type { ClientContext, ClientLink } from '@orpc/client';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { CallNotBegun } from './socket/remote-engine.ts';

/** One way to an engine, as long as that engine lives. */
export interface EngineDoor {
  /** Throws CallNotBegun when this engine did not begin the call and never will. */
  call(path: readonly string[], input: unknown, signal: AbortSignal | undefined): Promise<unknown>;
  close(): Promise<void>;
}

/** Enough for any number of short commands one after the other; a call is begun once at most in any case. */
const maxDoors = 20;

export class EngineLink implements ClientLink<ClientContext> {
  readonly #open: () => Promise<EngineDoor>;
  #door: Promise<EngineDoor>;

  /** `open` finds a way each time it is called. */
  constructor(open: () => Promise<EngineDoor>) {
    this.#open = open;
    this.#door = open();
    this.#door.catch(() => undefined);
  }

  /** Resolves when an engine has been found for the first time. */
  async ready(): Promise<void> {
    await this.#door;
  }

  async call(
    path: readonly string[],
    input: unknown,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const opening = this.#door;
      const door = await opening;
      try {
        return await door.call(path, input, signal);
      } catch (error) {
        if (!(error instanceof CallNotBegun)) throw error;
        if (attempt === maxDoors)
          throw new HoldfastError('ENGINE_BUSY', 'No engine stayed long enough to begin the call.');
        await door.close();
        // Somebody else may have found the next one already.
        if (this.#door === opening) this.#door = this.#open();
      }
    }
  }

  async close(): Promise<void> {
    const door = await this.#door.catch(() => null);
    await door?.close();
  }
}
