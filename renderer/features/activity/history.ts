/** Past jobs in the order and selection in which they are shown. */
import type { Job } from '../../../shared/contract/jobs.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import { sayJobKind, sayJobState } from '../../components/tone.ts';

export type Outcome = 'all' | 'problems';

export type HistoryFilter = {
  readonly outcome: Outcome;
  /** Null: of every kind. */
  readonly kind: string | null;
  readonly text: string;
};

/** Jobs that have ended: of the pages, and those that ended since these were fetched. Newest first, each once. */
export function endedJobs(pages: readonly (readonly Job[])[], live: Iterable<Job>): readonly Job[] {
  const jobs = new Map<string, Job>();
  for (const job of live) if (isOver(job.state)) jobs.set(job.id, job);
  for (const job of pages.flat()) if (isOver(job.state) && !jobs.has(job.id)) jobs.set(job.id, job);
  return [...jobs.values()].sort((a, b) => momentOf(b).localeCompare(momentOf(a)) || b.id.localeCompare(a.id));
}

export function filteredJobs(jobs: readonly Job[], { outcome, kind, text }: HistoryFilter): readonly Job[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter((job) => {
    if (outcome === 'problems' && !isProblem(job)) return false;
    if (kind !== null && job.kind !== kind) return false;
    const haystack = [job.title, sayJobKind(job.kind), sayJobState(job.state).words, job.actor, resultOf(job), job.id];
    return words.every((word) => haystack.join(' ').toLowerCase().includes(word));
  });
}

/** What came of it, in a sentence. */
export function resultOf(job: Job): string {
  return job.error?.message ?? job.summary ?? '';
}

export function kindsOf(jobs: readonly Job[]): readonly string[] {
  return [...new Set(jobs.map(({ kind }) => kind))].sort();
}

/** What somebody should look at. Cancelled is what was asked for. */
function isProblem({ state }: Job): boolean {
  return state === 'failed' || state === 'partial' || state === 'interrupted';
}

function momentOf(job: Job): string {
  return job.startedAt ?? job.queuedAt;
}
