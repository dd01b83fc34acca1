/** The restore of Git repositories that this page has started: it goes on while other screens are looked at. */
import { create } from 'zustand';
import type { GitRestoreInput, GitRestoreResult, RestoredGitRepository } from '../../../../shared/contract/git.ts';
import type { Client } from '../../../client/client.ts';
import { problemOf, type Problem } from '../../../client/problem.ts';

export type GitRun = {
  /** What it was started with; the token is not among it. */
  readonly title: string;
  readonly target: string;
  readonly takenAt: string;
  readonly verify: boolean;
  readonly startedAt: string;
  /** Null until the engine has told it. */
  readonly job: string | null;
  readonly repositories: readonly RestoredGitRepository[];
  readonly result: GitRestoreResult | null;
  readonly problem: Problem | null;
};

type Runs = { readonly run: GitRun | null };

export const gitRuns = create<Runs>(() => ({ run: null }));

export type RunAbout = Pick<GitRun, 'title' | 'target' | 'takenAt' | 'verify' | 'startedAt'>;

/** The job goes on when this page is closed; its summary stays in the list of jobs. */
export async function runGitRestore(client: Client, input: GitRestoreInput, about: RunAbout): Promise<void> {
  const begun: GitRun = { ...about, job: null, repositories: [], result: null, problem: null };
  gitRuns.setState({ run: begun });
  const change = (part: Partial<GitRun>) =>
    gitRuns.setState(({ run }) => (run?.startedAt === about.startedAt ? { run: { ...run, ...part } } : {}));
  const repositories: RestoredGitRepository[] = [];
  try {
    for await (const event of await client.git.restore({ ...input, dryRun: false, detach: true })) {
      if (event.type === 'job') change({ job: event.job });
      else if (event.type === 'repository') {
        repositories.push(event.repository);
        change({ repositories: [...repositories] });
      } else if (event.type === 'done') change({ result: event.result });
    }
  } catch (error) {
    change({ problem: problemOf(error) });
  }
}

export function forgetGitRun(): void {
  gitRuns.setState({ run: null });
}
