/** Puts into the queue what the rules of a site ask for, from what the catalog knows of both places. */
import type { Caller } from '../../../shared/contract/common.ts';
import { maySend, wantedSnapshots, type PlacedSnapshot } from '../../../shared/model/sync-plan.ts';
import type { SyncRule } from '../../../shared/model/sync-rules.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { SiteRow, SyncRuleRow } from '../catalog/sites.ts';
import type { NewSyncItem } from '../catalog/sync-items.ts';

export type QueueScope = { readonly catalog: Catalog; readonly caller: Caller };

/** A place that snapshots are read from: null is the repository that protection writes to. `repository` is the id in its config. */
export type Origin = { readonly name: string | null; readonly repository: string };

export function asRule({ rule, definition }: SyncRuleRow): SyncRule {
  return { ...definition, id: rule };
}

/** Tags of sources by their names, as they are registered. */
export async function sourceTags({ catalog, caller }: QueueScope): Promise<(source: string) => readonly string[]> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const tags = new Map(sources.map((source) => [source.name, source.tags]));
  return (source) => tags.get(source) ?? [];
}

/** Ids of all of it that is on its way. */
export async function askByRules(
  scope: QueueScope,
  { site, origin, rules, atMs }: { site: SiteRow; origin: Origin; rules: readonly SyncRule[]; atMs: number },
): Promise<readonly string[]> {
  const { catalog, caller } = scope;
  const own = rules.filter(({ from, to }) => to === site.definition.name && from === origin.name);
  if (own.length === 0) return [];
  const [from, at, settled, tagsOf] = await Promise.all([
    catalog.read('heldAt.list', caller, { repository: origin.repository }),
    catalog.read('heldAt.list', caller, { repository: site.definition.repository }),
    catalog.read('syncItems.sent', caller, { repository: site.definition.repository }),
    sourceTags(scope),
  ]);
  const scene = { rules: own, from, at, tagsOf, settled: new Set(settled.map(({ snapshot }) => snapshot)) };
  const items = wantedSnapshots(scene).map(({ snapshot, rule }) => ({
    ...itemOf(snapshot, site, origin),
    rule: rule.id,
    priority: rule.priority,
    atOnce: false,
  }));
  return items.length === 0 ? [] : catalog.write('syncItems.ask', caller, { items, atMs });
}

export type ByHand = {
  readonly site: SiteRow;
  readonly origin: Origin;
  /** Which of what is there; all of it that can be sent by default. */
  readonly chosen: (snapshot: PlacedSnapshot) => boolean;
  readonly priority: number;
  readonly atOnce: boolean;
  readonly atMs: number;
};

/** As `askByRules`, whatever the rules say, also what was sent before; what is at the site is left out. */
export async function askByHand({ catalog, caller }: QueueScope, request: ByHand): Promise<readonly string[]> {
  const { site, origin, chosen, priority, atOnce, atMs } = request;
  const [from, at] = await Promise.all([
    catalog.read('heldAt.list', caller, { repository: origin.repository }),
    catalog.read('heldAt.list', caller, { repository: site.definition.repository }),
  ]);
  const there = new Set(at.map(({ original }) => original));
  const items = from
    .filter((snapshot) => !there.has(snapshot.original) && maySend(snapshot) && chosen(snapshot))
    .toSorted((a, b) => a.takenAtMs - b.takenAtMs)
    .map((snapshot) => ({ ...itemOf(snapshot, site, origin), rule: null, priority, atOnce }));
  return items.length === 0 ? [] : catalog.write('syncItems.ask', caller, { items, atMs });
}

function itemOf(
  { original, source, hostname, takenAtMs }: PlacedSnapshot,
  site: SiteRow,
  origin: Origin,
): Pick<NewSyncItem, 'site' | 'origin' | 'snapshot' | 'source' | 'hostname' | 'takenAtMs'> {
  return { site: site.definition.name, origin: origin.name, snapshot: original, source, hostname, takenAtMs };
}
