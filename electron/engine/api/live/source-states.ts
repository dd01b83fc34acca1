/** Sources as a glance needs them: what was registered, what repositories hold of it, how its last run ended. */
import type { Caller } from '../../../../shared/contract/common.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { DrillRow } from '../../catalog/drills.ts';
import type { EndedRun, SnapshotPoint, SourceOverview } from '../../catalog/source-overview.ts';
import { protectionOf, unprotected, type ProtectionState } from './protection-state.ts';
import { rtoOf, rtoWords } from '../../../../shared/model/drills.ts';
import { factOf } from '../../recovery/drills/drill-book.ts';
import { readNote } from '../../configuration/note.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import { sourceKey as keyOf } from '../../../../shared/model/source-key.ts';
import { processIdentity } from '../../platform/identity.ts';

type Request = {
  readonly caller: Caller;
  readonly home: string;
  readonly catalog: Catalog;
  readonly connections: readonly Pick<ConnectionView, 'id' | 'repository'>[];
  readonly nowMs: () => number;
  /** What the scheduler waits for, by the name of the source. */
  readonly waitsFor: (tenant: string) => ReadonlyMap<string, string>;
};

type Found = { readonly overview: SourceOverview; readonly connection: string };

/** By key, and how many snapshots each connection has. */
export async function sourceStates(
  request: Request,
): Promise<{ sources: Map<string, SourceState>; snapshots: Map<string, number> }> {
  const found = new Map<string, Found[]>();
  const snapshots = new Map<string, number>();
  for (const connection of request.connections) {
    let count = 0;
    for await (const overview of overviews(request, connection.repository)) {
      count += overview.snapshots;
      const key = sourceKey(overview);
      found.set(key, [...(found.get(key) ?? []), { overview, connection: connection.id }]);
    }
    snapshots.set(connection.id, count);
  }
  const registered = new Map((await registeredSources(request)).map((source) => [source.name, source]));
  const keys = new Set([...registered.keys(), ...found.keys()]);
  const { catalog, caller } = request;
  const runs = await catalog.read('sourceOverview.lastRuns', caller, { names: [...keys] });
  const protection = await protectionOf(request, [...registered.values()]);
  const drills = await catalog.read('drills.bySource', caller, null);
  const sources = new Map<string, SourceState>();
  for (const key of keys) {
    const source = registered.get(key) ?? null;
    const state = describe(key, source, found.get(key) ?? []);
    sources.set(key, {
      ...state,
      ...(protection.get(key) ?? unprotected),
      lastRun: presentRun(runs[key]),
      drill: presentDrills(drills[key]),
    });
  }
  return { sources, snapshots };
}

/** A source of another machine carries that machine's name. */
export function sourceKey({ name, hostname }: { readonly name: string; readonly hostname: string }): string {
  return keyOf(name, hostname, processIdentity().hostname);
}

async function* overviews({ catalog, caller }: Request, repository: string): AsyncGenerator<SourceOverview, void> {
  for (let after: number | null = 0; after !== null;) {
    const page: { sources: SourceOverview[]; next: number | null } = await catalog.read('sourceOverview.list', caller, {
      repository,
      after,
    });
    yield* page.sources;
    after = page.next;
  }
}

async function registeredSources({ catalog, caller, home }: Request): Promise<readonly RegisteredSource[]> {
  const note = (await readNote(home))?.of(caller.tenant) ?? null;
  if (note === null || (await catalog.read('configuration.state', caller, null)) === null) return [];
  return catalog.read('registeredSources.list', caller, null);
}

function describe(
  key: string,
  registered: RegisteredSource | null,
  found: readonly Found[],
): Omit<SourceState, 'lastRun' | keyof ProtectionState> {
  const first = found[0]?.overview;
  const newest = latest(found, ({ newest: point }) => point);
  const oldest = found.map(({ overview }) => overview.oldestAtMs).filter((ms) => ms !== null);
  return {
    key,
    name: registered?.name ?? first?.name ?? key,
    kind: registered?.kind ?? 'folder',
    hostname: first?.hostname ?? processIdentity().hostname,
    registered,
    // Copies at sites are the same snapshots again.
    snapshots: Math.max(0, ...found.map(({ overview }) => overview.snapshots)),
    oldestAt: oldest.length === 0 ? null : isoTime(Math.min(...oldest)),
    newest: newest === null ? null : presentPoint(newest.point, newest.connection),
    newestGood: presentGood(found),
    files: newest?.point.files ?? null,
    bytes: newest?.point.bytes ?? null,
  };
}

function presentGood(found: readonly Found[]): SourceState['newestGood'] {
  const good = latest(found, ({ newestGood }) => newestGood);
  return good === null ? null : presentPoint(good.point, good.connection);
}

/** Newest first. */
function presentDrills(rows: readonly DrillRow[] | undefined): SourceState['drill'] {
  const [newest] = rows ?? [];
  if (newest === undefined) return null;
  const rto = rtoOf((rows ?? []).map(factOf));
  return {
    id: newest.drill,
    state: newest.state,
    at: isoTime(newest.startedAtMs),
    rto: rto === null ? null : { ms: rto.ms, basis: rto.basis, words: rtoWords(rto) },
  };
}

function presentRun(run: EndedRun | undefined): SourceState['lastRun'] {
  if (run === undefined) return null;
  const { endedAtMs, ...rest } = run;
  return { ...rest, endedAt: isoTime(endedAtMs) };
}

function latest<Point extends SnapshotPoint>(
  found: readonly Found[],
  of: (overview: SourceOverview) => Point | null,
): { point: Point; connection: string } | null {
  let best: { point: Point; connection: string } | null = null;
  for (const { overview, connection } of found) {
    const point = of(overview);
    if (point !== null && (best === null || point.takenAtMs > best.point.takenAtMs)) best = { point, connection };
  }
  return best;
}

function presentPoint({ snapshot, takenAtMs, status }: SnapshotPoint, repository: string): SourceState['newest'] {
  return {
    snapshot,
    takenAt: isoTime(takenAtMs),
    status: status as NonNullable<SourceState['newest']>['status'],
    repository,
  };
}

function isoTime(ms: number): string {
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString();
}
