/** Sources as reports see them: from the same facts, by the same functions, as the overview. */
import { call } from '@orpc/server';
import type { SourceState } from '../../../../shared/contract/live.ts';
import type { ReportSource } from '../../../../shared/model/reports/source-facts.ts';
import type { ReportScope } from '../../../../shared/model/subscriptions.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { CallContext } from '../context.ts';
import { sourceStates } from '../live/source-states.ts';
import { sitesHandlers } from '../sites.ts';

export type SourceScene = {
  readonly states: readonly SourceState[];
  readonly sources: readonly ReportSource[];
  readonly connections: readonly ConnectionView[];
  /** By the id of a connection: all that are in it. */
  readonly snapshotsIn: ReadonlyMap<string, number>;
  /** Whether a source of that name is among those that were asked for. */
  readonly isWanted: (name: string) => boolean;
};

export async function sourceScene(context: CallContext, of: ReportScope): Promise<SourceScene> {
  const { caller, home, catalog, nowMs } = context;
  const connections = await context.connections.list(caller);
  const places = connections.length > 0 ? connections : await namedByCommands(context);
  const found = await sourceStates({ caller, home, catalog, connections: places, nowMs, waitsFor: () => new Map() });
  const states = [...found.sources.values()].filter((state) => isIn(state, of));
  const copies = await copiesOf(context);
  const names = new Set(states.map(({ name }) => name));
  return {
    states,
    sources: states.map((state) => present(state, copies)),
    connections,
    snapshotsIn: found.snapshots,
    isWanted: (name) => of.kind === 'all' || names.has(name) || (of.kind === 'sources' && of.sources.includes(name)),
  };
}

/** Where commands name a repository each time, none is connected, and the catalog knows which there were. */
async function namedByCommands({ catalog, caller }: CallContext): Promise<{ id: string; repository: string }[]> {
  const known = await catalog.read('repositories.list', caller, null);
  return known.map(({ repository }) => ({ id: repository.slice(0, 16), repository }));
}

function isIn({ name, key, registered }: SourceState, of: ReportScope): boolean {
  if (of.kind === 'all') return true;
  if (of.kind === 'sources') return of.sources.includes(name) || of.sources.includes(key);
  return (registered?.tags ?? []).some((tag) => of.tags.includes(tag));
}

type Copies = ReadonlyMap<string, { readonly copies: number; readonly offsite: number; readonly isEnough: boolean }>;

/** Null: there are no sites, so what is here is all there is. */
async function copiesOf(context: CallContext): Promise<Copies | null> {
  const { sites, copies } = await call(sitesHandlers.list, {}, { context });
  return sites.length === 0 ? null : new Map(copies.map((one) => [one.source, one]));
}

function present(state: SourceState, copies: Copies | null): ReportSource {
  const own = copies?.get(state.name);
  return {
    name: state.key,
    kind: state.kind,
    profile: state.profile?.name ?? null,
    rpoMs: state.rpoMs,
    newestGoodAtMs: timeOf(state.newestGood?.takenAt),
    oldestAtMs: timeOf(state.oldestAt),
    snapshots: state.snapshots,
    bytes: state.bytes,
    files: state.files,
    paused: state.pause !== null,
    lastRun: state.lastRun?.state ?? null,
    rto: state.drill?.rto ?? null,
    everDrilled: state.drill !== null && state.drill !== undefined,
    copies: { count: own?.copies ?? 0, offsite: own?.offsite ?? 0, isEnough: own?.isEnough ?? false },
  };
}

export function timeOf(iso: string | null | undefined): number | null {
  return iso === null || iso === undefined ? null : Date.parse(iso);
}
