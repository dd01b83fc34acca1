/** Which snapshots of one repository another has already. */
import type { HeaderBook, SnapshotHeader } from './headers.ts';

/** The snapshots of a repository, found by what others may be copies of. */
export class Holdings {
  readonly #byOrigin = new Map<string, (readonly [string, SnapshotHeader])[]>();
  readonly #byLikeness = new Map<string, string>();
  readonly #byKin = new Map<string, SnapshotHeader[]>();

  constructor(book: Pick<HeaderBook, 'headers'>) {
    for (const [id, header] of book.headers) this.add(id, header);
  }

  add(id: string, header: SnapshotHeader): void {
    push(this.#byOrigin, header.origin, [id, header]);
    // One that came here under another origin may have gone to others under its own id.
    if (header.origin !== id) push(this.#byOrigin, id, [id, header]);
    this.#byLikeness.set(header.likeness, id);
    push(this.#byKin, header.kin, header);
  }

  /**
   * The snapshot that is a copy of this one, or what it was copied from. Tags do not matter where the origin is the same:
   * they are changed on both sides, by holds and by retention. Tree and time do: to leave something out of a snapshot makes
   * another one of the same origin.
   */
  copyOf({ origin, tree, timeNs, likeness }: SnapshotHeader): string | null {
    const alike = this.#byLikeness.get(likeness);
    if (alike !== undefined) return alike;
    const kept = this.#byOrigin.get(origin)?.find(([, other]) => other.tree === tree && other.timeNs === timeNs);
    return kept?.[0] ?? null;
  }

  /** Of the same source, the snapshot that was taken nearest to this one: they differ least. */
  nearest({ kin, timeNs }: SnapshotHeader): SnapshotHeader | null {
    const distance = (other: SnapshotHeader): number => Math.abs(Number(other.timeNs) - Number(timeNs));
    const others = this.#byKin.get(kin) ?? [];
    const [first = null] = others;
    return others.reduce((best, other) => (best !== null && distance(other) >= distance(best) ? best : other), first);
  }
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
