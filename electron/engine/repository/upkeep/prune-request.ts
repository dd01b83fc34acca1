/** What is asked of a prune, and what of it is done, over all attempts. */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import type { PruneBudget } from './prune-plan.ts';
import type { PrunePlan } from './prune-report.ts';

export type PruneRequest = PruneBudget & {
  /** Opens the repository: deriving the key takes a moment, in which threads can start. */
  readonly open: () => Promise<Repository>;
  readonly dryRun: boolean;
  /** How long to wait for others to leave the repository, each time it is needed alone. */
  readonly waitMs: number;
  /** Packs of so many bytes are copied before the old ones go and others may lock in between. */
  readonly batchBytes?: number;
  readonly signal: AbortSignal;
  readonly onPlan: (plan: PrunePlan) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type OpenedRequest = PruneRequest & { readonly repository: Repository };

/** A time of holding a lock: nothing is written before `ready`, nor once `signal` is aborted. */
export type Turn = { readonly lock: RepositoryLock; readonly ready: Promise<void>; readonly signal: AbortSignal };

/** What was done, over all attempts. */
export class PruneTotals {
  removedPacks = 0;
  removedBytes = 0;
  writtenBytes = 0;
  copiedBlobs = 0;
  copiedBytes = 0;
  readonly issues: Issue[] = [];
}
