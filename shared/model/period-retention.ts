/**
 * Which snapshots of a source its periods keep, until when, and why: a pure function of its snapshots, of profiles and of
 * the time. What is not understood is kept: without a profile, without a label, with a period that there is no more.
 */
import { formatCount, formatDuration } from './units.ts';
import { keepUntil, laterOf } from './keep-until.ts';
import { daysOfOwnLife, manualPeriod, type KeepFor, type ProfileDefinition } from './profile.ts';

export type LabelledSnapshot = {
  readonly id: string;
  readonly takenAtMs: number;
  /** Id of the profile it was taken for. */
  readonly profile: string | null;
  /** Ids of its periods, or `manual`. */
  readonly periods: readonly string[];
  /** Complete, or complete with exceptions. */
  readonly good: boolean;
  /** Until when nobody removes it, as was decided when it was taken. */
  readonly lockedUntil: Lock;
  /** The system snapshot it is part of. */
  readonly system: string | null;
  /** Of one that was fetched back from a site: until when it is kept here, whatever its periods say. */
  readonly fetchedUntil?: Lock;
};

/** Epoch milliseconds; null: not locked. */
export type Lock = number | 'forever' | null;

/** All that decides beside the snapshots themselves. Sets and maps are of ids of snapshots. */
export type RetentionTerms = {
  /** By their ids. */
  readonly profiles: ReadonlyMap<string, ProfileDefinition>;
  /** Id of the profile that counts for the source now; null where none does. */
  readonly effective: string | null;
  /** Where a profile names no zone. */
  readonly machineZone: string;
  readonly nowMs: number;
  /** Why this clock cannot be believed; null: it can. */
  readonly clockProblem: string | null;
  readonly held: ReadonlyMap<string, { readonly reason: string; readonly author: string }>;
  /** Suspect ones that nobody has looked at. */
  readonly suspects: ReadonlySet<string>;
  /** Whose lock was opened, and has waited. */
  readonly unlocked: ReadonlySet<string>;
  /** What somebody has decided about: these may go, those stay. */
  readonly approved: ReadonlySet<string>;
  readonly spared: ReadonlySet<string>;
  /** What was not sent yet, and may not go before: the sites it is meant for. */
  readonly unsent?: ReadonlyMap<string, readonly string[]>;
};

export type PeriodDecision = {
  readonly snapshot: LabelledSnapshot;
  readonly keep: boolean;
  /** When its life ends or has ended; null: for ever, or as long as something else keeps it. */
  readonly untilMs: number | null;
  readonly reasons: readonly string[];
};

export type PeriodRetention = {
  /** Newest first. */
  readonly decisions: readonly PeriodDecision[];
  /** Ids of what goes now, oldest first. Empty while somebody is asked, or the clock is in doubt. */
  readonly remove: readonly string[];
  /** So many at once that somebody has to say yes. */
  readonly review: { readonly snapshots: readonly string[]; readonly kept: number; readonly reason: string } | null;
  /** Why nothing is decided; null: all is as it should be. */
  readonly refused: string | null;
};

/** Clocks of different machines may differ by this much. */
const clockToleranceMs = 3_600_000;
/** Beyond a third of them, and at least so many, somebody is asked. */
const leastReviewed = 3;

/** Of one source on one machine. */
export function retainByPeriods(snapshots: readonly LabelledSnapshot[], terms: RetentionTerms): PeriodRetention {
  const newestFirst = snapshots.toSorted((a, b) => b.takenAtMs - a.takenAtMs || (a.id < b.id ? -1 : 1));
  const others = otherReasons(newestFirst, terms);
  const decisions = newestFirst.map((snapshot) => decide(snapshot, others(snapshot), terms));
  const expired = decisions
    .filter(({ keep }) => !keep)
    .map(({ snapshot }) => snapshot.id)
    .toReversed();
  const refused = refusal(newestFirst, terms);
  if (refused !== null) return { decisions, remove: [], review: null, refused };
  const asked = expired.filter((id) => !terms.approved.has(id));
  if (asked.length < leastReviewed || asked.length * 3 <= snapshots.length)
    return { decisions, remove: expired, review: null, refused: null };
  const kept = snapshots.length - expired.length;
  const reason = `${formatCount(asked.length)} of ${formatCount(snapshots.length)} snapshots would go at once, which is more than a third.`;
  return {
    decisions,
    remove: expired.filter((id) => terms.approved.has(id)),
    review: { snapshots: asked, kept, reason },
    refused: null,
  };
}

/**
 * Parts of a system snapshot go together: where one of them stays, all do. `parts` are the decisions about every part
 * that there is, of all sources.
 */
