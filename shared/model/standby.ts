/** Hot standbys: whether one is to be brought up to date now, what holds it back, how far it is behind. Pure. */
import { formatDuration } from './units.ts';

export const standbyStates = [
  'current',
  'behind',
  'working',
  'stopped',
  'failed',
  'unconfirmed',
  'disabled',
  'empty',
] as const;
export type StandbyState = (typeof standbyStates)[number];

export const standbyWords: Readonly<Record<StandbyState, string>> = {
  current: 'up to date',
  behind: 'behind',
  working: 'being updated',
  stopped: 'stopped',
  failed: 'failed',
  unconfirmed: 'to be confirmed',
  disabled: 'disabled',
  empty: 'waits for a snapshot',
};

/** A snapshot by what it is called where it was taken. Times are epoch milliseconds. */
export type StandbyPoint = { readonly original: string; readonly takenAtMs: number };

export type StandbyFailure = {
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  /** How often in a row. */
  readonly count: number;
};

export type StandbyFacts = {
  readonly addedAtMs: number;
  readonly enabled: boolean;
  /** Whether somebody has said on this machine that the target is its own. */
  readonly confirmed: boolean;
  readonly working: boolean;
  readonly newest: StandbyPoint | null;
  /** The oldest one that is newer than what is shown. */
  readonly next: StandbyPoint | null;
  readonly shown: StandbyPoint | null;
  /** Why nothing is brought over now, in a sentence; null: it may be. */
  readonly guard: string | null;
  readonly failure: StandbyFailure | null;
  /** When it was last looked whether somebody has changed the target. */
  readonly lookedAtMs: number | null;
};

export type StandbyView = {
  readonly state: StandbyState;
  /** Why, in a sentence; null where the state says all. */
  readonly reason: string | null;
  /** How much older what is shown is than the newest snapshot; null where either is missing. */
  readonly lagMs: number | null;
  /** Since when something newer was there; null: nothing is. */
  readonly behindSinceMs: number | null;
};

/** `look`: nothing newer is there, and it is time to see whether somebody has changed the target. */
export type StandbyStep = 'update' | 'look' | 'none';

const minuteMs = 60_000;
const firstRetryMs = 5 * minuteMs;
const lastRetryMs = 60 * minuteMs;
export const lookEveryMs = 24 * 60 * minuteMs;
export const defaultLagLimitMs = 24 * 60 * minuteMs;
export const defaultVersions = 3;
export const mostVersions = 100;

export function standbyStep(facts: StandbyFacts, nowMs: number): StandbyStep {
  const { enabled, confirmed, working, newest, guard, failure, lookedAtMs } = facts;
  if (!enabled || !confirmed || working || guard !== null || newest === null) return 'none';
  if (failure !== null && nowMs < failure.atMs + retryAfterMs(failure.count) && nowMs >= failure.atMs) return 'none';
  if (isNewer(facts)) return 'update';
  return lookedAtMs === null || nowMs - lookedAtMs >= lookEveryMs || nowMs < lookedAtMs ? 'look' : 'none';
}

export function viewStandby(facts: StandbyFacts): StandbyView {
  const { newest, shown } = facts;
  return {
    ...stateOf(facts),
    lagMs: newest === null || shown === null ? null : Math.max(0, newest.takenAtMs - shown.takenAtMs),
    behindSinceMs: behindSince(facts),
  };
}

export function retryAfterMs(failures: number): number {
  return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(10, Math.max(0, failures - 1)));
}

/** Null where nothing has to be said. */
export function guardOf({
  frozen,
  suspect,
  emptied,
}: {
  readonly frozen: { readonly author: string; readonly reason: string } | null;
  readonly suspect: { readonly snapshot: string; readonly reason: string } | null;
  /** What the last run said where it found the source empty or not mounted. */
  readonly emptied: string | null;
}): string | null {
  if (frozen !== null) return `Everything is frozen by ${frozen.author}: ${frozen.reason}`;
  if (suspect !== null)
    return `Far more than usual changed in snapshot ${suspect.snapshot.slice(0, 8)}: ${suspect.reason}.`;
  return emptied === null ? null : `The source was found empty or not mounted: ${emptied}`;
}

/** Versions to let go of: of those kept beside the current one, the newest `keep` stay; what somebody changed stays too. */
export function versionsToRemove<Version extends { readonly name: string; readonly changed: boolean }>(
  versions: readonly Version[],
  current: string,
  keep: number,
): readonly Version[] {
  const others = versions.filter(({ name, changed }) => name !== current && !changed);
  return others.slice(0, Math.max(0, others.length - keep));
}

/** `2026-11-29T200842Z-1a2b3c4d`: in the order of time, and good on every file system. */
export function versionName({ original, takenAtMs }: StandbyPoint): string {
  const time = new Date(takenAtMs).toISOString().slice(0, 19).replaceAll(':', '');
  return `${time}Z-${original.slice(0, 8)}`;
}

export function lagWords({ lagMs, state }: Pick<StandbyView, 'lagMs' | 'state'>): string {
  if (lagMs === null) return state === 'empty' ? 'no snapshot yet' : 'nothing shown yet';
  return lagMs === 0 ? 'not behind' : formatDuration(lagMs);
}

function stateOf(facts: StandbyFacts): Pick<StandbyView, 'state' | 'reason'> {
  const { enabled, confirmed, working, guard, failure, newest } = facts;
  if (!enabled) return { state: 'disabled', reason: null };
  if (!confirmed)
    return {
      state: 'unconfirmed',
      reason: 'Nobody has confirmed its target on this machine; nothing is written there.',
    };
  if (working) return { state: 'working', reason: null };
  if (guard !== null) return { state: 'stopped', reason: guard };
  if (failure !== null) return { state: 'failed', reason: failure.message };
  if (newest === null) return { state: 'empty', reason: 'There is no good snapshot of its source yet.' };
  return { state: isNewer(facts) ? 'behind' : 'current', reason: null };
}

function isNewer({ newest, shown }: StandbyFacts): boolean {
  return newest !== null && (shown === null || newest.original !== shown.original);
}

function behindSince(facts: StandbyFacts): number | null {
  const { shown, next, newest, addedAtMs } = facts;
  if (!isNewer(facts) || newest === null) return null;
  return shown === null ? Math.max(addedAtMs, next?.takenAtMs ?? 0) : (next ?? newest).takenAtMs;
}
