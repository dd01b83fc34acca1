/** Sites as a client sees them: how they stand, how far they are behind, and how many copies of each source there are. */
import { HoldfastError, reportError } from '../../../shared/model/errors.ts';
import type { Site, SourceCopies } from '../../../shared/contract/sites.ts';
import { countCopies, thisWorkstation, type CopyAt } from '../../../shared/model/site-copies.ts';
import { lagsOf, type PlacedSnapshot } from '../../../shared/model/sync-plan.ts';
import { nextRateChangeMs, rateAt } from '../../../shared/model/week-grid.ts';
import type { SiteLook, SiteRow } from '../catalog/sites.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import type { ConnectionView } from '../connections/connections.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { asRule, sourceTags } from '../sites/fill-queue.ts';
import type { CallContext } from './context.ts';
import { connectionOf } from './site-access.ts';
import { originOf } from './sync-service.ts';

/** All that is known of the tenant's sites. `primary` is the id in the config of the repository that protection writes to. */
export async function presentSites(
  context: CallContext,
  rows: readonly SiteRow[],
  primary: string | null,
): Promise<{ readonly sites: Site[]; readonly copies: SourceCopies[] }> {
  const scene = await readScene(context, rows, primary);
  return { sites: rows.map((row) => present(scene, row)), copies: copiesOf(scene) };
}

type Scene = Awaited<ReturnType<typeof readScene>>;

async function readScene(context: CallContext, rows: readonly SiteRow[], primary: string | null) {
  const { catalog, caller, nowMs } = context;
  const atMs = nowMs();
  const [connections, looks, pauses, items, rules, tagsOf] = await Promise.all([
    context.connections.list(caller),
    catalog.read('sites.looks', caller, null),
    catalog.read('sites.pauses', caller, { nowMs: atMs }),
    catalog.read('syncItems.open', caller, { site: null }),
    catalog.read('sites.rules', caller, null),
    sourceTags(context),
  ]);
  const all = (await context.catalog.read('sites.list', caller, null)) as readonly SiteRow[];
  const held = new Map<string, readonly PlacedSnapshot[]>();
  for (const repository of new Set([
    ...all.map(({ definition }) => definition.repository),
    ...(primary ? [primary] : []),
  ]))
    held.set(repository, await catalog.read('heldAt.list', caller, { repository }));
  return {
    rows,
    all,
    primary,
    atMs,
    connections,
    looks,
    pauses,
    items,
    rules: rules.map(asRule),
    tagsOf,
    held,
    context,
  };
}

function present(scene: Scene, row: SiteRow): Site {
  const { definition, addedAtMs, author } = row;
  const { atMs, context } = scene;
  const connection = connectionOf(definition, scene.connections);
  const look = scene.looks.find(({ site }) => site === definition.name) ?? null;
  const own = scene.items.filter(({ site }) => site === definition.name);
  const pause = scene.pauses.find(({ site }) => site === definition.name) ?? null;
  const zone = machineZone();
  return {
    ...definition,
    addedAt: isoTime(addedAtMs),
    addedBy: author,
    connection: connection?.id ?? null,
    primary: scene.primary === definition.repository,
    ...stateOf(connection, look),
    seenAt: timeOf(look?.seenAtMs ?? null),
    rateNow: rateAt(definition.grid, atMs, zone),
    rateUntil: timeOf(nextRateChangeMs(definition.grid, atMs, zone)),
    paused: pause === null ? null : { until: timeOf(pause.untilMs), reason: pause.reason, by: pause.author },
    waiting: own.filter(({ state }) => state !== 'failed').length,
    failed: own.filter(({ state }) => state === 'failed').length,
    throughput: throughputOf(context, own),
    lag: lagAt(scene, row),
  };
}

/** One whose password is kept is opened by whoever needs it, so the last look says how it stands. */
function stateOf(connection: ConnectionView | null, look: SiteLook | null): Pick<Site, 'state' | 'problem'> {
  if (connection === null) return { state: 'unconnected', problem: null };
  if (connection.problem !== null) return { state: 'unreachable', problem: reportError(connection.problem) };
  if (look !== null && look.problem !== null) {
    const { code, message } = look.problem;
    const isLocked = code === 'PASSWORD_NEEDED';
    return {
      state: isLocked ? 'locked' : 'unreachable',
      problem: reportError(new HoldfastError(code, message)),
    };
  }
  return { state: look === null ? connection.state : 'open', problem: null };
}

function throughputOf({ jobs, caller }: CallContext, items: readonly SyncItemRow[]): number | null {
  const running = new Set(items.flatMap(({ state, job }) => (state === 'running' && job !== null ? [job] : [])));
  if (running.size === 0) return null;
  const progress = jobs.underWay(caller).find(({ id }) => running.has(id))?.progress ?? null;
  return progress !== null && progress.measure === 'bytes' ? progress.perSecond : null;
}

function lagAt(scene: Scene, { definition: { name, repository } }: SiteRow): Site['lag'] {
  const rules = scene.rules.filter(({ to }) => to === name);
  const at = scene.held.get(repository) ?? [];
  // Without a rule it is told of what was sent by hand.
  const places = rules.length === 0 ? [null] : rules.map((rule) => rule.from);
  const from = [...new Set(places)].flatMap((place) => {
    const origin = originOf(place, scene.all, scene.primary);
    return origin === null ? [] : (scene.held.get(origin.repository) ?? []);
  });
  return lagsOf({ rules, from, at, tagsOf: scene.tagsOf }).map((lag) => ({
    source: lag.source,
    newestAt: timeOf(lag.newestAtMs),
    sentAt: timeOf(lag.sentAtMs),
    lagMs: lag.lagMs,
    behindSince: timeOf(lag.behindSinceMs),
    snapshots: lag.snapshots,
  }));
}

function copiesOf(scene: Scene): SourceCopies[] {
  const places = new Map<string, { readonly site: string | null; readonly domain: CopyAt['domain'] }>();
  if (scene.primary !== null) places.set(scene.primary, { site: null, domain: thisWorkstation });
  for (const { definition } of scene.all)
    if (definition.repository === scene.primary)
      places.set(definition.repository, { site: null, domain: definition.domain });
    else if (definition.enabled)
      places.set(definition.repository, { site: definition.name, domain: definition.domain });
  const bySource = new Map<string, CopyAt[]>();
  for (const [repository, place] of places)
    for (const [source, newestGoodAtMs] of newestGood(scene.held.get(repository) ?? []))
      bySource.set(source, [...(bySource.get(source) ?? []), { ...place, newestGoodAtMs }]);
  return [...bySource]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, at]) => ({
      source,
      ...countCopies(at),
      at: at.map(({ newestGoodAtMs, ...copy }) => ({ ...copy, newestGoodAt: isoTime(newestGoodAtMs) })),
    }));
}

function newestGood(snapshots: readonly PlacedSnapshot[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const { source, good, takenAtMs } of snapshots)
    if (good) newest.set(source, Math.max(newest.get(source) ?? 0, takenAtMs));
  return newest;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
