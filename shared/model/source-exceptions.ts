/**
 * Parts of a source that an operator knows to be gone where it lies, or closed, and has accepted: what an earlier run has
 * fetched of them is kept, and a run that misses only those counts. Pure.
 */

export type SourceException = {
  /** What it is called: a name, a number or an address. */
  readonly part: string;
  readonly reason: string;
  /** ISO-8601 UTC. */
  readonly acceptedAt: string;
  /** ISO-8601 UTC; null: until it is back. */
  readonly until: string | null;
};

type Seen = {
  /** When it was last fetched, in epoch milliseconds; null: nobody knows. */
  readonly seenAtMs: number | null;
  readonly nowMs: number;
};

/** The one that counts for a part. Once the part was there again it is over, so that a later loss is news. */
export function exceptionFor(
  exceptions: readonly SourceException[],
  names: readonly string[],
  { seenAtMs, nowMs }: Seen,
): SourceException | null {
  const known = new Set(names.map(plain));
  const counts = ({ part, acceptedAt, until }: SourceException): boolean =>
    known.has(plain(part)) &&
    Date.parse(acceptedAt) >= (seenAtMs ?? 0) &&
    (until === null || Date.parse(until) > nowMs);
  return exceptions.find(counts) ?? null;
}

/** In place of one of the same part. */
export function withException(
  exceptions: readonly SourceException[],
  exception: SourceException,
): readonly SourceException[] {
  return [...withoutException(exceptions, exception.part), exception];
}

export function withoutException(exceptions: readonly SourceException[], part: string): readonly SourceException[] {
  return exceptions.filter((one) => plain(one.part) !== plain(part));
}

/** Logins and names of GitHub are the same in any case. */
function plain(name: string): string {
  return name.trim().replace(/\/+$/, '').toLowerCase();
}
