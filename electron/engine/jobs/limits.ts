/** Which of the jobs that wait may run beside those that do: a pure function, so that every case can be tried out. */
import { jobPriorities, type JobPriority } from '../../../shared/model/job-states.ts';

/** `write` adds to a repository, one at a time; `exclusive` takes things away, alone. */
export type RepositoryUse = 'read' | 'write' | 'exclusive';

export type Demand = {
  readonly priority: JobPriority;
  /** The repository it works on; null where it needs none. */
  readonly repository: { readonly location: string; readonly use: RepositoryUse } | null;
  /** Folders that it fetches into, and sources that it holds still, by itself alone. */
  readonly mirrors?: readonly string[];
  /** Locations of other repositories that it reads. */
  readonly alsoReads?: readonly string[];
  /** It waits for a network more than it works, so that it takes nobody's place. */
  readonly takesNoPlace?: boolean;
  /** What adds to its repository waits for it: on a bad day the restore has the machine. */
  readonly comesFirst?: boolean;
};

export type Limits = {
  /** Jobs that may run at the same time, besides urgent ones. */
  readonly slots: number;
  /** Of these, jobs nobody waits for. */
  readonly backgroundSlots: number;
};

/** Who goes first: by priority, and among equals in the order given. */
export function inOrder<Waiting extends Demand>(waiting: readonly Waiting[]): Waiting[] {
  return waiting.toSorted((a, b) => jobPriorities.indexOf(a.priority) - jobPriorities.indexOf(b.priority));
}

/**
 * The job that keeps `candidate` from running; null when it may. `ahead` are those that wait and come first: what they
 * need is kept for them, so that a stream of small jobs cannot hold up a large one for ever.
 */
export function blockerOf<Other extends Demand>(
  candidate: Demand,
  running: readonly Other[],
  ahead: readonly Other[],
  limits: Limits,
): Other | null {
  const inTheWay = [...running, ...ahead].find((other) => conflict(candidate, other));
  if (inTheWay !== undefined) return inTheWay;
  // A restore is never held up by how much else is going on.
  if (candidate.priority === 'urgent' || candidate.takesNoPlace === true) return null;
  const busy = running.filter(({ priority, takesNoPlace }) => priority !== 'urgent' && takesNoPlace !== true);
  if (busy.length >= limits.slots) return busy[0] ?? null;
  const idle = busy.filter(({ priority }) => priority === 'background');
  return candidate.priority === 'background' && idle.length >= limits.backgroundSlots ? (idle[0] ?? null) : null;
}

function conflict(candidate: Demand, other: Demand): boolean {
  if (candidate.mirrors?.some((folder) => other.mirrors?.includes(folder) === true) === true) return true;
  if (readsWhatGoes(candidate, other) || readsWhatGoes(other, candidate)) return true;
  if (candidate.repository === null || other.repository === null) return false;
  if (candidate.repository.location !== other.repository.location) return false;
  const uses = [candidate.repository.use, other.repository.use];
  if (candidate.repository.use === 'write' && other.comesFirst === true) return true;
  return uses.includes('exclusive') || uses.every((use) => use === 'write');
}

function readsWhatGoes(reader: Demand, { repository }: Demand): boolean {
  return repository?.use === 'exclusive' && reader.alsoReads?.includes(repository.location) === true;
}
