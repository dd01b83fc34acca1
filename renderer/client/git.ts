/** The Git repositories that snapshots hold, page by page. */
import { useMemo } from 'react';
import type { GitRepository } from '../../shared/contract/git.ts';
import { usePages } from './ask.ts';
import { useLive } from './live-store.ts';
import type { Problem } from './problem.ts';

const pageSize = 200;

export type SnapshotGit = {
  /** The id of a connection. */
  readonly repository: string;
  /** A whole id. */
  readonly snapshot: string;
};

export type FoundGit = {
  readonly repositories: readonly GitRepository[];
  /** Null: not known yet. */
  readonly total: number | null;
  readonly matching: number | null;
  /** False where the snapshot has more folders than were looked at. */
  readonly whole: boolean;
  readonly waiting: boolean;
  readonly problem: Problem | null;
  readonly fetchMore: () => void;
  readonly askAgain: () => void;
};

export function useGitRepositories({ repository, snapshot }: SnapshotGit, filter: string): FoundGit {
  // An answer that needs the password is another one once it was entered.
  const state = useLive((live) => live.repositories.get(repository)?.state);
  const list = usePages(
    ['git.repositories', repository, snapshot, filter, state],
    async (client, cursor: number | undefined, signal) => {
      const from = cursor ?? 0;
      const call = { repository: { id: repository }, snapshot, filter, from, limit: pageSize };
      const page = await client.git.repositories(call, { signal });
      const next = from + page.repositories.length;
      return { ...page, next: next < page.matching && next > from ? next : undefined };
    },
    ({ next }) => next,
  );
  const { pages, problem, waiting, fetchMore, askAgain } = list;
  const repositories = useMemo(() => pages.flatMap((page) => page.repositories), [pages]);
  const [first] = pages;
  return {
    repositories,
    total: first?.total ?? null,
    matching: first?.matching ?? null,
    whole: first?.whole ?? true,
    waiting,
    problem,
    fetchMore,
    askAgain,
  };
}
