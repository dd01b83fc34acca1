/** Holding on to what snapshots need, where the place of a repository locks files for a time: when to look, and what is told. */
import type { Condition } from './alerts.ts';

/** What is known of the locks of one repository. Times are epoch milliseconds. */
export type LockFacts = {
  readonly mode: 'governance' | 'compliance';
  /** For how long a file is locked when it is written, or held on to. */
  readonly days: number;
  readonly lookedAtMs: number;
  /** Files that snapshots need, and how many of them were held on to at the last look. */
  readonly needed: number;
  readonly extended: number;
  /** When the first of those that are needed could be removed by anybody; null: it is not known yet. */
  readonly untilMs: number | null;
  /** Where the next look goes on; null: all were looked at. */
  readonly next: string | null;
  /** Why the last look failed, and since when looks do; null: it did not. */
  readonly problem: { readonly text: string; readonly sinceMs: number } | null;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mostMarginDays = 14;
/** A look that went through its budget goes on so soon. */
const goOnAfterMs = 6 * hourMs;
/** What fails for a moment is not told of. */
const graceMs = dayMs;

/** What is locked for less is locked for its full time again. */
export function lockMarginDays(days: number): number {
  return Math.min(mostMarginDays, days / 2);
}

/** When to look next: before the first lock ends, be it of what was looked at or of what is written since. */
export function nextLockLookMs(facts: LockFacts): number {
  const { days, lookedAtMs, untilMs, next, problem } = facts;
  if (problem !== null) return lookedAtMs + hourMs;
  if (next !== null) return lookedAtMs + goOnAfterMs;
  const firstEndMs = Math.min(untilMs ?? lookedAtMs, lookedAtMs + days * dayMs);
  return Math.max(lookedAtMs + goOnAfterMs, firstEndMs - lockMarginDays(days) * dayMs);
}

export function conditionsOfLocks(
  { id, name }: { readonly id: string; readonly name: string },
  { problem, untilMs }: LockFacts,
  nowMs: number,
): Condition[] {
  if (problem === null || nowMs - problem.sinceMs < graceMs) return [];
  const until = untilMs === null ? '' : ` The first of them ends at ${new Date(untilMs).toISOString()}.`;
  return [
    {
      rule: 'locks-not-extended',
      kind: 'repository',
      subject: id,
      occasion: '',
      level: 'error',
      title: `The locks of what snapshots need in ${name} cannot be put off`,
      detail: `${problem.text}${until} Afterwards anybody with the right to remove could do so.`,
      todo: 'Check the key: it needs s3:GetObjectRetention, s3:PutObjectRetention and to read the objects.',
    },
  ];
}
