/**
 * Which snapshots to keep: a pure function of snapshots, rules and the time. The rules mean what restic's mean (its
 * `forget`): buckets are cut in the time zone a snapshot was taken in, and durations count back from the newest snapshot
 * of a group, not from now; so a clock that jumped ahead expires nothing. Beyond restic, the last good snapshot of a
 * group always stays.
 */

export type RetentionSnapshot = {
  readonly id: string;
  readonly takenAtMs: number;
  /** Of the clock it was taken by, east of UTC. */
  readonly utcOffsetMinutes: number;
  readonly tenant: string;
  readonly hostname: string;
  /** The name of the source, or null where the program that took it knows none. */
  readonly source: string | null;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
  /** Complete, or complete with exceptions; or of a program that does not say. */
  readonly good: boolean;
};

/** How many of a kind; 0 is no rule. */
export type KeepCount = number | 'unlimited';

export type RetentionDuration = {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
};

export const retentionPeriods = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type RetentionPeriod = (typeof retentionPeriods)[number];

export type RetentionRules = {
  readonly last?: KeepCount | undefined;
  /** The newest of each of the last so many hours, days, … that have any. */
  readonly counts?: Readonly<Partial<Record<RetentionPeriod, KeepCount | undefined>>> | undefined;
  /** All that are no older than this before the newest of the group. */
  readonly within?: RetentionDuration | undefined;
  /** Of those no older than this: the newest of each hour, day, … */
  readonly withinPeriods?: Readonly<Partial<Record<RetentionPeriod, RetentionDuration | undefined>>> | undefined;
  /** Snapshots that have all tags of any of these lists. */
  readonly tags?: readonly (readonly string[])[] | undefined;
};

export type RetentionDecision = {
  readonly snapshot: RetentionSnapshot;
  readonly keep: boolean;
  readonly reasons: readonly string[];
};

/** Snapshots of one source on one machine: rules are applied to each group by itself. */
export type RetentionGroup = {
  readonly tenant: string;
  readonly hostname: string;
  readonly source: string | null;
  readonly paths: readonly string[];
  /** Newest first. */
  readonly decisions: readonly RetentionDecision[];
};

export const lastGoodReason = 'last good snapshot of its source';

/** What the rules mean for each snapshot. Rules that say nothing keep everything. */
export function applyRetention(
  snapshots: readonly RetentionSnapshot[],
  rules: RetentionRules,
  nowMs: number,
): readonly RetentionGroup[] {
  return groupSnapshots(snapshots).map((group) => {
    const [first] = group;
    const lastGood = lastGoodOf(group, nowMs);
    const decisions = isEmpty(rules)
      ? group.map((snapshot) => ({ snapshot, keep: true, reasons: ['no rule was given'] }))
      : judgeGroup(group, rules, nowMs).map((decision) => guard(decision, lastGood));
    return {
      tenant: first?.tenant ?? '',
      hostname: first?.hostname ?? '',
      source: first?.source ?? null,
      paths: first?.paths ?? [],
      decisions,
    };
  });
}

export function isEmpty({ last, counts, within, withinPeriods, tags }: RetentionRules): boolean {
  return (
    !isCounted(last) &&
    !isLong(within) &&
    (tags ?? []).length === 0 &&
    retentionPeriods.every((period) => !isCounted(counts?.[period]) && !isLong(withinPeriods?.[period]))
  );
}

/** The ids of the snapshots that each group would be restored from, were it today: its newest good one. */
export function lastGoodSnapshots(snapshots: readonly RetentionSnapshot[], nowMs: number): ReadonlySet<string> {
  const ids = groupSnapshots(snapshots).map((group) => lastGoodOf(group, nowMs)?.id);
  return new Set(ids.filter((id) => id !== undefined));
}

/** Clocks of different machines may differ by this much. */
const clockToleranceMs = 60 * 60_000;

/** Snapshots that would have been taken after now: this clock, or the one they were taken by, is wrong. */
export function snapshotsFromTheFuture(
  snapshots: readonly RetentionSnapshot[],
  nowMs: number,
): readonly RetentionSnapshot[] {
  return snapshots.filter(({ takenAtMs }) => takenAtMs > nowMs + clockToleranceMs);
}

/** The duration meant by `1y5m7d2h`, `2d`, `12h`; null where the text is none. */
export function parseRetentionDuration(text: string): RetentionDuration | null {
  const match = /^(?=\d)(?:(\d{1,6})y)?(?:(\d{1,6})m)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?$/.exec(text.trim());
  if (match === null) return null;
  const [years, months, days, hours] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return { years: years ?? 0, months: months ?? 0, days: days ?? 0, hours: hours ?? 0 };
}

function formatRetentionDuration({ years, months, days, hours }: RetentionDuration): string {
  const parts = [`${years}y`, `${months}m`, `${days}d`, `${hours}h`];
  return parts.filter((part) => !part.startsWith('0')).join('');
}

/** Newest first in each. The host belongs to the key: the same name on two machines is two sources. */
function groupSnapshots(snapshots: readonly RetentionSnapshot[]): readonly (readonly RetentionSnapshot[])[] {
  const groups = new Map<string, RetentionSnapshot[]>();
  for (const snapshot of snapshots) {
    const { tenant, hostname, source, paths } = snapshot;
    const key = JSON.stringify(
      source === null ? ['paths', hostname, paths.toSorted()] : ['source', tenant, hostname, source],
    );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [snapshot]);
    else group.push(snapshot);
  }
  return [...groups.values()].map((group) =>
    group.sort((a, b) => b.takenAtMs - a.takenAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  );
}

