/** What becomes of the snapshots of a source by another profile, or by the same one changed. */
import type { ProfilePreview } from '../../shared/contract/profiles.ts';

export type ComparedSnapshot = ProfilePreview['snapshots'][number];

export type Difference = {
  /** Kept as things are, and gone with it. */
  readonly lost: readonly ComparedSnapshot[];
  /** Kept both ways, but not as long; or longer. */
  readonly sooner: readonly ComparedSnapshot[];
  readonly later: readonly ComparedSnapshot[];
  /** Gone as things are, and kept with it. */
  readonly rescued: readonly ComparedSnapshot[];
  /** Gone either way. */
  readonly gone: number;
};

export function differenceOf(snapshots: readonly ComparedSnapshot[]): Difference {
  const isKept = ({ before }: ComparedSnapshot) => before?.keep !== false;
  const stays = snapshots.filter((one) => isKept(one) && one.after.keep);
  return {
    lost: snapshots.filter((one) => isKept(one) && !one.after.keep),
    sooner: stays.filter((one) => endOf(one.after.until) < endOf(one.before?.until ?? null)),
    later: stays.filter((one) => endOf(one.after.until) > endOf(one.before?.until ?? null)),
    rescued: snapshots.filter((one) => !isKept(one) && one.after.keep),
    gone: snapshots.filter((one) => !isKept(one) && !one.after.keep).length,
  };
}

/** Null, for ever, is later than anything. */
function endOf(until: string | null): number {
  return until === null ? Infinity : Date.parse(until);
}
