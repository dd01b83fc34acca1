/** Calls of the contract as hooks: answers that are kept, orders that are given, long operations that are started. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import { useClientSource } from './client-context.tsx';
import type { Client } from './client.ts';
import { isAborted, problemOf, ProblemError, type Problem } from './problem.ts';

type AnswerOptions = {
  /** False: not asked yet. */
  readonly enabled?: boolean;
  /** Shows the answer to the previous question until the next one comes, as while somebody types. */
  readonly keepPrevious?: boolean;
  readonly staleTimeMs?: number;
};

export type Answer<Result> = UseQueryResult<Result, ProblemError>;

/** `key` must name all that `ask` depends on; begin it with the name of the call, as `['browse.snapshots', …]`. */
export function useAnswer<Result>(
  key: QueryKey,
  ask: (client: Client, signal: AbortSignal) => Promise<Result>,
  { enabled = true, keepPrevious = false, staleTimeMs }: AnswerOptions = {},
): Answer<Result> {
  const source = useClientSource();
  return useQuery<Result, ProblemError>({
    queryKey: key,
    queryFn: ({ signal }) => asProblem(() => ask(source.get(), signal)),
    enabled,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(staleTimeMs === undefined ? {} : { staleTime: staleTimeMs }),
  });
}

export type Pages<Page> = {
  readonly pages: readonly Page[];
  readonly problem: Problem | null;
  /** Nothing has come yet. */
  readonly waiting: boolean;
  readonly more: boolean;
  /** Asks for the next page, once, however often it is called. */
  readonly fetchMore: () => void;
  readonly askAgain: () => void;
};

/** A list that comes page by page: `nextOf` says where the page after this one begins, undefined where there is none. */
export function usePages<Page, Cursor>(
  key: QueryKey,
  ask: (client: Client, cursor: Cursor | undefined, signal: AbortSignal) => Promise<Page>,
  nextOf: (page: Page) => Cursor | undefined,
): Pages<Page> {
  const source = useClientSource();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery<
    Page,
    ProblemError,
    { readonly pages: readonly Page[] },
    QueryKey,
    Cursor | undefined
  >({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => asProblem(() => ask(source.get(), pageParam as Cursor | undefined, signal)),
    initialPageParam: undefined,
    getNextPageParam: nextOf,
  });
  return {
    pages: data?.pages ?? none,
    problem: error?.problem ?? null,
    waiting: isPending,
    more: hasNextPage,
    fetchMore: useCallback(() => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    }, [hasNextPage, isFetchingNextPage, fetchNextPage]),
    askAgain: useCallback(() => void refetch(), [refetch]),
  };
}

const none: readonly never[] = [];

export type Order<Input, Result> = UseMutationResult<Result, ProblemError, Input>;

/** `outdates`: beginnings of keys whose answers are old once the order is carried out. */
export function useOrder<Input, Result>(
  tell: (client: Client, input: Input) => Promise<Result>,
  outdates: readonly QueryKey[] = [],
): Order<Input, Result> {
  const source = useClientSource();
  const queries = useQueryClient();
  return useMutation<Result, ProblemError, Input>({
    mutationFn: (input) => asProblem(() => tell(source.get(), input)),
    onSuccess: () => Promise.all(outdates.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

/** Null where all is well. */
export function problemIn(result: { readonly error: ProblemError | null }): Problem | null {
  return result.error?.problem ?? null;
}

/**
 * Starts a long operation that was called with `detach` and gives the id of its job: from then on live state tells how
 * it goes. Throws what the operation threw before it had one.
 */
export async function startJob<Event extends { type: string }>(
  stream: Promise<AsyncIterable<Event>>,
): Promise<{ job: string }> {
  for await (const event of await stream) {
    if (event.type === 'job' && 'job' in event && typeof event.job === 'string') return { job: event.job };
  }
  throw new Error('The operation ended without telling its job.');
}

/** Throws a ProblemError, but for what was taken back by whoever asked. */
async function asProblem<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new ProblemError(problemOf(error), { cause: error });
  }
}
