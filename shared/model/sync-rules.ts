/** Rules of sync: which snapshots go from where to which site, how long they are kept there, and who goes first. Pure. */
import type { KeepFor } from './profile.ts';

export type SyncScope =
  | { readonly kind: 'period'; readonly profile: string; readonly period: string }
  | { readonly kind: 'source'; readonly source: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'everything' };

export type SyncRuleDefinition = {
  /** Name of the site it is read from; null: the repository that protection writes to. */
  readonly from: string | null;
  /** Name of the site that gets it. */
  readonly to: string;
  readonly scope: SyncScope;
  /** At the site; `same`: as its profile says where it was taken. */
  readonly keep: KeepFor | 'same';
  /** So many of the newest good snapshots of each source stay there, however old they are. */
  readonly minimum: number;
  /** 0 to 9; the lower goes first. */
  readonly priority: number;
  /** What it was read from does not let a snapshot expire before it was sent. */
  readonly holdUntilSent: boolean;
  /** Put before the name of the source in a tag that the copy gets; empty: none. */
  readonly prefix: string;
};

export type SyncRule = SyncRuleDefinition & { readonly id: string };

export const defaultPriority = 5;
export const priorities = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** A snapshot as rules see it. */
export type Ruled = {
  readonly source: string;
  /** Of the source, as it is registered; empty for one that is not. */
  readonly sourceTags: readonly string[];
  readonly profile: string | null;
  readonly periods: readonly string[];
};

export function ruleCovers({ scope }: Pick<SyncRuleDefinition, 'scope'>, snapshot: Ruled): boolean {
  if (scope.kind === 'everything') return true;
  if (scope.kind === 'source') return scope.source === snapshot.source;
  if (scope.kind === 'tag') return snapshot.sourceTags.includes(scope.tag);
  return scope.profile === snapshot.profile && snapshot.periods.includes(scope.period);
}

/** Those that cover it, who goes first at the beginning. */
export function rulesFor<Rule extends SyncRule>(rules: readonly Rule[], snapshot: Ruled): readonly Rule[] {
  return rules
    .filter((rule) => ruleCovers(rule, snapshot))
    .toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

/** Where a rule leads, by what is at both ends: two names of one repository are one place. */
export type Edge = {
  readonly from: string;
  readonly to: string;
  readonly scope: SyncScope;
};

/**
 * A way by which a snapshot would come back to where it began, as the places it goes through, the first one again at the
 * end; null where there is none. Ways of snapshots that no two rules of it both cover are none.
 */
export function findLoop(edges: readonly Edge[]): readonly string[] | null {
  const edge = edges.find(({ from, to }) => from === to);
  if (edge !== undefined) return [edge.from, edge.to];
  for (const [index, first] of edges.entries()) {
    // A loop is found at the one of its rules that comes first.
    const way = wayBack(first, [first], edges.slice(index + 1));
    if (way !== null) return way;
  }
  return null;
}

function wayBack(first: Edge, way: readonly Edge[], others: readonly Edge[]): readonly string[] | null {
  const last = way.at(-1) ?? first;
  if (last.to === first.from) return [first.from, ...way.map(({ to }) => to)];
  for (const next of others) {
    if (next.from !== last.to || way.some(({ from }) => from === next.to && next.to !== first.from)) continue;
    if (!way.every(({ scope }) => mayMeet(scope, next.scope))) continue;
    const found = wayBack(
      first,
      [...way, next],
      others.filter((one) => one !== next),
    );
    if (found !== null) return found;
  }
  return null;
}

/** Whether one snapshot may be of both. Two sources are never one, nor are periods of two profiles. */
function mayMeet(one: SyncScope, other: SyncScope): boolean {
  if (one.kind === 'source' && other.kind === 'source') return one.source === other.source;
  // A snapshot may be of several periods of its profile.
  if (one.kind === 'period' && other.kind === 'period') return one.profile === other.profile;
  return true;
}

export function scopeWords(scope: SyncScope, periodName: (profile: string, period: string) => string): string {
  if (scope.kind === 'everything') return 'everything';
  if (scope.kind === 'source') return scope.source;
  return scope.kind === 'tag' ? `sources tagged ${scope.tag}` : periodName(scope.profile, scope.period);
}
