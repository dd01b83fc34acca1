/** A source as reports see it: what the overview and the page of the source show of it. */

/** Times are epoch milliseconds. */
export type ReportSource = {
  readonly name: string;
  readonly kind: string;
  /** Name of the profile that counts for it; null: none. */
  readonly profile: string | null;
  readonly rpoMs: number | null;
  readonly newestGoodAtMs: number | null;
  readonly oldestAtMs: number | null;
  readonly snapshots: number;
  /** Of the newest snapshot; null: it does not say. */
  readonly bytes: number | null;
  readonly files: number | null;
  readonly paused: boolean;
  /** A state of a job; null: none is known. */
  readonly lastRun: string | null;
  readonly rto: { readonly ms: number; readonly basis: 'measured' | 'estimated'; readonly words: string } | null;
  readonly everDrilled: boolean;
  /** Copies in all, of these outside; null: the repository that protection writes to is not known. */
  readonly copies: { readonly count: number; readonly offsite: number; readonly isEnough: boolean } | null;
};

export type ReportRepository = { readonly name: string; readonly state: 'open' | 'locked' | 'unreachable' };
