/** How each standby stands: from the configuration, what was noted on this machine, and what repositories hold by now. */
import type { Standby } from '../../../../shared/contract/standby.ts';
import type { StandbyAlertFacts } from '../../../../shared/model/standby-alerts.ts';
import { guardOf, viewStandby, type StandbyFacts } from '../../../../shared/model/standby.ts';
import { errorCatalog, HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { nothingShown, type Candidate, type StandbyProgress, type StandbyRow } from '../../catalog/standbys.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Caller } from '../../../../shared/contract/common.ts';

export type StandbyScope = { readonly catalog: Catalog; readonly caller: Caller; readonly nowMs: number };

export type KnownStandby = {
  readonly row: StandbyRow;
  readonly progress: StandbyProgress;
  readonly facts: StandbyFacts;
  /** Where the newest snapshot lies. */
  readonly candidates: readonly Candidate[];
};

export const standbyJob = 'standby';
/** A snapshot of a clock that was far ahead is not waited for. */
const clockSlackMs = 3_600_000;
const emptiedCodes: ReadonlySet<string> = new Set<ErrorCode>(['SOURCE_EMPTIED', 'SOURCE_NOT_MOUNTED']);

/** `working`: names of those that a job is at. */
export async function knownStandbys(
  { catalog, caller, nowMs }: StandbyScope,
  working: ReadonlySet<string>,
): Promise<readonly KnownStandby[]> {
  const rows = await catalog.read('standbys.list', caller, null);
  if (rows.length === 0) return [];
  const [noted, incident, sources] = await Promise.all([
    catalog.read('standbys.progress', caller, null),
    catalog.read('incidents.open', caller, null),
    catalog.read('alertFacts.of', caller, { sources: [...new Set(rows.map(({ definition }) => definition.source))] }),
  ]);
  return Promise.all(
    rows.map(async (row) => {
      const { name, id, source, host, enabled } = row.definition;
      const confirmed = noted.find((one) => one.name === name && one.id === id);
      const progress = confirmed?.progress ?? nothingShown;
      const candidates = await catalog.read('standbys.newest', caller, {
        source,
        host,
        atMostMs: nowMs + clockSlackMs,
      });
      const afterMs = progress.shown?.takenAtMs ?? 0;
      const next = await catalog.read('standbys.next', caller, { source, host, afterMs });
      const { suspect = null, lastRun = null } = sources[source] ?? {};
      const isEmptied = lastRun?.state === 'failed' && emptiedCodes.has(lastRun.errorCode ?? '');
      const emptied = isEmptied ? (lastRun.errorMessage ?? 'it says no more') : null;
      const facts: StandbyFacts = {
        addedAtMs: row.addedAtMs,
        enabled,
        confirmed: confirmed !== undefined,
        working: working.has(name),
        newest: candidates[0] ?? null,
        next,
        shown: progress.shown,
        guard: guardOf({ frozen: incident, suspect, emptied }),
        failure: progress.failure,
        lookedAtMs: progress.lookedAtMs,
      };
      return { row, progress, facts, candidates };
    }),
  );
}

/** STANDBY_UNKNOWN. */
export function mustFindStandby(all: readonly KnownStandby[], name: string): KnownStandby {
  const found = all.find(({ row }) => row.definition.name === name);
  if (found !== undefined) return found;
  throw new HoldfastError('STANDBY_UNKNOWN', `No standby is called ${name}.`);
}

export function presentStandby({ row, progress, facts }: KnownStandby): Standby {
  const { definition, author, addedAtMs } = row;
  const { state, reason, lagMs, behindSinceMs } = viewStandby(facts);
  const { failure, drift } = progress;
  return {
    ...definition,
    addedAt: iso(addedAtMs),
    addedBy: author,
    state,
    reason,
    shown: pointOf(facts.shown),
    updatedAt: isoOrNull(progress.updatedAtMs),
    lookedAt: isoOrNull(progress.lookedAtMs),
    newest: pointOf(facts.newest),
    lagMs,
    behindSince: isoOrNull(behindSinceMs),
    kept: progress.kept.map(({ name, takenAtMs, changed }) => ({ name, takenAt: iso(takenAtMs), changed })),
    drift: drift === null ? null : { count: drift.count, first: [...drift.first], foundAt: iso(drift.foundAtMs) },
    failure: failure === null ? null : { ...reportOf(failure), at: iso(failure.atMs), count: failure.count },
  };
}

export async function standbyAlertFacts(scope: StandbyScope): Promise<readonly StandbyAlertFacts[]> {
  const all = await knownStandbys(scope, new Set());
  return all.map(({ row, progress, facts }) => ({
    ...viewStandby(facts),
    name: row.definition.name,
    source: row.definition.source,
    lagLimitMs: row.definition.lagLimitMs,
    shownAtMs: facts.shown?.takenAtMs ?? null,
    drift: progress.drift === null ? null : { count: progress.drift.count, first: progress.drift.first[0] ?? '' },
  }));
}

function reportOf({ code, message }: { readonly code: string; readonly message: string }) {
  const known = Object.hasOwn(errorCatalog, code) ? (code as ErrorCode) : 'INTERNAL';
  const { meaning, action } = errorCatalog[known];
  return { code: known, message, meaning, action };
}

function pointOf(point: StandbyFacts['shown']): Standby['shown'] {
  return point === null ? null : { snapshot: point.original, takenAt: iso(point.takenAtMs) };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
