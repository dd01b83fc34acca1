/** How an operation speaks while it runs, and who may listen. */
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import type { Demand } from './limits.ts';

/** What a job tells whoever started it. Only what may be without end is to be waited for. */
export interface Listener<Extra = never> {
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  /** Events of the operation's own kind. Resolves when there is room for more: who says many waits for that. */
  readonly say: (event: Extra) => Promise<void>;
}

/** What an operation is given: where to speak, and when to stop. */
export type Voice<Extra = never> = Listener<Extra> & {
  readonly signal: AbortSignal;
  /**
   * Resolves once nothing is in the way of that use of a repository, which the job then has to its end: for one that had no
   * need of it before. CANCELLED.
   */
  readonly claim: (repository: Demand['repository']) => Promise<void>;
  /** Into the log of the job, and to nobody else. */
  readonly log: (text: string) => void;
};

/** For when nobody listens: whoever started the job has left. */
export const nobody: Listener<unknown> = {
  onProgress: () => undefined,
  onIssue: () => undefined,
  onNotice: () => undefined,
  say: () => Promise.resolve(),
};
