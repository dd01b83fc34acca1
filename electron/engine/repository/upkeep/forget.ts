/** Forget: removes snapshots, by rules or by name. What only they needed stays until the next prune. */
import type { Caller, Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import {
  applyRetention,
  isEmpty,
  lastGoodReason,
  lastGoodSnapshots,
  snapshotsFromTheFuture,
  type RetentionDecision,
  type RetentionGroup,
  type RetentionRules,
  type RetentionSnapshot,
} from '../../../../shared/model/retention.ts';
import { lockWords, unsentWords, type LabelledSnapshot, type Lock } from '../../../../shared/model/period-retention.ts';
import type { PlacedSnapshot } from '../../../../shared/model/sync-plan.ts';
import { goTimeOffsetMinutes } from '../format/go-time.ts';
import { readFact } from '../format/snapshot.ts';
import { beginReadLock, lockRepository, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../snapshots.ts';
import { heldByThePlace, keptWords } from './held-snapshots.ts';
import { labelled, placed } from './labelled.ts';

export type ForgetRequest = {
  readonly repository: Repository;
  readonly caller: Caller;
  /** Ids or prefixes: only these go, whatever the rules. */
  readonly snapshots: readonly string[];
  /** Only those of this source. */
  readonly source: string | undefined;
  readonly rules: RetentionRules;
  /** Also what is the last good snapshot of its source, or cannot be read; only by name. */
  readonly allowLast: boolean;
  /** Snapshots that somebody holds, by id: they stay, whatever the rules, and whoever names them. */
  readonly held: ReadonlyMap<string, { readonly reason: string; readonly author: string }>;
  /** Suspect snapshots that somebody has looked at: they hold no older ones any more. */
  readonly clearedSuspects: ReadonlySet<string>;
  /** Until when a snapshot is locked; null: it is not. */
  readonly lockOf: (snapshot: LabelledSnapshot) => Lock;
  /** Names of the sites that snapshots are to be sent to first, by their ids. */
  readonly unsentOf?: (
    snapshots: () => Promise<readonly PlacedSnapshot[]>,
  ) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Why those that were not sent go all the same; only by name. Undefined: they stay. */
  readonly unsentReason?: string | undefined;
  /** Snapshots of the console's own configuration that go beside; nobody sees or counts them. */
  readonly outdatedConfigurations: readonly string[];
  /**
   * When snapshots came in, by their ids, where others push to the repository: their age is judged by that, since what a
   * snapshot says of its time, who pushes it chooses. By default by what they say.
   */
  readonly arrivals?: ReadonlyMap<string, number> | null;
  readonly dryRun: boolean;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Before anything is removed. */
  readonly onPlan: (groups: readonly RetentionGroup[]) => void;
  readonly onRemoved: (done: number, total: number) => void;
  readonly onNotice: (text: string) => void;
};

export type ForgetOutcome = {
  readonly groups: readonly RetentionGroup[];
  /** Ids of what was removed, or would be. */
  readonly removed: readonly string[];
  /** Snapshots that could not be read, and so not judged: they stay. */
  readonly unreadable: readonly Issue[];
  /** What would have gone, and stays until its place lets it go: until when, by id. */
  readonly kept: ReadonlyMap<string, number>;
};

type Plan = Omit<ForgetOutcome, 'kept'>;

export async function forgetSnapshots(request: ForgetRequest): Promise<ForgetOutcome> {
  const { repository, dryRun, onNotice } = request;
  const lock = dryRun
    ? await beginReadLock(repository, onNotice)
    : await lockRepository(repository, { exclusive: true });
  try {
    await lock.confirmed;
    const found = byArrival(await loadSnapshots(repository), request.arrivals ?? null);
    const own = found.snapshots.filter((snapshot) => isOf(snapshot, request.caller));
    const unsent = (await request.unsentOf?.(() => Promise.resolve(own.map(placed)))) ?? new Map();
    const wanted =
      request.snapshots.length > 0 ? planByName(request, found, unsent) : planByRules(request, found, unsent);
    const plan = withoutKept(wanted, await heldByThePlace(repository, wanted.removed));
    request.onPlan(plan.groups);
    if (dryRun) return plan;
    await remove(request, plan.removed, lock, request.onRemoved);
    const outdated = new Set(request.outdatedConfigurations);
    const configurations = found.snapshots.filter((snapshot) => isConfiguration(snapshot) && outdated.has(snapshot.id));
    await remove(
      request,
      configurations.map(({ id }) => id),
      lock,
      () => undefined,
    );
    return plan;
  } finally {
    await lock.release();
  }
}

/** What the place holds stays for now, and says until when. */
function withoutKept(plan: Plan, kept: ReadonlyMap<string, number>): ForgetOutcome {
  if (kept.size === 0) return { ...plan, kept };
  const groups = plan.groups.map((group) => ({
    ...group,
    decisions: group.decisions.map((decision) => {
      const untilMs = kept.get(decision.snapshot.id);
      return untilMs === undefined ? decision : { ...decision, keep: true, reasons: [keptWords(untilMs)] };
    }),
  }));
  return { ...plan, groups, removed: plan.removed.filter((id) => !kept.has(id)), kept };
}

type Found = { readonly snapshots: readonly StoredSnapshot[]; readonly unreadable: readonly Issue[] };

/** Of one whose arrival nobody noted, as of those that were there before the server was, the time it states counts. */
function byArrival({ snapshots, unreadable }: Found, arrivals: ReadonlyMap<string, number> | null): Found {
  if (arrivals === null) return { snapshots, unreadable };
  const arrived = snapshots.map((snapshot) => ({
    ...snapshot,
    takenAtMs: arrivals.get(snapshot.id) ?? snapshot.takenAtMs,
  }));
  return { snapshots: arrived.sort((a, b) => a.takenAtMs - b.takenAtMs), unreadable };
}

type Unsent = ReadonlyMap<string, readonly string[]>;

function planByRules(request: ForgetRequest, found: Found, unsent: Unsent): Plan {
  const { caller, rules, source, held, clearedSuspects, now, onNotice } = request;
  const candidates = found.snapshots
    .filter((snapshot) => isOf(snapshot, caller))
    .filter((s) => source === undefined || s.source === source);
  const snapshots = candidates.map(describe);
  const locks = new Map(candidates.map((snapshot) => [snapshot.id, request.lockOf(labelled(snapshot))]));
  const nowMs = now();
  if (isEmpty(rules)) onNotice('No rule was given, so every snapshot is kept.');
  else refuseWrongClock(snapshots, nowMs);
  const groups = applyRetention(snapshots, rules, nowMs).map((group) => ({
    ...group,
    decisions: beforeSuspects(group.decisions, clearedSuspects).map((decision) => {
      const hold = held.get(decision.snapshot.id);
      const lock = locks.get(decision.snapshot.id) ?? null;
      const sites = unsent.get(decision.snapshot.id);
      const others = [
        ...(hold === undefined ? [] : [heldReason(hold)]),
        ...(lock === null ? [] : [lockWords(lock)]),
        ...(sites === undefined ? [] : [unsentWords(sites)]),
      ];
      if (others.length === 0) return decision;
      return { ...decision, keep: true, reasons: [...(decision.keep ? decision.reasons : []), ...others] };
    }),
  }));
  const decisions = groups.flatMap((group) => group.decisions);
  const removed = decisions.filter(({ keep }) => !keep).map(({ snapshot }) => snapshot);
  // Oldest first: what is left after a crash is the newer part.
  removed.sort((a, b) => a.takenAtMs - b.takenAtMs);
  return { groups, removed: removed.map(({ id }) => id), unreadable: found.unreadable };
}

/** What was taken before something may have happened to the source stays until somebody has looked. Newest first. */
function beforeSuspects(
  decisions: readonly RetentionDecision[],
  cleared: ReadonlySet<string>,
): readonly RetentionDecision[] {
  const suspect = decisions.findLast(
    ({ snapshot: { id, tags } }) => readFact(tags, 'suspect') !== undefined && !cleared.has(id),
  )?.snapshot;
  if (suspect === undefined) return decisions;
  const reason = `taken before suspect snapshot ${suspect.id.slice(0, 8)}`;
  return decisions.map((decision) =>
    decision.snapshot.takenAtMs < suspect.takenAtMs
      ? { ...decision, keep: true, reasons: [...(decision.keep ? decision.reasons : []), reason] }
      : decision,
  );
}

function refuseWrongClock(snapshots: readonly RetentionSnapshot[], nowMs: number): void {
  const [first, ...others] = snapshotsFromTheFuture(snapshots, nowMs);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const text = `Snapshot ${first.id.slice(0, 8)} was taken at ${new Date(first.takenAtMs).toISOString()}${more}; this clock says ${new Date(nowMs).toISOString()}.`;
  throw new HoldfastError('CLOCK_WRONG', text);
}

function heldReason({ reason, author }: { readonly reason: string; readonly author: string }): string {
  return `held by ${author}: ${reason}`;
}

/** Named snapshots, whole groups of them shown for what stays. Throws before anything goes. */
function planByName(request: ForgetRequest, found: Found, unsent: Unsent): Plan {
  const { caller, allowLast, now, onNotice } = request;
  const own = found.snapshots.filter((snapshot) => isOf(snapshot, caller));
  const wanted = new Set(request.snapshots.map((reference) => resolve(request, found, own, reference)));
  const snapshots = own.map(describe);
  const lastGood = lastGoodSnapshots(snapshots, now());
  for (const id of wanted) {
    const hold = request.held.get(id);
    if (hold !== undefined)
      throw new HoldfastError('SNAPSHOT_HELD', `Snapshot ${id.slice(0, 8)} is ${heldReason(hold)}.`);
    const stored = own.find((snapshot) => snapshot.id === id);
    const lock = stored === undefined ? null : request.lockOf(labelled(stored));
    if (lock !== null) throw new HoldfastError('SNAPSHOT_LOCKED', `Snapshot ${id.slice(0, 8)} is ${lockWords(lock)}.`);
    refuseUnsent(id, unsent.get(id), request.unsentReason, onNotice);
    const isReadable = snapshots.some((snapshot) => snapshot.id === id);
    if (allowLast || (isReadable && !lastGood.has(id))) continue;
    throw new HoldfastError(
      'LAST_GOOD_SNAPSHOT',
      isReadable
        ? `Snapshot ${id.slice(0, 8)} is the ${lastGoodReason}.`
        : `Snapshot ${id.slice(0, 8)} cannot be read, so it may be the ${lastGoodReason}.`,
    );
  }
  const groups = applyRetention(snapshots, {}, now())
    .filter(({ decisions }) => decisions.some(({ snapshot }) => wanted.has(snapshot.id)))
    .map((group) => ({
      ...group,
      decisions: group.decisions.map(({ snapshot }) =>
        wanted.has(snapshot.id)
          ? { snapshot, keep: false, reasons: ['named', ...(lastGood.has(snapshot.id) ? [lastGoodReason] : [])] }
          : { snapshot, keep: true, reasons: ['not named'] },
      ),
    }));
  return { groups, removed: [...wanted], unreadable: found.unreadable.filter(({ path }) => !wanted.has(idOf(path))) };
}

function refuseUnsent(
  id: string,
  sites: readonly string[] | undefined,
  reason: string | undefined,
  onNotice: (text: string) => void,
): void {
  if (sites === undefined) return;
  const text = `Snapshot ${id.slice(0, 8)} is ${unsentWords(sites)}.`;
  if (reason === undefined) throw new HoldfastError('SNAPSHOT_UNSENT', text);
  onNotice(`${text} It goes all the same: ${reason}`);
}

function resolve({ source }: ForgetRequest, found: Found, own: readonly StoredSnapshot[], reference: string): string {
  const readable = own.filter((snapshot) => source === undefined || snapshot.source === source).map(({ id }) => id);
  const ids = [...readable, ...(source === undefined ? found.unreadable.map(({ path }) => idOf(path)) : [])];
  const matches = /^[0-9a-f]{1,64}$/.test(reference) ? ids.filter((id) => id.startsWith(reference)) : [];
  const [id] = matches;
  if (matches.length > 1) {
    throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `${matches.length} snapshots begin with ${reference}.`);
  }
  if (id !== undefined) return id;
  const hidden = found.snapshots.filter(isConfiguration).some((snapshot) => snapshot.id.startsWith(reference));
  const text = hidden
    ? `${reference} is a snapshot of the console's own configuration, which forget leaves alone.`
    : `No snapshot is called ${reference}.`;
  throw new HoldfastError('SNAPSHOT_NOT_FOUND', text);
}

function idOf(path: string): string {
  return path.slice('snapshots/'.length);
}

/** Of this tenant, or of a program that knows none; and not the console's own. */
function isOf(snapshot: StoredSnapshot, { tenant }: Caller): boolean {
  return !isConfiguration(snapshot) && (readFact(snapshot.file.tags, 'tenant') ?? tenant) === tenant;
}

function isConfiguration({ file }: StoredSnapshot): boolean {
  return readFact(file.tags, 'kind') === 'configuration';
}

/** What other programs do not say counts as good; what Holdfast says has to be. */
function describe({ id, file, takenAtMs }: StoredSnapshot): RetentionSnapshot {
  const source = readFact(file.tags, 'source') ?? null;
  const status = readFact(file.tags, 'status');
  return {
    id,
    takenAtMs,
    utcOffsetMinutes: goTimeOffsetMinutes(file.time),
    tenant: readFact(file.tags, 'tenant') ?? '',
    hostname: file.hostname ?? '',
    source,
    paths: file.paths,
    tags: file.tags,
    good: status === undefined ? source === null : status === 'complete' || status === 'completeWithExceptions',
  };
}

async function remove(
  { repository, signal }: ForgetRequest,
  ids: readonly string[],
  lock: RepositoryLock,
  onRemoved: ForgetRequest['onRemoved'],
): Promise<void> {
  await lock.mustBeHeld();
  for (const [at, id] of ids.entries()) {
    signal.throwIfAborted();
    lock.signal.throwIfAborted();
    await repository.backend.remove({ type: 'snapshots', name: id });
    onRemoved(at + 1, ids.length);
  }
}
