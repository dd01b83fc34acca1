/** Names found in all snapshots of all open repositories: what it was, where, and which snapshots still have it. */
import { useQueries, type Query, type QueryFunctionContext } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { FoundPath } from '../../../shared/contract/catalog.ts';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { useClientSource } from '../../client/client-context.tsx';
import { collect } from '../../client/collect.ts';
import { useRepositories } from '../../client/live-store.ts';
import { problemOf, ProblemError } from '../../client/problem.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { FindField } from './find-field.tsx';
import { onceEach, primaryFirst } from './found.ts';
import { addressOf, parentOf } from './view.ts';

type Row = FoundPath & { readonly repository: string };

type Found = { readonly items: readonly Row[]; readonly result: { readonly cursor: string | null } | null };

const listed = 1000;

const columns: readonly Column<Row>[] = [
  {
    id: 'path',
    header: 'Path',
    width: 'minmax(260px, 1fr)',
    cell: ({ path }) => <PathText path={path} />,
    sortBy: ({ path }) => path,
  },
  {
    id: 'source',
    header: 'Source',
    width: '160px',
    cell: ({ source }) => <PathText path={source} />,
    sortBy: ({ source }) => source,
  },
  {
    id: 'size',
    header: 'Size',
    width: '90px',
    align: 'end',
    cell: ({ type, size }) => (type === 'file' ? <Bytes value={size} /> : type),
    sortBy: ({ size }) => size,
  },
  {
    id: 'modified',
    header: 'Changed',
    width: '120px',
    cell: ({ modifiedAt }) => <RelativeTime at={modifiedAt} />,
    sortBy: ({ modifiedAt }) => modifiedAt,
  },
  {
    id: 'versions',
    header: 'Versions',
    width: '80px',
    align: 'end',
    cell: ({ versions }) => <Count value={versions} />,
    sortBy: ({ versions }) => versions,
  },
  {
    id: 'last',
    header: 'Last in',
    width: '150px',
    cell: ({ current, last }) => (current ? 'the newest' : <RelativeTime at={last.takenAt} />),
    sortBy: ({ last }) => last.takenAt,
  },
];

export function FindPage({ text }: { readonly text: string }) {
  const navigate = useNavigate();
  const all = useRepositories();
  const repositories = primaryFirst(all.filter(({ state }) => state !== 'locked'));
  const locked = all.filter(({ state }) => state === 'locked');
  const { rows, more, searching, problem, retry } = useFound(text, repositories);
  const open = ({ repository, source, hostname, last, path }: Row) => {
    const address = { repository, source, host: hostname, snapshot: last.id, path: parentOf(path) };
    void navigate({ to: '/snapshots', search: addressOf(address) });
  };
  return (
    <Page
      title={`“${visibleText(text)}” in all snapshots`}
      sub={searching ? 'Searching' : `${rows.length}${more ? ' or more' : ''} found`}
      actions={
        <>
          <ShowCommand
            commands={repositories.map(({ location }) => ['holdfast', 'find', text, '--repository', location])}
            restic={repositories.map(({ location }) => ['restic', '-r', location, 'find', `*${text}*`])}
          />
          <FindField key={text} initial={text} />
        </>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={retry} />}
      {locked.length === 0 ? null : <NotSearched locked={locked} />}
      <Panel fill flush>
        <DataTable
          label="Found paths"
          columns={columns}
          rows={rows}
          keyOf={({ repository, source, hostname, path }) => `${repository} ${source} ${hostname} ${path}`}
          onOpen={open}
          loading={searching}
          empty={
            searching ? undefined : (
              <EmptyState
                title={
                  locked.length === 0
                    ? 'No name in any snapshot holds that text'
                    : 'No name holds that text in what could be searched'
                }
              >
                Words are found anywhere in a name. With * or ? a whole name must match; with / folders count too.
              </EmptyState>
            )
          }
        />
      </Panel>
    </Page>
  );
}

/** What was not looked into is said: nothing found there would be a guess. */
function NotSearched({ locked }: { readonly locked: readonly Connection[] }) {
  const names = locked.map(({ name }) => visibleText(name)).join(', ');
  return (
    <Notice
      tone="part"
      title={`${names} ${locked.length === 1 ? 'is locked and was' : 'are locked and were'} not searched`}
      actions={<Link to="/">Unlock on the overview</Link>}
    >
      Enter the password there, then search again.
    </Notice>
  );
}

function useFound(text: string, repositories: readonly Connection[]) {
  const source = useClientSource();
  const queries = useQueries({
    queries: repositories.map(({ id, revision }) => ({
      queryKey: ['catalog.find', id, text, revision],
      queryFn: async ({ signal, client, queryKey }: QueryFunctionContext): Promise<Found> => {
        try {
          const asked = source.get().catalog.find({ repository: { id }, pattern: text, limit: listed }, { signal });
          return await collect(asked, {
            itemsOf: (event) =>
              event.type === 'found' ? event.paths.map((path) => ({ ...path, repository: id })) : [],
            resultOf: (event) => (event.type === 'done' ? event.result : null),
            // The first ones are on screen while the others are on their way.
            onItems: (items) => client.setQueryData<Found>(queryKey, { items, result: null }),
          });
        } catch (error) {
          if (signal.aborted) throw error;
          throw new ProblemError(problemOf(error), { cause: error });
        }
      },
      // What was left before its end is asked for again.
      staleTime: ({ state }: Query<Found>) => (state.data?.result === null ? 0 : 30_000),
    })),
  });
  const answers = queries.map(({ data }) => data);
  const rows: readonly Row[] = onceEach(answers.flatMap((answer) => answer?.items ?? []));
  const failed = queries.find(({ error }) => error instanceof ProblemError)?.error;
  return {
    rows,
    more: answers.some((answer) => (answer?.result?.cursor ?? null) !== null),
    searching: queries.some(({ isPending, isFetching, data }) => isPending || (isFetching && data?.result === null)),
    problem: failed instanceof ProblemError ? failed.problem : null,
    retry: () => queries.forEach((query) => query.isError && void query.refetch()),
  };
}
