/**
 * Whether the wall clock can be believed: a pure function of two looks at it. Beside it goes a clock that only grows, also
 * while the machine sleeps, so that within one start of the machine every jump shows. Across starts only a clock that went
 * back, or far ahead, does. What takes snapshots away by their age waits until the clock is right again, or confirmed.
 */

/** A look at both clocks, in milliseconds. */
export type ClockReading = {
  readonly wallMs: number;
  /** Since the machine was started. */
  readonly uptimeMs: number;
  /** Which start of the machine; null where nobody can tell. */
  readonly boot: string | null;
};

export type ClockMark = {
  readonly last: ClockReading;
  /** What the wall clock should be ahead of the other one by, in this start of the machine. */
  readonly trustedOffsetMs: number;
  /** The latest time that was believed. */
  readonly trustedMs: number;
  /** By how much the clock is off, ahead where positive; null: it is believed. */
  readonly jumpedByMs: number | null;
};

/** Corrections of a clock by the network, and clocks read a moment apart, stay below. */
const toleranceMs = 3_600_000;
/** A machine that was off for longer has to be told that its clock is right. */
const longestAbsenceMs = 400 * 24 * 3_600_000;

export function firstClockMark(now: ClockReading): ClockMark {
  return { last: now, trustedOffsetMs: offsetOf(now), trustedMs: now.wallMs, jumpedByMs: null };
}

export function afterLook(before: ClockMark, now: ClockReading): ClockMark {
  const isSameBoot = now.boot !== null && now.boot === before.last.boot && now.uptimeMs >= before.last.uptimeMs;
  return isSameBoot ? withinBoot(before, now) : acrossBoots(before, now);
}

/** Whoever looks says that the clock is right as it is now. */
export function confirmClock(now: ClockReading): ClockMark {
  return firstClockMark(now);
}

function withinBoot(before: ClockMark, now: ClockReading): ClockMark {
  const offByMs = offsetOf(now) - before.trustedOffsetMs;
  if (Math.abs(offByMs) > toleranceMs) return { ...before, last: now, jumpedByMs: offByMs };
  // A clock that is put right bit by bit is followed.
  const trustedOffsetMs = before.jumpedByMs === null ? offsetOf(now) : before.trustedOffsetMs;
  return { last: now, trustedOffsetMs, trustedMs: Math.max(before.trustedMs, now.wallMs), jumpedByMs: null };
}

function acrossBoots(before: ClockMark, now: ClockReading): ClockMark {
  const sinceMs = now.wallMs - before.trustedMs;
  if (sinceMs >= -toleranceMs && sinceMs <= longestAbsenceMs) return firstClockMark(now);
  return { last: now, trustedOffsetMs: offsetOf(now) - sinceMs, trustedMs: before.trustedMs, jumpedByMs: sinceMs };
}

function offsetOf({ wallMs, uptimeMs }: ClockReading): number {
  return wallMs - uptimeMs;
}
