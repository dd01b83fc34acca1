/** Which rule counts for the drills of a source, and how each source stands by what its drills have left. */
import type { DrilledSource } from '../../../../shared/contract/drills.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { drillDue, recordOf, rtoOf, type DrillFact, type DrillRule } from '../../../../shared/model/drills.ts';
import { effectiveProfile } from '../../../../shared/model/effective-profile.ts';
import type { AssignmentRow, ProfileRow } from '../../catalog/profiles.ts';
import { machineZone } from '../../platform/machine-zone.ts';
import { factOf } from '../../recovery/drills/drill-book.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';

type Knowing = Pick<CallContext, 'catalog' | 'caller' | 'home' | 'nowMs'>;

export type SourceDrills = {
  readonly source: RegisteredSource;
  readonly profile: ProfileRow | null;
  readonly rule: DrillRule | null;
  /** Newest first. */
  readonly facts: readonly DrillFact[];
  readonly due: ReturnType<typeof drillDue>;
};

/** Of all registered sources, by name. */
export async function sourceDrills(context: Knowing): Promise<SourceDrills[]> {
  const { catalog, caller } = context;
  if (!(await isConfigured(context))) return [];
  const [sources, profiles, assignments, rows] = await Promise.all([
    catalog.read('registeredSources.list', caller, null),
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
    catalog.read('drills.bySource', caller, null),
  ]);
  const nowMs = context.nowMs();
  return sources.map((source) => {
    const facts = (rows[source.name] ?? []).map(factOf);
    const { profile, rule, sinceMs } = ruleFor(source, profiles, assignments);
    const zone = profile?.definition.zone ?? machineZone();
    const due = rule === null ? notDue : drillDue(rule, facts, { zone, sinceMs, nowMs });
    return { source, profile, rule, facts, due };
  });
}

const notDue = { due: false, atMs: null, overdue: false };

function ruleFor(
  source: RegisteredSource,
  profiles: readonly ProfileRow[],
  assignments: readonly AssignmentRow[],
): Pick<SourceDrills, 'profile' | 'rule'> & { readonly sinceMs: number } {
  const from = effectiveProfile(source, assignments);
  const profile = profiles.find((one) => one.profile === from?.profile) ?? null;
  const rule = profile?.definition.drill ?? null;
  const sinceMs = Math.max(Date.parse(source.addedAt), from?.assignedAtMs ?? 0, rule?.setAtMs ?? 0);
  return { profile, rule, sinceMs };
}

export async function drilledSources(context: CallContext): Promise<DrilledSource[]> {
  const { catalog, caller, drills, nowMs } = context;
  const [all, rows] = await Promise.all([sourceDrills(context), catalog.read('drills.bySource', caller, null)]);
  return Promise.all(
    all.map(async ({ source, profile, rule, facts, due }) => {
      const own = rows[source.name] ?? [];
      const [newest] = own;
      return {
        source: source.name,
        kind: source.kind,
        profile: profile === null ? null : { id: profile.profile, name: profile.definition.name },
        rule,
        next: due.atMs === null ? null : new Date(due.atMs).toISOString(),
        overdue: due.overdue,
        ...recordOf(facts, nowMs()),
        last: newest === undefined ? null : await drills.present(caller, newest),
        trend: own.toReversed().map((row) => ({
          drill: row.drill,
          startedAt: new Date(row.startedAtMs).toISOString(),
          state: row.state,
          rtoMs: rtoOf([factOf(row)])?.ms ?? null,
        })),
      };
    }),
  );
}
