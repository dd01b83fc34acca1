/** What this engine says of itself to programs that watch, as it is now. */
import { hostname } from 'node:os';
import { consoleMetrics, mostSources, type MetricFacts } from '../../../../shared/model/console-metrics.ts';
import type { Metric } from '../../../../shared/model/metrics.ts';
import type { CallContext } from '../context.ts';

type Context = Pick<CallContext, 'catalog' | 'caller' | 'alerts' | 'life' | 'jobs' | 'connections'>;

export async function metricsNow(context: Context): Promise<Metric[]> {
  const { catalog, caller, alerts, life, jobs } = context;
  const alertFacts = await alerts.facts(caller);
  const names = (alertFacts.sources ?? []).map(({ name }) => name).toSorted();
  const [ofSources, queues, open, coverage] = await Promise.all([
    catalog.read('metrics.ofSources', caller, { names: names.slice(0, mostSources), hostname: hostname() }),
    catalog.read('metrics.queues', caller, null),
    catalog.read('metrics.alerts', caller, null),
    coverageOf(context),
  ]);
  return consoleMetrics({
    tenant: caller.tenant,
    version: life.version,
    startedAtMs: Date.parse(life.startedAt),
    alertFacts,
    ...ofSources,
    coverage,
    queues,
    jobs: jobs.underWay(caller),
    alerts: open,
  });
}

async function coverageOf({ catalog, caller, connections }: Context): Promise<MetricFacts['coverage']> {
  const all = await connections.list(caller);
  const looked = await Promise.all(
    all.map(async ({ id, repository }) => ({
      id,
      scrub: await catalog.read('integrity.scrub', caller, { repository }),
    })),
  );
  return Object.fromEntries(
    looked.flatMap(({ id, scrub }) => {
      const coverage = scrub?.coverage ?? null;
      return coverage === null ? [] : [[id, coverage]];
    }),
  );
}
