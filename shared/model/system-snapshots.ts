/** A system snapshot: several sources taken together. What it is, from what became of its parts. Pure. */
import { formatDuration } from './units.ts';

/** `running`: not at its end. `partial`: something of it is missing, and named. `failed`: nothing of it is there. */
export const systemStates = ['running', 'full', 'partial', 'failed'] as const;
export type SystemState = (typeof systemStates)[number];

export const memberStates = [
  'waiting',
  'running',
  /** Asked for elsewhere, and not there yet: it counts once it is. */
  'pending',
  'complete',
  'completeWithExceptions',
  'partial',
  'failed',
  'cancelled',
  'interrupted',
  /** It was to be part of it, and nothing is known of it. */
  'missing',
] as const;
export type MemberState = (typeof memberStates)[number];

/** Times are epoch milliseconds; null: not known. */
export type SystemMember = {
  readonly state: MemberState;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
};

const good: ReadonlySet<MemberState> = new Set(['complete', 'completeWithExceptions']);
const underWay: ReadonlySet<MemberState> = new Set(['waiting', 'running', 'pending']);

export function systemStateOf(members: readonly Pick<SystemMember, 'state'>[]): SystemState {
  if (members.some(({ state }) => underWay.has(state))) return 'running';
  if (members.every(({ state }) => good.has(state))) return 'full';
  return members.some(({ state }) => good.has(state) || state === 'partial') ? 'partial' : 'failed';
}

/** From the moment the first part began to be read to the moment the last one was stored; null where it is not known. */
export function skewOf(members: readonly SystemMember[]): number | null {
  const taken = members.filter(({ state }) => good.has(state) || state === 'partial');
  const starts = taken.map(({ startedAtMs }) => startedAtMs).filter((ms) => ms !== null);
  const ends = taken.map(({ endedAtMs }) => endedAtMs).filter((ms) => ms !== null);
  if (taken.length === 0 || starts.length < taken.length || ends.length < taken.length) return null;
  const skewMs = Math.max(...ends) - Math.min(...starts);
  const isBackwards = taken.some(({ startedAtMs, endedAtMs }) => (endedAtMs ?? 0) < (startedAtMs ?? 0));
  // A clock that went back between them says nothing about the time that passed.
  return skewMs < 0 || isBackwards ? null : skewMs;
}

/** `one source`, `4 sources within 6 min`: never one point in time where that is not so. */
export function skewWords(parts: number, skewMs: number | null): string {
  if (parts === 1) return 'one source';
  if (skewMs === null) return `${parts} sources; within what time is not known`;
  return `${parts} sources within ${formatDuration(Math.max(1000, skewMs))}`;
}

/** The id ends in how many parts there were to be, so that one that is missing shows in the repository alone. */
export function partsOf(system: string): number | null {
  const count = /-(\d{1,4})$/.exec(system)?.[1];
  return count === undefined ? null : Number(count);
}
