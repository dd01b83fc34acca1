/** The Git repositories that snapshots hold, a stretch at a time as they come into sight. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { GitRepository, RepositoryChoice } from '../../shared/contract/git-repositories.ts';
import { repositoryOrders, type RepositoryOrder } from '../../shared/model/repository-orders.ts';
import { problemIn, useAnswer } from './ask.ts';
import { useClientSource } from './client-context.tsx';
import type { Client } from './client.ts';
import { useLive } from './live-store.ts';
import { problemOf, ProblemError, type Problem } from './problem.ts';

const stretch = 100;

export type SnapshotGit = {
  /** The id of a connection. */
  readonly repository: string;
  /** A whole id. */
  readonly snapshot: string;
};

export type GitQuestion = {
  readonly filter: string;
  readonly only?: RepositoryChoice;
  /** Without those of which the snapshot holds nothing. */
  readonly stored?: boolean;
  readonly sort?: Order | null;
};

export type FoundGit = {
  /** In order; those that are not fetched yet are undefined. */
  readonly window: {
    readonly count: number;
    readonly rowAt: (index: number) => GitRepository | undefined;
    readonly onRange: (from: number, to: number) => void;
  };
  /** Null: not known yet. */
  readonly total: number | null;
  readonly matching: number | null;
  readonly counts: Readonly<Record<RepositoryChoice, number>> | null;
  /** False where the snapshot has more folders than were looked at. */
  readonly whole: boolean;
  readonly waiting: boolean;
  readonly problem: Problem | null;
  readonly askAgain: () => void;
};

export function useGitRepositories({ repository, snapshot }: SnapshotGit, question: GitQuestion): FoundGit {
  const source = useClientSource();
  const [seen, setSeen] = useState({ from: 0, to: 0 });
  // An answer that needs the password is another one once it was entered.
  const state = useLive((live) => live.repositories.get(repository)?.state);
  const key = ['git.repositories', repository, snapshot, state, question];
  const ask = (client: Client, number: number, signal: AbortSignal) =>
    client.git.repositories(requestOf({ repository, snapshot }, question, number * stretch, stretch), { signal });
  const first = useAnswer([...key, 0], (client, signal) => ask(client, 0, signal), {
    keepPrevious: true,
    staleTimeMs: Infinity,
  });
  const numbers = stretchesOf(seen.from, Math.min(seen.to, (first.data?.matching ?? 1) - 1));
  const others = useQueries({
    queries: numbers.map((number) => ({
      queryKey: [...key, number],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        try {
          return await ask(source.get(), number, signal);
        } catch (error) {
          if (signal.aborted) throw error;
          throw new ProblemError(problemOf(error), { cause: error });
        }
      },
      staleTime: Infinity,
    })),
  });
  const pages = new Map(numbers.map((number, index) => [number, others[index]?.data]));
  const failed = others.find(({ error }) => error instanceof ProblemError)?.error;
  const { data } = first;
  const onRange = useCallback(
    (from: number, to: number) =>
      setSeen((before) => (before.from === from && before.to === to ? before : { from, to })),
    [],
  );
  return {
    window: {
      count: data?.matching ?? 0,
      rowAt: (index) =>
        (index < stretch ? data : pages.get(Math.floor(index / stretch)))?.repositories[index % stretch],
      onRange,
    },
    total: data?.total ?? null,
    matching: data?.matching ?? null,
    counts: data?.counts ?? null,
    whole: data?.whole ?? true,
    waiting: first.isPending,
    problem: problemIn(first) ?? (failed instanceof ProblemError ? failed.problem : null),
    askAgain: () => {
      void first.refetch();
      others.forEach((query) => query.isError && void query.refetch());
    },
  };
}

/** The paths of all that match, however many there are. */
export async function allGitPaths(
  client: Client,
  { repository, snapshot }: SnapshotGit,
  { filter, only = 'all', stored = false }: GitQuestion,
): Promise<readonly string[]> {
  const request = { repository: { id: repository }, snapshot, filter, only, stored };
  return (await client.git.repositoryPaths(request)).paths;
}

/** What is known of one; null where the snapshot has none of that path, undefined while that is asked. */
export function useGitRepository(
  { repository, snapshot }: SnapshotGit,
  path: string,
): GitRepository | null | undefined {
  const { data, isError } = useAnswer(
    ['git.repositories', repository, snapshot, 'one', path],
    (client, signal) =>
      client.git.repositories(
        { ...requestOf({ repository, snapshot }, { filter: path.slice(-255) }, 0, 100) },
        { signal },
      ),
    { staleTimeMs: Infinity },
  );
  if (isError) return null;
  return data === undefined ? undefined : (data.repositories.find((one) => one.path === path) ?? null);
}

function requestOf(
  { repository, snapshot }: SnapshotGit,
  { filter, only = 'all', stored = false, sort = null }: GitQuestion,
  from: number,
  limit: number,
) {
  const order: RepositoryOrder = repositoryOrders.find((name) => name === sort?.column) ?? 'name';
  const descending = sort?.descending ?? false;
  return { repository: { id: repository }, snapshot, filter, only, stored, sort: order, descending, from, limit };
}

/** Those in sight, but for the first, which is always there. */
function stretchesOf(from: number, to: number): readonly number[] {
  const numbers: number[] = [];
  for (let at = Math.max(1, Math.floor(from / stretch)); at <= Math.floor(to / stretch); at += 1) numbers.push(at);
  return numbers;
}

type Order = { readonly column: string; readonly descending: boolean };

export type RepositorySearch = {
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  readonly only: RepositoryChoice;
  readonly onOnly: (only: RepositoryChoice) => void;
  readonly sort: Order | null;
  readonly onSort: (sort: Order | null) => void;
  /** What to ask for. */
  readonly question: GitQuestion;
};

/** What somebody looks for in a list of repositories: at first all of them, those in trouble first. */
export function useRepositorySearch(): RepositorySearch {
  const [typed, onTyped] = useState('');
  const [only, onOnly] = useState<RepositoryChoice>('all');
  const [sort, onSort] = useState<Order | null>({ column: 'state', descending: false });
  // Fast enough to be asked for every key; not while keys come in one go.
  const [filter] = useDebouncedValue(typed, 40);
  return { typed, onTyped, only, onOnly, sort, onSort, question: { filter, only, sort } };
}
