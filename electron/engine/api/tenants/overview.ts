/** One tenant at a glance: whether it is safe, in the words of its own overview, and what it takes. */
import { usageDays } from '../../../../shared/model/tenants.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';
import type { Tenant, TenantOverview } from '../../../../shared/contract/tenants.ts';
import { verdictOn, type VerdictSource } from '../../../../shared/model/verdict.ts';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { TenantRow } from '../../tenants/tenants.ts';
import { isoTime } from '../present-site.ts';
import { sourceStates } from '../live/source-states.ts';
import type { CallContext } from '../context.ts';

const dayMs = 24 * 60 * 60 * 1000;

export async function tenantOverview(context: CallContext, row: TenantRow): Promise<TenantOverview> {
  const { catalog, connections: all, home, nowMs } = context;
  // It is looked at as itself: what is another's is not seen by mistake.
  const caller = { tenant: row.tenant, actor: context.caller.actor };
  const connections = await all.list(caller);
  const { sources } = await sourceStates({ caller, home, catalog, connections, nowMs, waitsFor: () => new Map() });
  const [usage, tokens, alerts, storedBytes] = await Promise.all([
    catalog.read('tenantUsage.of', caller, { sinceMs: nowMs() - usageDays * dayMs }),
    catalog.read('apiTokens.list', caller, null),
    catalog.read('metrics.alerts', caller, null),
    storedIn(context, caller, connections),
  ]);
  const repositories = connections.filter(({ site }) => !site).map(({ name, state }) => ({ name, state }));
  const openAlerts = alerts.info + alerts.warning + alerts.error;
  return {
    ...presentTenant(row),
    verdict: verdictOn([...sources.values()].map(forVerdict), repositories, nowMs()),
    usage: {
      ...usage,
      sources: sources.size,
      repositories: connections.length,
      storedBytes,
      tokens: tokens.length,
      openAlerts,
    },
  };
}

export function presentTenant({ addedAtMs, stateAtMs, grants, ...row }: TenantRow): Tenant {
  return {
    ...row,
    grants: { ...grants, folders: [...grants.folders] },
    addedAt: isoTime(addedAtMs),
    stateAt: isoTime(stateAtMs),
  };
}

function forVerdict({ key, newestGood, lastRun, rpoMs, drill }: SourceState): VerdictSource {
  return {
    name: key,
    newestGoodAtMs: newestGood === null ? null : Date.parse(newestGood.takenAt),
    lastRun: lastRun?.state ?? null,
    rpoMs,
    rto: drill?.rto ?? null,
  };
}

/** As reading for damage has last seen them; null where one was never looked at. */
async function storedIn(
  { catalog }: CallContext,
  caller: Caller,
  connections: readonly ConnectionView[],
): Promise<number | null> {
  const sizes = await Promise.all(
    connections.map(
      async ({ repository }) =>
        (await catalog.read('integrity.scrub', caller, { repository }))?.coverage?.totalBytes ?? null,
    ),
  );
  return sizes.reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}
