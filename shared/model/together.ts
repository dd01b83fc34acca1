/**
 * Whether the parts of a system snapshot are of one moment. All members are held still first; what is taken while all of them
 * are, is of the moment at which the last one began to hold. Pure.
 */
import { skewWords, type SystemState } from './system-snapshots.ts';
import { formatCount, formatDuration } from './units.ts';

/**
 * `same`: it was held still from before the common moment until its point was taken, so that it is what it was then.
 * `within`: taken while the others were held, but it did not hold still itself: it is as it was within some time of the common
 * moment. `apart`: taken before the common moment, or after the others had been let go, or nothing was held together.
 */
export const moments = ['same', 'within', 'apart'] as const;
export type Moment = (typeof moments)[number];

/** Times are epoch milliseconds. */
export type MemberMoment = {
  readonly moment: Moment;
  /** The common moment; null: there was none. */
  readonly commonAtMs: number | null;
  /** How far what it shows may be from the common moment; 0 where it is of that moment; null: not within anything. */
  readonly withinMs: number | null;
  /** Why it is not of the same moment, in a sentence; null: it is, or it did not hold still itself. */
  readonly reason: string | null;
};

/** How long all may be held at most, counted from the first hook: an application that stands still longer is noticed. */
export const holdLimits = { leastMs: 1_000, mostMs: 3_600_000, usualMs: 60_000 } as const;

export type TakenPoint = {
  /** When taking it began and ended. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether its own hooks held it still all the while. */
  readonly isHeld: boolean;
  /** Whether all members were still held when it was taken. */
  readonly isInTime: boolean;
  /** When a hook began to make what is read, as a dump, without one that lets go of it later; null: none does. */
  readonly madeFromMs: number | null;
};

export type CommonHold = {
  /** When all of them were held; null: they never were. */
  readonly commonAtMs: number | null;
  /** Why they never were. */
  readonly problem: string | null;
  readonly limitMs: number;
};

export function momentOf(point: TakenPoint, hold: CommonHold): MemberMoment {
  const { fromMs, toMs, isHeld, isInTime, madeFromMs } = point;
  const { commonAtMs, problem, limitMs } = hold;
  const apart = (reason: string): MemberMoment => ({ moment: 'apart', commonAtMs, withinMs: null, reason });
  if (commonAtMs === null) return apart(problem ?? 'The sources were never all held at once.');
  if (fromMs < commonAtMs) return apart('What it shows is from before all of them were held.');
  if (!isInTime)
    return apart(
      `Not all of it was read when the others were let go; they may be held for ${formatDuration(limitMs)}.`,
    );
  // A clock that was set back meanwhile says nothing about the time that passed.
  if (toMs < fromMs) return apart('The clock was set while it was taken.');
  if (isHeld) return { moment: 'same', commonAtMs, withinMs: 0, reason: null };
  const withinMs = Math.max(toMs - commonAtMs, commonAtMs - (madeFromMs ?? commonAtMs));
  return { moment: 'within', commonAtMs, withinMs, reason: null };
}

export type SystemMoment = Pick<MemberMoment, 'moment' | 'withinMs'>;

/** The weakest of those that are there; null where of one of them nothing is known, as of those of earlier versions. */
export function weakestMoment(members: readonly (SystemMoment | null)[]): SystemMoment | null {
  const known = members.filter((member) => member !== null);
  if (known.length === 0 || known.length < members.length) return null;
  if (known.some(({ moment }) => moment === 'apart')) return { moment: 'apart', withinMs: null };
  const withinMs = Math.max(...known.map((member) => member.withinMs ?? 0));
  return { moment: known.some(({ moment }) => moment === 'within') ? 'within' : 'same', withinMs };
}

/** `same moment`, `within 6 s`, `not together`. */
export function momentWords({ moment, withinMs }: SystemMoment): string {
  switch (moment) {
    case 'same':
      return 'same moment';
    case 'within':
      return `within ${formatDuration(Math.max(1000, withinMs ?? 0))}`;
    case 'apart':
      return 'not together';
  }
}

export type Extent = {
  readonly moment: Moment | null;
  readonly withinMs: number | null;
  readonly skewMs: number | null;
};

/** `4 sources at one moment`, `4 sources within 6 s`, `4 sources, not together`: never more than is known. */
export function togetherWords(parts: number, { moment, withinMs, skewMs }: Extent): string {
  if (parts === 1 || moment === null) return skewWords(parts, skewMs);
  switch (moment) {
    case 'same':
      return `${parts} sources at one moment`;
    case 'within':
      return skewWords(parts, withinMs);
    case 'apart':
      return `${parts} sources, not together`;
  }
}

/** `4 sources at one moment`; of one that misses something, what it has and how many it has not. */
export function extentWords(
  system: Extent & { readonly state: SystemState; readonly members: readonly { readonly snapshot: string | null }[] },
): string {
  const { state, members } = system;
  const taken = members.filter(({ snapshot }) => snapshot !== null).length;
  if (state === 'running') return `${formatCount(taken)} of ${formatCount(members.length)} sources so far`;
  if (taken === 0) return 'nothing was taken';
  const lost = members.length - taken;
  const words = togetherWords(taken, system);
  return lost === 0 ? words : `${words}, ${formatCount(lost)} missing`;
}

/** What it is called: what was said of it, or its id. */
export function systemTitle({ id, description }: { readonly id: string; readonly description: string }): string {
  return description.trim() === '' ? `System snapshot ${id.slice(0, 8)}` : description.trim();
}

/** Whether all that are there belong to one moment, as far as was promised: one alone is never apart from others. */
export function isApart({
  moment,
  members,
}: {
  readonly moment: Moment | null;
  readonly members: readonly unknown[];
}): boolean {
  return moment === 'apart' && members.length > 1;
}

const longestReason = 500;
const stated = /^(same|within|apart) (-|\d{1,15}) (-|\d{1,15})(?: ([\s\S]+))?$/;

/** As a snapshot states it of itself, so that it is known wherever the snapshot is. */
export function encodeMoment({ moment, commonAtMs, withinMs, reason }: MemberMoment): string {
  const words = [
    moment,
    commonAtMs ?? '-',
    withinMs ?? '-',
    ...(reason === null ? [] : [reason.slice(0, longestReason)]),
  ];
  return words.join(' ');
}

/** Null where it states nothing that can be read. */
export function decodeMoment(text: string | undefined): MemberMoment | null {
  const [, moment, common, within, reason] = stated.exec(text ?? '') ?? [];
  const known = moments.find((one) => one === moment);
  if (known === undefined) return null;
  const numberIn = (digits: string | undefined): number | null =>
    digits === undefined || digits === '-' ? null : Number(digits);
  return {
    moment: known,
    commonAtMs: numberIn(common),
    withinMs: numberIn(within),
    reason: reason?.slice(0, longestReason) ?? null,
  };
}
