import { hostname } from 'node:os';
import type { Retained, RetentionReview, Unlock } from '../../../shared/contract/retention.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import {
  lockOf,
  retainByPeriods,
  type LabelledSnapshot,
  type PeriodDecision,
  type RetentionTerms,
} from '../../../shared/model/period-retention.ts';
import type { ReviewRow, UnlockRow } from '../catalog/retention.ts';
import { retentionTerms } from '../protection/retention-terms.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';

export const retentionHandlers = {
  show: handlers.retention.show.handler(async ({ input: { source }, context }) => {
    const { catalog, caller } = context;
    const found = await catalog.read('retention.labelled', caller, { source, hostname: hostname() });
    const { repository, snapshots } = found;
    if (repository === null) return { snapshots: [], refused: null };
    const terms = await retentionTerms(context, { source, repository, nowMs: context.nowMs() });
    const { decisions, refused } = retainByPeriods(snapshots, terms);
    return { snapshots: decisions.map((decision) => present(decision, terms)), refused };
  }),
  reviews: handlers.retention.reviews.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    if (!(await isConfigured(context))) return { reviews: [] };
    return { reviews: (await catalog.read('retention.reviews', caller, input)).map(presentReview) };
  }),
  decide: handlers.retention.decide.handler(async ({ input, context }) => {
    const { catalog, caller, live } = context;
    const row = await catalog.write('retention.decide', caller, { ...input, atMs: context.nowMs() });
    live.changed(caller.tenant);
    return presentReview(row);
  }),
  unlocks: handlers.retention.unlocks.handler(async ({ context: { catalog, caller } }) => ({
    unlocks: (await catalog.read('retention.unlocks', caller, null)).map(presentUnlock),
  })),
  requestUnlock: handlers.retention.requestUnlock.handler(async ({ input: { snapshot, reason }, context }) => {
    const { catalog, caller, live } = context;
    const found = await findOne(context, snapshot);
    const { id, source } = found;
    const nowMs = context.nowMs();
    const lock = lockOf(found, await retentionTerms(context, { source, repository: '', nowMs }));
    if (lock === null) throw new HoldfastError('SNAPSHOT_NOT_LOCKED', `Snapshot ${id.slice(0, 8)} is not locked.`);
    const row = await catalog.write('retention.requestUnlock', caller, { snapshot: id, source, reason, atMs: nowMs });
    live.changed(caller.tenant);
    return presentUnlock(row);
  }),
  cancelUnlock: handlers.retention.cancelUnlock.handler(async ({ input, context }) => {
    const { catalog, caller, live } = context;
    const { id } = await findOne(context, input.snapshot);
    const row = await catalog.write('retention.cancelUnlock', caller, { snapshot: id });
    live.changed(caller.tenant);
    return presentUnlock(row);
  }),
};

async function findOne(
  { catalog, caller }: CallContext,
  beginning: string,
): Promise<LabelledSnapshot & { readonly source: string }> {
  const [found, second] = await catalog.read('retention.find', caller, { beginning });
  if (found === undefined) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${beginning}.`);
  if (second !== undefined)
    throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `More than one snapshot begins with ${beginning}.`);
  return found;
}

function present({ snapshot, keep, untilMs, reasons }: PeriodDecision, terms: RetentionTerms): Retained {
  const lock = lockOf(snapshot, terms);
  return {
    snapshot: snapshot.id,
    takenAt: isoTime(snapshot.takenAtMs),
    profile: snapshot.profile !== null && /^[0-9a-f]{16}$/.test(snapshot.profile) ? snapshot.profile : null,
    periods: [...snapshot.periods],
    keep,
    until: untilMs === null ? null : isoTime(untilMs),
    reasons: [...reasons],
    lockedUntil: typeof lock === 'number' ? isoTime(lock) : lock,
  };
}

function presentReview({ review, source, reason, snapshots, kept, ...row }: ReviewRow): RetentionReview {
  const { askedAtMs, decidedAtMs, decidedBy, decision } = row;
  return {
    id: review,
    source,
    reason,
    snapshots: [...snapshots],
    kept,
    askedAt: isoTime(askedAtMs),
    decidedAt: decidedAtMs === null ? null : isoTime(decidedAtMs),
    decidedBy,
    decision,
  };
}

function presentUnlock({ snapshot, source, reason, author, requestedAtMs, readyAtMs }: UnlockRow): Unlock {
  const times = { requestedAt: isoTime(requestedAtMs), readyAt: isoTime(readyAtMs) };
  return { snapshot, source, reason, by: author, ...times };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
