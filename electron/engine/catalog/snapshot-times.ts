/** From positions back to snapshots: which ones an interval of versions covers. For one call: they may change after it. */
import type { Scope } from './operations.ts';

export type SnapshotTime = { readonly snapshot: string; readonly takenAtMs: number };

export type Span = {
  readonly first: SnapshotTime;
  readonly last: SnapshotTime;
  readonly snapshots: number;
  readonly current: boolean;
};

type Known = SnapshotTime & { readonly position: number };

export class SnapshotTimes {
  readonly #sql: Scope['sql'];
  readonly #known = new Map<number, readonly Known[]>();

  constructor({ sql }: Scope) {
    this.#sql = sql;
  }

  /** The indexed snapshots of the source from one position to another, both included; null where there are none. */
  span(source: number, first: number, last: number): Span | null {
    const all = this.#of(source);
    const from = countBelow(all, first);
    const to = countBelow(all, last + 1);
    const [begin, end] = [all[from], all[to - 1]];
    if (begin === undefined || end === undefined || to <= from) return null;
    return { first: time(begin), last: time(end), snapshots: to - from, current: to === all.length };
  }

  #of(source: number): readonly Known[] {
    let known = this.#known.get(source);
    if (known === undefined) {
      const query =
        "SELECT position, snapshot, taken_at AS takenAtMs FROM snapshots WHERE source = ? AND state = 'indexed' ORDER BY position";
      known = this.#sql<Known>(query).all(source);
      this.#known.set(source, known);
    }
    return known;
  }
}

function time({ snapshot, takenAtMs }: Known): SnapshotTime {
  return { snapshot, takenAtMs };
}

function countBelow(all: readonly Known[], position: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle] as Known).position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
