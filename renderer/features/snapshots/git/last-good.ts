/** Which snapshot was the last that had all of a repository. Pure. */

export type Moment = {
  /** Id of the snapshot. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
};

/** A snapshot bears the time at which its run began, and a run says so a moment later. */
const sameRunMs = 60_000;

/**
 * `points`: oldest first. `wholeAt`: when the run began that had all of it last, ISO-8601. Where that one's snapshot is
 * gone, or never was, the next one holds the same, since mirrors lose nothing.
 */
export function lastGoodOf(points: readonly Moment[], wholeAt: string | null): Moment | null {
  const wholeMs = wholeAt === null ? Number.NaN : Date.parse(wholeAt);
  if (Number.isNaN(wholeMs)) return null;
  const own = points.findLast(({ at }) => at <= wholeMs);
  if (own !== undefined && wholeMs - own.at < sameRunMs) return own;
  return points.find(({ at }) => at > wholeMs) ?? null;
}
