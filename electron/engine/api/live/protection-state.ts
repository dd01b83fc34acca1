/** What a glance at a source needs of its profile: which one, how old a snapshot may be, when it runs next, what waits. */
import { machineZone } from '../../platform/machine-zone.ts';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { effectiveProfile } from '../../../../shared/model/effective-profile.ts';
import { rpoOf } from '../../../../shared/model/implied-rpo.ts';
import { nextRun } from '../../../../shared/model/schedule.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { PauseRow } from '../../catalog/pauses.ts';
import { pausedUntil, schedulePeriods } from '../schedule-of.ts';

export type ProtectionState = Pick<SourceState, 'profile' | 'rpoMs' | 'next' | 'pause' | 'waitsFor'>;

export const unprotected: ProtectionState = { profile: null, rpoMs: null, next: null, pause: null, waitsFor: null };

type Request = {
  readonly caller: Caller;
  readonly catalog: Catalog;
  readonly nowMs: () => number;
  readonly waitsFor: (tenant: string) => ReadonlyMap<string, string>;
};

/** By the name of the source. */
export async function protectionOf(
  { caller, catalog, nowMs, waitsFor }: Request,
  sources: readonly RegisteredSource[],
): Promise<ReadonlyMap<string, ProtectionState>> {
  if (sources.length === 0) return new Map();
  const now = nowMs();
  const [profiles, assignments, pauses] = await Promise.all([
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
    catalog.read('pauses.list', caller, { nowMs: now }),
  ]);
  const waits = waitsFor(caller.tenant);
  const zone = machineZone();
  return new Map(
    sources.map((source) => {
      const from = effectiveProfile(source, assignments);
      const profile = profiles.find((one) => one.profile === from?.profile) ?? null;
      const pausedUntilMs = pausedUntil(source.name, pauses);
      const state: ProtectionState = {
        profile:
          from === null || profile === null
            ? null
            : { id: profile.profile, name: profile.definition.name, from: from.scope },
        rpoMs: rpoOf(source, profile?.definition ?? null, zone),
        next: null,
        pause: presentPause(source.name, pauses),
        waitsFor: waits.get(source.name) ?? null,
      };
      if (from === null || profile === null) return [source.name, state];
      const periods = schedulePeriods(source, profile, from);
      const own = { zone: profile.definition.zone ?? zone, pausedUntilMs };
      const next = nextRun(periods, own, profile.definition.blackouts, now);
      if (next === null) return [source.name, state];
      return [source.name, { ...state, next: { at: new Date(next.atMs).toISOString(), periods: [...next.periods] } }];
    }),
  );
}

/** Of several the one that ends last. */
function presentPause(source: string, pauses: readonly PauseRow[]): SourceState['pause'] {
  const own = pauses.filter(({ scope, subject }) => scope === 'tenant' || subject === source);
  const [longest] = own.toSorted((a, b) => (b.untilMs ?? Infinity) - (a.untilMs ?? Infinity));
  if (longest === undefined) return null;
  const until = longest.untilMs === null ? null : new Date(longest.untilMs).toISOString();
  return { scope: longest.scope, until, reason: longest.reason, by: longest.author };
}
