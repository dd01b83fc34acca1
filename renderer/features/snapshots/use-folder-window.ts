/** A folder of any size, fetched a stretch at a time as it comes into sight. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { FolderEntry } from '../../../shared/contract/browse.ts';
import { useClientSource } from '../../client/client-context.tsx';
import { problemOf, ProblemError, type Problem } from '../../client/problem.ts';
import type { RowWindow } from '../../components/data-table.tsx';
import type { Sort } from '../../components/table-model.ts';
import type { SnapshotOf } from './snapshot-of.ts';

const stretch = 200;

export type FolderWindow = {
  readonly window: RowWindow<FolderEntry>;
  readonly total: number | null;
  readonly matching: number | null;
  readonly issues: number;
  readonly loading: boolean;
  readonly problem: Problem | null;
  readonly retry: () => void;
};

type Question = {
  readonly snapshot: SnapshotOf;
  readonly path: string;
  readonly sort: Sort | null;
  readonly filter: string;
};

export function useFolderWindow({ snapshot, path, sort, filter }: Question): FolderWindow {
  const source = useClientSource();
  const [seen, setSeen] = useState({ from: 0, to: 0 });
  const numbers = stretchesOf(seen.from, seen.to);
  const { repository, id } = snapshot;
  const queries = useQueries({
    queries: numbers.map((number) => ({
      queryKey: ['browse.folder', repository.id, id, path, sort, filter, number, repository.revision],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        try {
          return await source.get().browse.folder(
            {
              repository: { id: repository.id },
              snapshot: id,
              path,
              from: number * stretch,
              limit: stretch,
              sort: sortOf(sort),
              descending: sort?.descending ?? false,
              filter,
              compare: true,
            },
            { signal },
          );
        } catch (error) {
          if (signal.aborted) throw error;
          throw new ProblemError(problemOf(error), { cause: error });
        }
      },
      staleTime: Infinity,
    })),
  });
  const pages = queries.map(({ data }) => data);
  const first = pages.find((page) => page !== undefined);
  const failed = queries.find(({ error }) => error instanceof ProblemError);
  const byNumber = new Map(numbers.map((number, index) => [number, pages[index]]));
  const count = first?.matching ?? 0;
  const onRange = useCallback(
    (from: number, to: number) =>
      setSeen((before) => (before.from === from && before.to === to ? before : { from, to })),
    [],
  );
  // Made anew each time: a list of dependencies cannot grow, as the pages do when one goes to the end.
  const window: RowWindow<FolderEntry> = {
    count,
    rowAt: (index) => byNumber.get(Math.floor(index / stretch))?.entries[index % stretch],
    onRange,
  };
  return {
    window,
    total: first?.total ?? null,
    matching: first?.matching ?? null,
    issues: first?.issues.length ?? 0,
    loading: first === undefined && failed === undefined,
    problem: failed?.error instanceof ProblemError ? failed.error.problem : null,
    retry: () => queries.forEach((query) => query.isError && void query.refetch()),
  };
}

/** The first, which tells how many there are, and those in sight. */
export function stretchesOf(from: number, to: number): readonly number[] {
  const numbers = new Set([0]);
  for (let at = Math.floor(from / stretch); at <= Math.floor(Math.max(from, to) / stretch); at += 1) numbers.add(at);
  return [...numbers];
}

const sorts = ['name', 'size', 'modified', 'type'] as const;

function sortOf(sort: Sort | null): (typeof sorts)[number] {
  return sorts.find((name) => name === sort?.column) ?? 'name';
}
