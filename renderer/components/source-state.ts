/** How a source stands, in one word: the same on every screen. */
import type { Job } from '../../shared/contract/jobs.ts';
import type { SourceState } from '../../shared/contract/live.ts';
import { freshnessOf } from '../../shared/model/freshness.ts';
import type { VerdictSource } from '../../shared/model/verdict.ts';
import { isOver } from '../../shared/model/job-states.ts';
import type { Said } from './tone.ts';

export const sourceStandings = ['none', 'overdue', 'failed', 'partial', 'good'] as const;
/** `none`: no good snapshot; `overdue`: an older one than allowed; `failed` and `partial`: how its last run ended, though a good snapshot is there. */
export type Standing = (typeof sourceStandings)[number];

const said: Readonly<Record<Standing, Said>> = {
  none: { tone: 'fail', words: 'no good snapshot' },
  overdue: { tone: 'fail', words: 'overdue' },
  failed: { tone: 'fail', words: 'last run failed' },
  partial: { tone: 'part', words: 'last run partial' },
  good: { tone: 'good', words: 'good' },
};

export function standingOf({ newestGood, newest, lastRun, rpoMs }: SourceState, nowMs = Date.now()): Standing {
  if (newestGood === null) return 'none';
  const newestGoodAtMs = Date.parse(newestGood.takenAt);
  if (freshnessOf({ newestGoodAtMs, rpoMs, paused: false }, nowMs).state === 'overdue') return 'overdue';
  if (lastRun?.state === 'failed' || lastRun?.state === 'interrupted') return 'failed';
  if (lastRun?.state === 'partial' || newest?.status === 'partial') return 'partial';
  return 'good';
}

export function sayStanding(standing: Standing): Said {
  return said[standing];
}

/** Worst first: without a good snapshot, failed, partial, then whose newest good one is oldest. */
export function worstFirst(sources: readonly SourceState[]): readonly SourceState[] {
  const rank = (source: SourceState) => sourceStandings.indexOf(standingOf(source));
  return [...sources].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.newestGood?.takenAt ?? '').localeCompare(b.newestGood?.takenAt ?? '') ||
      a.key.localeCompare(b.key),
  );
}

/** What the verdict is made from; sources of other machines are told apart by their key. */
export function forVerdict({ key, newestGood, lastRun, rpoMs, drill }: SourceState): VerdictSource {
  return {
    name: key,
    newestGoodAtMs: newestGood === null ? null : Date.parse(newestGood.takenAt),
    lastRun: lastRun?.state ?? null,
    rpoMs,
    rto: drill?.rto ?? null,
  };
}

/** Protections that have not ended, by the name of the source. */
export function protectingBySource(jobs: Iterable<Job>): ReadonlyMap<string, Job> {
  const found = new Map<string, Job>();
  for (const job of jobs) if (job.kind === 'protect' && !isOver(job.state)) found.set(job.title, job);
  return found;
}
