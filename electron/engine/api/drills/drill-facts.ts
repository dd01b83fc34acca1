/** What alerts about drills are decided by. */
import type { DrillFacts } from '../../../../shared/model/drill-alerts.ts';
import { rtoOf } from '../../../../shared/model/drills.ts';
import { presentDrill } from '../../recovery/drills/drill-book.ts';
import type { DrillRow } from '../../catalog/drills.ts';
import type { CallContext } from '../context.ts';
import { sourceDrills } from './drill-rules.ts';

export async function drillFacts(
  context: Pick<CallContext, 'catalog' | 'caller' | 'home' | 'nowMs'>,
): Promise<DrillFacts[]> {
  const { catalog, caller } = context;
  const [all, rows] = await Promise.all([sourceDrills(context), catalog.read('drills.bySource', caller, null)]);
  return all.map(({ source, rule, facts, due }) => {
    const last = rows[source.name]?.find(({ state }) => state !== 'running');
    return {
      source: source.name,
      last: last === undefined ? null : describe(last),
      overdueSinceMs: due.overdue ? due.atMs : null,
      rto: rtoOf(facts),
      rtoMs: rule?.rtoMs ?? null,
    };
  });
}

function describe(row: DrillRow): DrillFacts['last'] {
  const { checks, issues } = presentDrill(row, 0);
  const problem =
    row.errorMessage ?? checks.find(({ result }) => result === 'bad')?.detail ?? issues[0]?.message ?? null;
  return { drill: row.drill, state: row.state, startedAtMs: row.startedAtMs, problem };
}
