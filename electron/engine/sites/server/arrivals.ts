/**
 * When each snapshot file of a user's repository came in, by the clock of this server: a file of the home, one line each. What
 * a snapshot says of its own time, who pushes it chooses; this, nobody does who comes over the network.
 */
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../platform/make-folders.ts';

const line = /^([0-9a-f]{64}) (\d{1,15})$/;

export class Arrivals {
  readonly #folder: string;
  readonly #file: string;
  #known: Promise<Map<string, number>> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string, user: string) {
    this.#folder = join(home, 'site-arrivals');
    this.#file = join(this.#folder, user);
  }

  /** Durable when it returns. The first time counts: a snapshot that comes again is no newer for that. */
  async note(snapshot: string, atMs: number): Promise<void> {
    const work = async (): Promise<void> => {
      const known = await this.#load();
      if (known.has(snapshot)) return;
      await makeFolders(this.#folder);
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
      const file = await open(this.#file, flags, 0o600);
      try {
        // After a crash in the middle of a line, the next one must not be lost with it.
        await file.write(`\n${snapshot} ${atMs}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
      known.set(snapshot, atMs);
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }

  /** Epoch milliseconds by the name of the snapshot file. */
  async all(): Promise<ReadonlyMap<string, number>> {
    return this.#load();
  }

  #load(): Promise<Map<string, number>> {
    this.#known ??= read(this.#file).catch((error: unknown) => {
      this.#known = null;
      throw error;
    });
    return this.#known;
  }
}

async function read(file: string): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  const text = await readFile(file, 'latin1').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  for (const one of text.split('\n')) {
    const [, name, atMs] = line.exec(one) ?? [];
    if (name !== undefined && !known.has(name)) known.set(name, Number(atMs));
  }
  return known;
}
