/** What runs, and the queue of sync, came to in a period: read as the trends of the console are. */
import { call } from '@orpc/server';
import { dateAfter } from '../../../../shared/model/date-after.ts';
import { daysBetween } from '../../../../shared/model/days.ts';
import type { BackupFacts, RunTotals } from '../../../../shared/model/reports/backups.ts';
import type { ReportPeriod } from '../../../../shared/model/reports/document.ts';
import type { SyncFacts, SyncSite } from '../../../../shared/model/reports/sync.ts';
import type { ReportScope } from '../../../../shared/model/subscriptions.ts';
import type { CallContext } from '../context.ts';
import { sitesHandlers } from '../sites.ts';
import { systemsHandlers } from '../systems.ts';
import { timeOf, type SourceScene } from './report-sources.ts';

const mostTroubles = 1_000;
const mostSystems = 200;
const nothing: RunTotals = { runs: 0, partial: 0, failed: 0, missed: 0, taken: null };

export type Asked = ReportPeriod & { readonly zone: string; readonly of: ReportScope };

export async function backupFacts(context: CallContext, scene: SourceScene, asked: Asked): Promise<BackupFacts> {
  const { catalog, caller } = context;
  const { fromMs, toMs } = asked;
  const ran = (await catalog.read('reportFacts.sourcesThatRan', caller, { fromMs, toMs })).filter(scene.isWanted);
  const registered = scene.states.flatMap(({ registered: own }) => (own === null ? [] : [own.name]));
  const names = [...new Set([...registered, ...ran])].toSorted();
  const sources = await Promise.all(
    names.map(async (source) => ({
      source,
      isRemoved: !registered.includes(source),
      ...(await totalsOf(context, source, asked)),
    })),
  );
  const found = await catalog.read('reportFacts.troubles', caller, { fromMs, toMs, limit: mostTroubles });
  return {
    sources,
    days: await dayTotals(context, asked, asked.of.kind === 'all' ? [null] : names),
    troubles: found.runs.filter(({ source }) => scene.isWanted(source)),
    moreTroubles: Math.max(0, found.total - found.runs.length),
    ...(await systemsTaken(context, scene, asked)),
  };
}

/** Those of which a source is asked about. */
async function systemsTaken(
  context: CallContext,
  { isWanted }: SourceScene,
  { fromMs, toMs }: ReportPeriod,
): Promise<Pick<BackupFacts, 'systems' | 'moreSystems'>> {
  const before = new Date(toMs).toISOString();
  const { systems, more } = await call(systemsHandlers.list, { before, limit: mostSystems }, { context });
  const within = systems
    .map(({ takenAt, ...system }) => ({ ...system, atMs: Date.parse(takenAt) }))
    .filter(({ atMs }) => atMs >= fromMs);
  return {
    systems: within.filter(({ members }) => members.some(({ source }) => isWanted(source))),
    moreSystems: more && within.length === systems.length,
  };
}

export async function totalsOf(
  { catalog, caller }: CallContext,
  source: string | null,
  { fromMs, toMs }: ReportPeriod,
): Promise<RunTotals> {
  const [found] = await catalog.read('protectionRuns.trends', caller, { source, bounds: [fromMs, toMs] });
  return found ?? nothing;
}

/** Of all sources at once, or of some, one after the other: then the middle of their times is not known. */
async function dayTotals(
  { catalog, caller }: CallContext,
  { fromMs, toMs, zone }: Asked,
  names: readonly (string | null)[],
): Promise<BackupFacts['days']> {
  const { first, bounds } = daysBetween(fromMs, toMs, zone);
  const byDay = new Map<number, RunTotals>();
  for (const source of names)
    for (const { day, ...figures } of await catalog.read('protectionRuns.trends', caller, { source, bounds }))
      byDay.set(day, together(byDay.get(day), figures));
  return [...byDay]
    .toSorted(([a], [b]) => a - b)
    .map(([day, figures]) => ({ date: dateAfter(first, day), ...figures }));
}

function together(a: RunTotals | undefined, b: RunTotals): RunTotals {
  if (a === undefined) return b;
  return {
    runs: a.runs + b.runs,
    partial: a.partial + b.partial,
    failed: a.failed + b.failed,
    missed: a.missed + b.missed,
    taken: bothTaken(a.taken, b.taken),
  };
}

function bothTaken(a: RunTotals['taken'], b: RunTotals['taken']): RunTotals['taken'] {
  if (a === null || b === null) return a ?? b;
  const runs = a.runs + b.runs;
  const sum = a.durationMs.sum + b.durationMs.sum;
  return {
    runs,
    // The middle of two middles is none; weighed by how many there are, it lies between them.
    durationMs: {
      median: (a.durationMs.median * a.runs + b.durationMs.median * b.runs) / runs,
      max: Math.max(a.durationMs.max, b.durationMs.max),
      sum,
    },
    bytesAdded: a.bytesAdded + b.bytesAdded,
    bytesStored: a.bytesStored + b.bytesStored,
    filesChanged: a.filesChanged + b.filesChanged,
  };
}

export async function syncFacts(context: CallContext, scene: SourceScene, asked: Asked): Promise<SyncFacts> {
  const { catalog, caller } = context;
  const { fromMs, toMs, of } = asked;
  const [{ sites }, totals, failures] = await Promise.all([
    call(sitesHandlers.list, {}, { context }),
    catalog.read('reportFacts.syncTotals', caller, { fromMs, toMs }),
    catalog.read('reportFacts.syncFailures', caller, { fromMs, toMs, limit: mostTroubles }),
  ]);
  return {
    sites: sites.map((site): SyncSite => {
      const sent = totals.find((one) => one.site === site.name);
      return {
        ...site,
        paused: site.paused !== null,
        seenAtMs: timeOf(site.seenAt),
        lag: site.lag
          .filter(({ source }) => scene.isWanted(source))
          .map(({ source, newestAt, sentAt, lagMs, behindSince }) => ({
            source,
            newestAtMs: timeOf(newestAt),
            sentAtMs: timeOf(sentAt),
            lagMs,
            behindSinceMs: timeOf(behindSince),
          })),
        sent: sent ?? { snapshots: 0, skipped: 0, failed: 0, bytes: 0, netBytes: 0, durationMs: 0 },
      };
    }),
    failures: failures
      .filter(({ source }) => scene.isWanted(source))
      .map(({ message, ...one }) => ({ ...one, message: message ?? 'It failed.' })),
    unknown:
      of.kind === 'all'
        ? []
        : ['What waits and what was sent is counted of whole sites, and not of these sources alone.'],
  };
}
