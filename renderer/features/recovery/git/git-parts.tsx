/** What goes to GitHub beside the refs, each with what becomes of it, and what stays in the snapshot. */
import { useMemo } from 'react';
import type { RestoredGitRepository, RestoredPart } from '../../../../shared/contract/git.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../recovery.module.css';
import { ofRepository } from './git-lists.tsx';
import { sayPart, sayPartName, sayPartValue } from './git-words.ts';

type Row = RestoredPart & { readonly repository: string };

const ofParts: readonly Column<Row>[] = [
  {
    id: 'action',
    header: 'What happens',
    width: '150px',
    cell: (part) => {
      const { tone, words } = sayPart(part);
      return (
        <StatusBadge tone={tone} {...(part.problem === null ? {} : { title: visibleText(part.problem) })}>
          {words}
        </StatusBadge>
      );
    },
    sortBy: (part) => sayPart(part).words,
  },
  {
    id: 'name',
    header: 'What',
    width: 'minmax(140px, 1fr)',
    cell: ({ kind, name }) => (
      <span className={styles['named']}>
        <PathText path={sayPartName({ kind, name })} shorten={false} />
        {kind === name ? null : <Tag>{kind}</Tag>}
      </span>
    ),
    sortBy: sayPartName,
  },
  {
    id: 'from',
    header: 'At the target',
    width: 'minmax(90px, 0.6fr)',
    cell: (part) => <Value {...part} side="from" />,
  },
  { id: 'to', header: 'In the snapshot', width: 'minmax(90px, 0.6fr)', cell: (part) => <Value {...part} side="to" /> },
];

type PartListProps = { readonly repositories: readonly RestoredGitRepository[]; readonly several: boolean };

export function PartList({ repositories, several }: PartListProps) {
  const rows = useMemo(
    () => repositories.flatMap(({ name, parts }) => parts.map((part) => ({ ...part, repository: name }))),
    [repositories],
  );
  const stays = [...new Set(repositories.flatMap(({ notGivenBack }) => notGivenBack))];
  if (rows.length === 0) return null;
  return (
    <>
      <DataTable
        label="Settings, releases and wiki"
        columns={several ? [ofRepository, ...ofParts] : ofParts}
        rows={rows}
        keyOf={({ repository, kind, name }) => `${repository} ${kind} ${name}`}
        maxHeight={340}
        empty={<EmptyState title="None" />}
      />
      {stays.length === 0 ? null : (
        <p className={styles['dim']}>Stays in the snapshot, and cannot be given back to GitHub: {stays.join(', ')}.</p>
      )}
    </>
  );
}

function Value({ side, ...part }: RestoredPart & { readonly side: 'from' | 'to' }) {
  const value = sayPartValue(part, part[side]);
  if (value === null) return <span className={styles['dim']}>–</span>;
  return <PathText path={value} shorten={false} mono={part.kind === 'wiki'} />;
}
