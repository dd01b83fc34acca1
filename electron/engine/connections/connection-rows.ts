/** The rows of the file of connections, in memory once they were read, changed by one at a time. */
import { readConnections, writeConnections, type ConnectionRow } from './connection-file.ts';

type Change = (rows: readonly ConnectionRow[]) => readonly ConnectionRow[];

export class ConnectionRows {
  readonly #home: string;
  #rows: Promise<readonly ConnectionRow[]> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#home = home;
  }

  /** CONNECTIONS_DAMAGED. */
  all(): Promise<readonly ConnectionRow[]> {
    this.#rows ??= readConnections(this.#home).catch((error: unknown) => {
      this.#rows = null;
      throw error;
    });
    return this.#rows;
  }

  /** One after the other: what is unlocked in one call may be disconnected in another. */
  async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** For who has its turn. In memory only once it is on disk. */
  async change(change: Change): Promise<void> {
    const rows = [...change(await this.all())];
    await writeConnections(this.#home, rows);
    this.#rows = Promise.resolve(rows);
  }
}
