/** The recovery time that was asked for of what a record is about. */
import type { CallContext } from '../context.ts';
import { sourceDrills } from '../drills/drill-rules.ts';

/** Milliseconds, of several sources the shortest; null where nothing was asked for, or nobody can say now. */
export async function targetRtoMs(context: CallContext, sources: readonly string[]): Promise<number | null> {
  const wanted = new Set(sources);
  const known = await sourceDrills(context).catch(() => []);
  const targets = known.flatMap(({ source, rule }) =>
    wanted.has(source.name) && rule !== null && rule.rtoMs !== null ? [rule.rtoMs] : [],
  );
  return targets.length === 0 ? null : Math.min(...targets);
}