/** A snapshot that a wrong clock put into the future counts only where there is no other. */
function lastGoodOf(newestFirst: readonly RetentionSnapshot[], nowMs: number): RetentionSnapshot | undefined {
  const good = newestFirst.filter((snapshot) => snapshot.good);
  const future = new Set(snapshotsFromTheFuture(good, nowMs));
  return good.find((snapshot) => !future.has(snapshot)) ?? good[0];
}

function guard(decision: RetentionDecision, lastGood: RetentionSnapshot | undefined): RetentionDecision {
  if (decision.snapshot !== lastGood) return decision;
  return { ...decision, keep: true, reasons: [...(decision.keep ? decision.reasons : []), lastGoodReason] };
}

/** A number that is the same for all times of a day, a week, …; `position` is that of the snapshot in its group. */
type Bucket = (local: Date, position: number) => number;
type CountRule = { left: number; last: number | null; readonly bucket: Bucket; readonly reason: string };
type WithinRule = { last: number | null; readonly afterMs: number; readonly bucket: Bucket; readonly reason: string };

function judgeGroup(group: readonly RetentionSnapshot[], rules: RetentionRules, nowMs: number): RetentionDecision[] {
  const newest = group.find(({ takenAtMs }) => takenAtMs < nowMs);
  const counted = countRules(rules);
  const within = withinRules(rules, newest);
  return group.map((snapshot, position) => {
    const local = localTime(snapshot);
    const isOldest = position === group.length - 1;
    const reasons = [
      ...tagReasons(snapshot, rules),
      ...(isLong(rules.within) && snapshot.takenAtMs > cutoff(newest, rules.within)
        ? [`within ${formatRetentionDuration(rules.within)}`]
        : []),
      ...counted.filter((rule) => takeCounted(rule, local, position, isOldest)).map(({ reason }) => reason),
      ...within.filter((rule) => takeWithin(rule, snapshot, local, position)).map(({ reason }) => reason),
    ];
    return reasons.length > 0
      ? { snapshot, keep: true, reasons }
      : { snapshot, keep: false, reasons: ['no rule keeps it'] };
  });
}

function tagReasons({ tags }: RetentionSnapshot, rules: RetentionRules): readonly string[] {
  const matching = (rules.tags ?? []).filter((list) => list.every((tag) => tags.includes(tag)));
  return matching.map((list) => `has tags [${list.join(', ')}]`);
}

function countRules({ last, counts }: RetentionRules): readonly CountRule[] {
  const rule = (count: KeepCount | undefined, bucket: Bucket, reason: string): CountRule => ({
    left: count === 'unlimited' ? Infinity : (count ?? 0),
    last: null,
    bucket,
    reason,
  });
  return [
    rule(last, (_, position) => position, 'last snapshot'),
    ...retentionPeriods.map((period) => rule(counts?.[period], buckets[period], `${period} snapshot`)),
  ];
}

/** The oldest of all is kept while a rule has not had its number: the history reaches back as far as it can. */
function takeCounted(rule: CountRule, local: Date, position: number, isOldest: boolean): boolean {
  if (rule.left <= 0) return false;
  const value = rule.bucket(local, position);
  if (value === rule.last && !isOldest) return false;
  rule.last = value;
  rule.left -= 1;
  return true;
}

function withinRules({ withinPeriods }: RetentionRules, newest: RetentionSnapshot | undefined): readonly WithinRule[] {
  return retentionPeriods.flatMap((period) => {
    const duration = withinPeriods?.[period];
    if (!isLong(duration)) return [];
    const reason = `${period} within ${formatRetentionDuration(duration)}`;
    return [{ last: null, afterMs: cutoff(newest, duration), bucket: buckets[period], reason }];
  });
}

function takeWithin(rule: WithinRule, { takenAtMs }: RetentionSnapshot, local: Date, position: number): boolean {
  if (takenAtMs <= rule.afterMs) return false;
  const value = rule.bucket(local, position);
  if (value === rule.last) return false;
  rule.last = value;
  return true;
}

/** The calendar of the zone the newest was taken in; a day that a month lacks counts into the next, as Go has it. */
function cutoff(newest: RetentionSnapshot | undefined, { years, months, days, hours }: RetentionDuration): number {
  if (newest === undefined) return -Infinity;
  const local = localTime(newest);
  const earlier = new Date(local);
  earlier.setUTCFullYear(local.getUTCFullYear() - years, local.getUTCMonth() - months, local.getUTCDate() - days);
  const cut = earlier.getTime() - hours * 3_600_000 - newest.utcOffsetMinutes * 60_000;
  // Before all time that can be written down.
  return Number.isNaN(cut) ? -Infinity : cut;
}

/** A time whose UTC fields are the fields of the clock the snapshot was taken by. */
function localTime({ takenAtMs, utcOffsetMinutes }: RetentionSnapshot): Date {
  return new Date(takenAtMs + utcOffsetMinutes * 60_000);
}

const dayMs = 24 * 3_600_000;

const buckets: Readonly<Record<RetentionPeriod, Bucket>> = {
  hourly: (local) => Math.floor(local.getTime() / 3_600_000),
  daily: (local) => Math.floor(local.getTime() / dayMs),
  // Weeks begin on Monday; 1970 began on a Thursday.
  weekly: (local) => Math.floor((Math.floor(local.getTime() / dayMs) + 3) / 7),
  monthly: (local) => local.getUTCFullYear() * 12 + local.getUTCMonth(),
  yearly: (local) => local.getUTCFullYear(),
};

function isCounted(count: KeepCount | undefined): boolean {
  return count === 'unlimited' || (count ?? 0) > 0;
}

function isLong(duration: RetentionDuration | undefined): duration is RetentionDuration {
  if (duration === undefined) return false;
  const { years, months, days, hours } = duration;
  return years > 0 || months > 0 || days > 0 || hours > 0;
}
