/** Notes which snapshots were removed, and why, so that it can be proved later. */
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { RemovalWay } from '../../../shared/model/reports/retention.ts';
import type { Removal } from '../catalog/removed-snapshots.ts';
import type { CallContext } from './context.ts';

/** They are gone already: what cannot be noted is a line in the log, and no failure. `repository` is the id in its config. */
export async function noteRemovals(
  { catalog, caller, nowMs, life }: Pick<CallContext, 'catalog' | 'caller' | 'nowMs' | 'life'>,
  repository: string,
  way: RemovalWay,
  removals: readonly Removal[],
): Promise<void> {
  if (removals.length === 0) return;
  const rows = removals.map(({ snapshot, source, takenAtMs, reasons }) => ({ snapshot, source, takenAtMs, reasons }));
  try {
    await catalog.write('removedSnapshots.add', caller, { repository, way, atMs: nowMs(), removals: rows });
  } catch (error) {
    life.log.warn('It could not be noted which snapshots were removed.', {
      repository,
      snapshots: rows.map(({ snapshot }) => snapshot),
      problem: toHoldfastError(error).message,
    });
  }
}
