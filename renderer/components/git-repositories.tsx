/** The Git repositories of a snapshot, as a table: any number, fetched as they come into sight. */
import { useMemo, type ReactNode } from 'react';
import type { GitRepository, RepositoryChoice } from '../../shared/contract/git-repositories.ts';
import { formatCount } from '../../shared/model/units.ts';
import { DataTable, type Column, type RowWindow, type Selection } from './data-table.tsx';
import { reasonOf, sayKept, sayRepository } from './git-repository-words.ts';
import { shortRef } from './git-words.ts';
import { Bytes, Count } from './numbers.tsx';
import { Tag } from './page.tsx';
import { PathText } from './path-text.tsx';
import { ShortTime } from './relative-time.tsx';
import { StatusBadge } from './status-badge.tsx';
import type { Sort } from './table-model.ts';
import { visibleText } from './visible-text.ts';
import styles from './git-repositories.module.css';

type Columns = readonly Column<GitRepository>[];

/** Whoever answers the sort sorts: the table has only what is in sight. */
const sortable = () => null;

const name: Column<GitRepository> = {
  id: 'name',
  header: 'Repository',
  width: 'minmax(170px, 1fr)',
  cell: (one) => (
    <span className={styles['name']}>
      <PathText path={one.name} />
      {one.told?.private === true ? <Tag>private</Tag> : null}
      {one.told?.archived === true ? <Tag>archived</Tag> : null}
    </span>
  ),
  sortBy: sortable,
};

const state: Column<GitRepository> = {
  id: 'state',
  header: 'State',
  width: '150px',
  cell: (one) => {
    const { tone, words } = sayRepository(one);
    const reason = reasonOf(one);
    return (
      <StatusBadge tone={tone} {...(reason === null ? {} : { title: visibleText(reason) })}>
        {words}
      </StatusBadge>
    );
  },
  sortBy: sortable,
};

const facts: Columns = [
  {
    id: 'pushed',
    header: 'Last push',
    width: '104px',
    cell: ({ told }) =>
      told === null ? null : told.pushedAt === null ? (
        <span className={styles['dim']}>empty</span>
      ) : (
        <ShortTime at={told.pushedAt} />
      ),
    sortBy: sortable,
  },
  {
    id: 'bytes',
    header: 'Git size',
    width: '84px',
    align: 'end',
    cell: ({ told }) => (told === null ? null : <Bytes value={told.bytes} />),
    sortBy: sortable,
  },
  {
    id: 'lfs',
    header: 'LFS size',
    width: '84px',
    align: 'end',
    cell: ({ lfs }) => (lfs === null ? null : <Bytes value={lfs.bytes} />),
    sortBy: sortable,
  },
];

const refs: Columns = [
  {
    id: 'checked',
    header: 'Mirror checked',
    width: '128px',
    cell: ({ verified }) => (verified === null ? null : <ShortTime at={verified.at} />),
  },
  {
    id: 'head',
    header: 'Default branch',
    width: 'minmax(100px, 0.4fr)',
    cell: ({ head, problem, stored }) =>
      head === null ? (
        problem === null && stored ? (
          'none'
        ) : null
      ) : (
        <PathText path={shortRef(head)} shorten={false} mono />
      ),
  },
  {
    id: 'branches',
    header: 'Branches',
    width: '80px',
    align: 'end',
    cell: ({ branches, problem, stored }) => <Count value={problem === null && stored ? branches : null} />,
  },
  {
    id: 'tags',
    header: 'Tags',
    width: '66px',
    align: 'end',
    cell: ({ tags, problem, stored }) => <Count value={problem === null && stored ? tags : null} />,
  },
];

function MomentOrNone({ at }: { readonly at: string | null }) {
  return at === null ? null : <ShortTime at={at} />;
}

/** In two lines: a reason is a sentence, and nobody should have to point at it to read it. */
const nameAndReason: Column<GitRepository> = {
  ...name,
  cell: (one) => {
    const reason = visibleText(reasonOf(one) ?? '');
    return (
      <>
        {name.cell(one)}
        <div className={styles['reason']} title={reason}>
          {reason}
        </div>
      </>
    );
  },
};
const twoLines = 48;

/** Of those that are not whole: since when, and what is kept. */
const trouble: Columns = [
  {
    id: 'since',
    header: 'Since',
    width: '98px',
    cell: ({ told }) => <MomentOrNone at={told?.since ?? null} />,
    sortBy: sortable,
  },
  {
    id: 'kept',
    header: 'Kept here',
    width: '164px',
    cell: (one) => (
      <>
        {sayKept(one)} <MomentOrNone at={one.stored ? (one.told?.wholeAt ?? null) : null} />
      </>
    ),
  },
];

const troubleChoices: ReadonlySet<RepositoryChoice> = new Set([
  'trouble',
  'partial',
  'failed',
  'missing',
  'blocked',
  'lfs',
]);

type Shows = 'facts' | 'refs' | 'both';

type RepositoryAlerts = {
  /** Titles of open alerts about it. */
  readonly about: (repository: GitRepository) => readonly string[];
  /** Where they stand. */
  readonly link: (words: string, title: string) => ReactNode;
};

function columnsFor(only: RepositoryChoice, shows: Shows, alerts: RepositoryAlerts | undefined): Columns {
  // What alerts say of these stands in the row itself.
  if (troubleChoices.has(only)) return [nameAndReason, { ...state, width: '140px' }, ...trouble];
  const told = alerts === undefined ? [] : [alertsColumn(alerts)];
  return [name, state, ...(shows === 'refs' ? [] : facts), ...(shows === 'facts' ? [] : refs), ...told];
}

function alertsColumn({ about, link }: RepositoryAlerts): Column<GitRepository> {
  return {
    id: 'alerts',
    header: 'Alerts',
    width: '64px',
    cell: (one) => {
      const titles = about(one);
      return titles.length === 0 ? null : link(formatCount(titles.length), titles.map(visibleText).join('\n'));
    },
  };
}

type GitRepositoriesProps = {
  readonly window: RowWindow<GitRepository>;
  readonly only?: RepositoryChoice;
  /** `facts`: where there is no room for refs; `refs`: where no run tells more. */
  readonly shows: Shows;
  readonly alerts?: RepositoryAlerts | undefined;
  readonly loading: boolean;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
  readonly onOpen?: ((repository: GitRepository) => void) | undefined;
  readonly selection?: Selection | undefined;
  readonly maxHeight?: number;
  readonly empty: ReactNode;
};

export function GitRepositories({ window, only = 'all', shows, alerts, ...rest }: GitRepositoriesProps) {
  const columns = useMemo(() => columnsFor(only, shows, alerts), [only, shows, alerts]);
  const isTrouble = troubleChoices.has(only);
  return (
    <DataTable
      // What is known of the height of rows holds for rows of one height.
      key={isTrouble ? 'trouble' : 'all'}
      label="Git repositories"
      columns={columns}
      rows={window}
      keyOf={({ path }) => path}
      {...(isTrouble ? { rowHeight: twoLines } : {})}
      {...rest}
    />
  );
}
