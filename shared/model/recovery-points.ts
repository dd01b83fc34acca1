/** Which snapshot of a source a step of a recovery plan restores from. Pure. */
import type { PointRule } from './recovery-plans.ts';

/** A snapshot that could be restored from. */
export type PlanPoint = {
  readonly snapshot: string;
  /** What it is called where it was taken: the same for all its copies. */
  readonly original: string;
  readonly takenAtMs: number;
  readonly status: string;
  readonly suspect: boolean;
};

/** Complete, with exceptions or without; what other programs took says nothing of itself. */
const good: ReadonlySet<string> = new Set(['complete', 'completeWithExceptions', 'unknown']);

/**
 * The newest good one that the rule allows and nobody has to suspect; a fixed one whatever its state. `atMs` asks for the
 * newest before a moment where the rule says `latest`. A sentence where there is none.
 */
export function choosePoint<Point extends PlanPoint>(
  rule: PointRule,
  points: readonly Point[],
  { values, atMs }: { readonly values: Readonly<Record<string, string>>; readonly atMs: number | null },
): Point | { readonly problem: string } {
  if (rule.kind === 'snapshot') {
    const fixed = points.find(({ snapshot, original }) => snapshot === rule.snapshot || original === rule.snapshot);
    return fixed ?? { problem: `The snapshot ${rule.snapshot.slice(0, 8)} is not there any more.` };
  }
  const before = rule.kind === 'before' ? Date.parse(values[rule.parameter] ?? '') : atMs;
  if (Number.isNaN(before)) return { problem: 'The moment it is restored from is not said.' };
  const [newest] = points
    .filter(({ status, suspect, takenAtMs }) => good.has(status) && !suspect && (before === null || takenAtMs < before))
    .toSorted((a, b) => b.takenAtMs - a.takenAtMs);
  if (newest !== undefined) return newest;
  if (points.length === 0) return { problem: 'There is no snapshot of it.' };
  return { problem: before === null ? 'It has no good snapshot.' : 'It has no good snapshot from before that moment.' };
}