export function keepWholeSystems(retention: PeriodRetention, parts: readonly PeriodDecision[]): PeriodRetention {
  const kept = new Map<string, PeriodDecision>();
  for (const part of parts) if (part.keep && part.snapshot.system !== null) kept.set(part.snapshot.system, part);
  const keeper = ({ snapshot, keep }: PeriodDecision): PeriodDecision | undefined =>
    keep || snapshot.system === null ? undefined : kept.get(snapshot.system);
  const decisions = retention.decisions.map((decision) => {
    const other = keeper(decision);
    if (other === undefined) return decision;
    const reason = `part of a system snapshot of which ${other.snapshot.id.slice(0, 8)} is kept`;
    return { ...decision, keep: true, untilMs: other.untilMs, reasons: [reason] };
  });
  const stays = new Set(decisions.filter(({ keep }) => keep).map(({ snapshot }) => snapshot.id));
  const goes = (ids: readonly string[]): readonly string[] => ids.filter((id) => !stays.has(id));
  const review =
    retention.review === null ? null : { ...retention.review, snapshots: goes(retention.review.snapshots) };
  return {
    ...retention,
    decisions,
    remove: goes(retention.remove),
    review: review !== null && review.snapshots.length === 0 ? null : review,
  };
}

/** Until when its periods keep a snapshot from being removed by anybody; of several, the longest counts. */
export function lockedUntil(
  periods: readonly { readonly keep: KeepFor; readonly locked: boolean }[],
  takenAtMs: number,
  zone: string,
): Lock {
  const ends = periods.filter(({ locked }) => locked).map(({ keep }) => keepUntil(takenAtMs, keep, zone));
  if (ends.length === 0) return null;
  const end = ends.reduce(laterOf);
  return end ?? 'forever';
}

/** As decided when it was taken, or as its profile says now, whichever is longer; null where it is not locked now. */
export function lockOf(
  snapshot: Pick<LabelledSnapshot, 'id' | 'takenAtMs' | 'profile' | 'periods' | 'lockedUntil'>,
  { profiles, machineZone, nowMs, unlocked }: Pick<RetentionTerms, 'profiles' | 'machineZone' | 'nowMs' | 'unlocked'>,
): Lock {
  if (unlocked.has(snapshot.id)) return null;
  const profile = snapshot.profile === null ? undefined : profiles.get(snapshot.profile);
  const periods = profile?.periods.filter(({ id }) => snapshot.periods.includes(id)) ?? [];
  const now = lockedUntil(periods, snapshot.takenAtMs, profile?.zone ?? machineZone);
  const lock = longerLock(snapshot.lockedUntil, now);
  return typeof lock === 'number' && lock <= nowMs ? null : lock;
}

/** Why a snapshot stays that a rule holds until it was sent. */
export function unsentWords(sites: readonly string[]): string {
  return `not sent yet to ${sites.join(', ')}`;
}

export function lockWords(lock: number | 'forever'): string {
  return lock === 'forever' ? 'locked for ever' : `locked until ${isoMinute(lock)}`;
}

