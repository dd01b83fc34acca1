/** Which mirrors a run looks through as a whole: the oldest first, and never so many that a run is of nothing else. Pure. */

export type CheckFacts = {
  /** When all of it was last found to be sound, in epoch milliseconds; null: never. */
  readonly checkedAtMs: number | null;
  /** Found otherwise since, and not repaired. */
  readonly isDamaged: boolean;
  /** Whether that was a look at what lies here, and not at what came from the server. */
  readonly wasRead: boolean;
};

export type CheckTimes = {
  /** How old the last look at a mirror may get. */
  readonly everyMs: number;
  readonly nowMs: number;
};

/** Before the last look is too old, so that those which fall due together can be spread over several runs. */
const aheadShare = 0.75;
/** Of the share of all mirrors that the time since the last looks stands for. */
const hurry = 4;
/** Where nothing was looked at yet. */
const firstShare = 0.25;

/** A damaged one is looked at each time: it may have been put right by hand. */
export function dueChecks<Mirror extends CheckFacts>(
  mirrors: readonly Mirror[],
  { everyMs, nowMs }: CheckTimes,
): readonly Mirror[] {
  const damaged = mirrors.filter(({ isDamaged }) => isDamaged);
  const ageOf = ({ checkedAtMs }: Mirror): number => (checkedAtMs === null ? Infinity : nowMs - checkedAtMs);
  // A clock that went ahead and came back must not keep any from being looked at.
  const isDue = (mirror: Mirror): boolean => ageOf(mirror) >= everyMs * aheadShare || ageOf(mirror) < 0;
  const due = mirrors.filter((mirror) => !mirror.isDamaged && isDue(mirror)).toSorted((a, b) => ageOf(b) - ageOf(a));
  const lastMs = mirrors.reduce((last, one) => Math.max(last, one.wasRead ? (one.checkedAtMs ?? 0) : 0), 0);
  const share = lastMs === 0 || lastMs > nowMs ? firstShare : Math.min(1, ((nowMs - lastMs) / everyMs) * hurry);
  return [...damaged, ...due.slice(0, Math.max(1, Math.ceil(mirrors.length * share)))];
}
