/**
 * Expiry: removes the snapshots whose time is over. What goes is decided anew each time the lock is held, on what is
 * there then; between two batches others have their turn.
 */
import type { Caller } from '../../../../shared/contract/common.ts';
import {
  keepWholeSystems,
  retainByPeriods,
  type LabelledSnapshot,
  type PeriodDecision,
  type PeriodRetention,
  type RetentionTerms,
} from '../../../../shared/model/period-retention.ts';
import { readFact } from '../format/snapshot.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../snapshots.ts';
import { heldByThePlace } from './held-snapshots.ts';
import { labelled } from './labelled.ts';
import { waitForLock } from './lock-wait.ts';

/** A source on one machine. */
export type SourceKey = { readonly source: string; readonly hostname: string };

export type ExpireRequest = {
  readonly repository: Repository;
  readonly caller: Caller;
  readonly of: SourceKey;
  /** All that decides beside the snapshots, asked for while the lock is held. What it throws leaves everything there. */
  readonly terms: (of: SourceKey) => Promise<RetentionTerms>;
  /** Suspect snapshots that somebody has looked at. */
  readonly clearedSuspects: ReadonlySet<string>;
  /** Where others periods count than those it was taken for: as retention there sees it. */
  readonly relabel?: (stored: StoredSnapshot, labelled: LabelledSnapshot) => LabelledSnapshot;
  /** When snapshots came in, where others push to the repository: as in `ForgetRequest`. */
  readonly arrivals?: ReadonlyMap<string, number> | null;
  /** How long to wait for others to leave the repository. */
  readonly waitMs: number;
  /** So many go before others may lock in between. */
  readonly batch?: number;
  readonly signal: AbortSignal;
  readonly onRemoved: (removed: readonly string[]) => void;
  readonly onNotice: (text: string) => void;
};

export type ExpireOutcome = {
  readonly removed: readonly string[];
  /** Of each of them: what it was, and why it went. */
  readonly removals: readonly ExpiredSnapshot[];
  /** Whose time is over, and that stay until the place of the repository lets them go. */
  readonly kept: readonly string[];
  /** As it was decided last. */
  readonly retention: PeriodRetention;
};

/** Times are epoch milliseconds. */
export type ExpiredSnapshot = SourceKey & {
  readonly snapshot: string;
  readonly takenAtMs: number;
  readonly reasons: readonly string[];
};

const defaultBatch = 100;

/** REPOSITORY_LOCKED where others do not leave. */
export async function expireSnapshots(request: ExpireRequest): Promise<ExpireOutcome> {
  const removals: ExpiredSnapshot[] = [];
  for (;;) {
    const { gone, kept, retention, isDone } = await oneBatch(request);
    removals.push(...gone);
    if (isDone) return { removed: removals.map(({ snapshot }) => snapshot), removals, kept, retention };
  }
}

type Batch = {
  readonly gone: readonly ExpiredSnapshot[];
  readonly kept: readonly string[];
  readonly retention: PeriodRetention;
  readonly isDone: boolean;
};

async function oneBatch(request: ExpireRequest): Promise<Batch> {
  const { repository, batch = defaultBatch, signal } = request;
  const lock = await waitForLock(request, true);
  try {
    await lock.confirmed;
    const { snapshots } = await loadSnapshots(repository);
    const { retention, remove, why } = await decide(request, snapshots);
    const held = await heldByThePlace(
      repository,
      remove.map(({ id }) => id),
    );
    const kept = [...held.keys()];
    // Of a system snapshot all goes or nothing.
    const units = inUnits(remove).filter((unit) => unit.every(({ id }) => !held.has(id)));
    const gone: ExpiredSnapshot[] = [];
    for (const unit of units) {
      if (gone.length >= batch) return { gone, kept, retention, isDone: false };
      signal.throwIfAborted();
      const ids = await removeUnit(request, unit, lock);
      gone.push(...ids.flatMap((id) => why.get(id) ?? []));
    }
    return { gone, kept, retention, isDone: true };
  } finally {
    await lock.release();
  }
}

/** All parts of a system snapshot, one after the other without a pause. */
async function removeUnit(
  { repository, onRemoved }: ExpireRequest,
  unit: readonly LabelledSnapshot[],
  lock: RepositoryLock,
): Promise<readonly string[]> {
  await lock.mustBeHeld();
  const ids = unit.map(({ id }) => id);
  for (const id of ids) {
    lock.signal.throwIfAborted();
    await repository.backend.remove({ type: 'snapshots', name: id });
  }
  onRemoved(ids);
  return ids;
}