function longerLock(one: Lock, other: Lock): Lock {
  if (one === 'forever' || other === 'forever') return 'forever';
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

type Life = { readonly untilMs: number | null; readonly reasons: readonly string[] };

function decide(snapshot: LabelledSnapshot, others: readonly string[], terms: RetentionTerms): PeriodDecision {
  const life = lifeOf(snapshot, terms);
  const isAlive = life.untilMs === null || life.untilMs > terms.nowMs;
  if (isAlive) return { snapshot, keep: true, untilMs: life.untilMs, reasons: [...life.reasons, ...others] };
  if (others.length > 0) return { snapshot, keep: true, untilMs: null, reasons: others };
  const over = formatDuration(terms.nowMs - (life.untilMs ?? terms.nowMs));
  return { snapshot, keep: false, untilMs: life.untilMs, reasons: [`its time was over ${over} ago`] };
}

/** The longest of what its labels give it. A label that says nothing keeps it until somebody removes it. */
function lifeOf({ profile: id, periods, takenAtMs, fetchedUntil }: LabelledSnapshot, terms: RetentionTerms): Life {
  const forGood = (reason: string): Life => ({ untilMs: null, reasons: [`${reason}: kept until somebody removes it`] });
  if (typeof fetchedUntil === 'number')
    return { untilMs: fetchedUntil, reasons: [`fetched back from a site: until ${isoMinute(fetchedUntil)}`] };
  if (fetchedUntil !== undefined) return forGood('fetched back from a site');
  if (periods.length === 0) return forGood('taken for no period');
  const own = ownLifeOf(periods, takenAtMs, terms.machineZone);
  if (own !== null) return own;
  if (id === null) return forGood('taken without a profile');
  const profile = terms.profiles.get(id);
  if (profile === undefined) return forGood('its profile is gone');
  const zone = profile.zone ?? terms.machineZone;
  const lives = periods.map((label): Life => {
    const period =
      label === manualPeriod
        ? { name: 'by hand', keep: profile.manual.keep }
        : profile.periods.find((one) => one.id === label);
    if (period === undefined) return forGood(`period ${label} is gone from ${profile.name}`);
    const untilMs = keepUntil(takenAtMs, period.keep, zone);
    return {
      untilMs,
      reasons: [untilMs === null ? `${period.name}: for ever` : `${period.name}: until ${isoMinute(untilMs)}`],
    };
  });
  return {
    untilMs: lives.map(({ untilMs }) => untilMs).reduce(laterOf),
    reasons: lives.filter(({ untilMs }) => untilMs === null || untilMs > terms.nowMs).flatMap(({ reasons }) => reasons),
  };
}

/** Of several that it states itself, the longest. */
function ownLifeOf(labels: readonly string[], takenAtMs: number, zone: string): Life | null {
  const days = labels.map(daysOfOwnLife).filter((count) => count !== null);
  if (days.length === 0) return null;
  const untilMs = keepUntil(takenAtMs, { count: Math.max(...days), unit: 'days' }, zone);
  return { untilMs, reasons: [untilMs === null ? 'for ever' : `by itself: until ${isoMinute(untilMs)}`] };
}

/** What keeps a snapshot beside its own life. */
function otherReasons(
  newestFirst: readonly LabelledSnapshot[],
  terms: RetentionTerms,
): (snapshot: LabelledSnapshot) => readonly string[] {
  const lastGood = lastGoodOf(newestFirst, terms.nowMs);
  const minimum = minimumReasons(newestFirst, terms);
  const suspect = newestFirst.findLast(({ id }) => terms.suspects.has(id));
  return (snapshot) => {
    const { id, takenAtMs } = snapshot;
    const hold = terms.held.get(id);
    const lock = lockOf(snapshot, terms);
    return [
      ...(snapshot === lastGood ? ['last good snapshot of its source'] : []),
      ...(minimum.get(id) ?? []),
      ...(hold === undefined ? [] : [`held by ${hold.author}: ${hold.reason}`]),
      ...(lock === null ? [] : [lockWords(lock)]),
      ...(suspect !== undefined && takenAtMs < suspect.takenAtMs
        ? [`taken before suspect snapshot ${suspect.id.slice(0, 8)}`]
        : []),
      ...(suspect !== undefined && terms.suspects.has(id) ? ['suspect, and nobody has looked at it'] : []),
      ...(terms.spared.has(id) ? ['kept when somebody was asked'] : []),
      ...(terms.unsent?.has(id) === true ? [unsentWords(terms.unsent.get(id) ?? [])] : []),
    ];
  };
}

/** Of a profile that no longer counts for the source no number has to stay: another one takes care. */
function minimumReasons(
  newestFirst: readonly LabelledSnapshot[],
  { profiles, effective }: RetentionTerms,
): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const [id, profile] of profiles) {
    if (effective !== null && effective !== id) continue;
    for (const { id: period, name, minimum } of profile.periods) {
      const good = newestFirst.filter(
        (one) => one.good && one.profile === id && one.periods.includes(period) && one.fetchedUntil === undefined,
      );
      const words = minimum === 1 ? `the newest of ${name}` : `one of the newest ${formatCount(minimum)} of ${name}`;
      for (const snapshot of good.slice(0, minimum))
        reasons.set(snapshot.id, [...(reasons.get(snapshot.id) ?? []), words]);
    }
  }
  return reasons;
}

/** A snapshot that a wrong clock put into the future counts only where there is no other. */
function lastGoodOf(newestFirst: readonly LabelledSnapshot[], nowMs: number): LabelledSnapshot | undefined {
  const good = newestFirst.filter((snapshot) => snapshot.good);
  return good.find(({ takenAtMs }) => takenAtMs <= nowMs + clockToleranceMs) ?? good[0];
}

function refusal(newestFirst: readonly LabelledSnapshot[], { nowMs, clockProblem }: RetentionTerms): string | null {
  if (clockProblem !== null) return clockProblem;
  const [newest] = newestFirst;
  if (newest === undefined || newest.takenAtMs <= nowMs + clockToleranceMs) return null;
  return `Snapshot ${newest.id.slice(0, 8)} was taken at ${isoMinute(newest.takenAtMs)}, and this clock says ${isoMinute(nowMs)}: one of the clocks is wrong.`;
}

function isoMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
