/** The Git repositories of a snapshot, as a table: any number, fetched as they come into sight. */
import { DataTable, type Column, type Selection } from './data-table.tsx';
import type { GitRepository } from '../../shared/contract/git.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { ReactNode } from 'react';
import { shortRef } from './git-words.ts';
import { Count } from './numbers.tsx';
import { PathText } from './path-text.tsx';
import { RelativeTime } from './relative-time.tsx';
import { StatusBadge } from './status-badge.tsx';
import type { Said } from './tone.ts';
import { visibleText } from './visible-text.ts';

/** A repository whose refs cannot be told, whose mirror was damaged, that has lost history at its server, or neither. */
export function sayRepository({ problem, lost, verified }: Pick<GitRepository, 'problem' | 'lost' | 'verified'>): Said {
  if (problem !== null) return { tone: 'fail', words: 'cannot be told' };
  if (isDamaged({ verified })) return { tone: 'fail', words: 'mirror damaged' };
  if (lost > 0)
    return { tone: 'part', words: lost === 1 ? 'history lost once' : `history lost ${formatCount(lost)} times` };
  return { tone: 'good', words: 'whole' };
}

function isDamaged({ verified }: Pick<GitRepository, 'verified'>): boolean {
  return verified !== null && verified.problems.length > 0;
}

const name: Column<GitRepository> = {
  id: 'name',
  header: 'Repository',
  width: 'minmax(200px, 1fr)',
  cell: (one) => <PathText path={one.name} />,
};

const columns: readonly Column<GitRepository>[] = [
  name,
  {
    id: 'state',
    header: 'State',
    width: '176px',
    cell: (one) => {
      const { tone, words } = sayRepository(one);
      const title =
        one.problem ??
        one.verified?.problems[0] ??
        (one.lost > 0 ? 'A forced push or a deletion at its server; what was lost is kept.' : undefined);
      return (
        <StatusBadge tone={tone} {...(title === undefined ? {} : { title: visibleText(title) })}>
          {words}
        </StatusBadge>
      );
    },
  },
  {
    id: 'checked',
    header: 'Mirror checked',
    width: '128px',
    cell: ({ verified }) => (verified === null ? null : <RelativeTime at={verified.at} />),
  },
  {
    id: 'head',
    header: 'Default branch',
    width: 'minmax(100px, 0.4fr)',
    cell: ({ head, problem }) =>
      head === null ? problem === null ? 'none' : null : <PathText path={shortRef(head)} shorten={false} mono />,
  },
  {
    id: 'branches',
    header: 'Branches',
    width: '80px',
    align: 'end',
    cell: ({ branches, problem }) => <Count value={problem === null ? branches : null} />,
  },
  {
    id: 'tags',
    header: 'Tags',
    width: '66px',
    align: 'end',
    cell: ({ tags, problem }) => <Count value={problem === null ? tags : null} />,
  },
];

type GitRepositoriesProps = {
  readonly rows: readonly GitRepository[];
  readonly loading: boolean;
  readonly onOpen?: ((repository: GitRepository) => void) | undefined;
  readonly onEnd: () => void;
  readonly selection?: Selection | undefined;
  readonly maxHeight?: number;
  readonly empty: ReactNode;
};

export function GitRepositories({ rows, loading, onOpen, onEnd, selection, maxHeight, empty }: GitRepositoriesProps) {
  return (
    <DataTable
      label="Git repositories"
      columns={columns}
      rows={rows}
      keyOf={({ path }) => path}
      onOpen={onOpen}
      onEnd={onEnd}
      selection={selection}
      loading={loading}
      {...(maxHeight === undefined ? {} : { maxHeight })}
      empty={empty}
    />
  );
}