/** What is alone is a unit of its own; the oldest first. */
function inUnits(remove: readonly LabelledSnapshot[]): readonly (readonly LabelledSnapshot[])[] {
  const units = new Map<string, LabelledSnapshot[]>();
  for (const snapshot of remove) {
    const key = snapshot.system === null ? `snapshot ${snapshot.id}` : `system ${snapshot.system}`;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, [snapshot]);
    else unit.push(snapshot);
  }
  return [...units.values()];
}

type Decided = {
  readonly retention: PeriodRetention;
  readonly remove: readonly LabelledSnapshot[];
  /** By the id of each that may go. */
  readonly why: ReadonlyMap<string, ExpiredSnapshot>;
};

async function decide(request: ExpireRequest, all: readonly StoredSnapshot[]): Promise<Decided> {
  const groups = groupBySource(all, request);
  const own = groups.get(keyOf(request.of)) ?? { of: request.of, snapshots: [], suspects: [] };
  const judged = await judge(request, own);
  const ids = new Set(judged.remove);
  const systems = new Set(own.snapshots.filter(({ id }) => ids.has(id)).map(({ system }) => system));
  systems.delete(null);
  const parts: PeriodDecision[] = [...asDecided(judged)];
  const why = new Map(judged.decisions.map((decision) => [decision.snapshot.id, expired(own.of, decision)]));
  for (const group of groups.values()) {
    const isPart = group !== own && group.snapshots.some(({ system }) => system !== null && systems.has(system));
    if (!isPart) continue;
    const decided = asDecided(await judge(request, group));
    parts.push(...decided);
    for (const decision of decided) why.set(decision.snapshot.id, expired(group.of, decision));
  }
  const retention = keepWholeSystems(judged, parts);
  const goes = new Set(retention.remove);
  const leaving = new Set(own.snapshots.filter(({ id }) => goes.has(id)).map(({ system }) => system));
  leaving.delete(null);
  const others = parts
    .map(({ snapshot }) => snapshot)
    .filter(({ id, system }) => system !== null && leaving.has(system) && !goes.has(id));
  const oldestFirst = own.snapshots.filter(({ id }) => goes.has(id)).toSorted((a, b) => a.takenAtMs - b.takenAtMs);
  return { retention, remove: [...oldestFirst, ...others], why };
}

function expired(of: SourceKey, { snapshot: { id, takenAtMs }, untilMs, reasons }: PeriodDecision): ExpiredSnapshot {
  const over = untilMs === null ? [] : [`its time was over on ${new Date(untilMs).toISOString().slice(0, 16)}Z`];
  return { ...of, snapshot: id, takenAtMs, reasons: [...reasons, ...over] };
}

/** What somebody is asked about first stays until then. */
function asDecided({ decisions, remove }: PeriodRetention): readonly PeriodDecision[] {
  const goes = new Set(remove);
  return decisions.map((decision) => ({ ...decision, keep: !goes.has(decision.snapshot.id) }));
}

/** A snapshot says itself that it is suspect, whatever became of the catalog. */
async function judge(
  { terms, clearedSuspects }: ExpireRequest,
  { of, snapshots, suspects }: Group,
): Promise<PeriodRetention> {
  const known = await terms(of);
  const open = suspects.filter((id) => !clearedSuspects.has(id));
  return retainByPeriods(snapshots, { ...known, suspects: new Set([...known.suspects, ...open]) });
}

type Group = { readonly of: SourceKey; readonly snapshots: LabelledSnapshot[]; readonly suspects: string[] };

/** Of this tenant, and of a source with a name: what other programs made knows no periods. */
function groupBySource(
  all: readonly StoredSnapshot[],
  { caller: { tenant }, relabel, arrivals }: ExpireRequest,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const stored of all) {
    const { tags, hostname = '' } = stored.file;
    const source = readFact(tags, 'source');
    if (source === undefined || readFact(tags, 'kind') === 'configuration') continue;
    if ((readFact(tags, 'tenant') ?? tenant) !== tenant) continue;
    const of = { source, hostname };
    const group = groups.get(keyOf(of)) ?? { of, snapshots: [], suspects: [] };
    const snapshot = relabel?.(stored, labelled(stored)) ?? labelled(stored);
    group.snapshots.push({ ...snapshot, takenAtMs: arrivals?.get(stored.id) ?? snapshot.takenAtMs });
    if (readFact(tags, 'suspect') !== undefined) group.suspects.push(stored.id);
    groups.set(keyOf(of), group);
  }
  return groups;
}

function keyOf({ source, hostname }: SourceKey): string {
  return JSON.stringify([source, hostname]);
}
