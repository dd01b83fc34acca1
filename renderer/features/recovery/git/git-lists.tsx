/** Repositories and refs of a restore, each with what becomes of it: any number of them. */
import { useMemo, useState } from 'react';
import { SegmentedControl } from '@mantine/core';
import type { RestoredGitRepository, RestoredRef } from '../../../../shared/contract/git.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { refKindOf, shortId, shortRef } from '../../../components/git-words.ts';
import { Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../recovery.module.css';
import { sayRef, sayRepositoryState, sayVerified } from './git-words.ts';

const ofRepositories: readonly Column<RestoredGitRepository>[] = [
  {
    id: 'name',
    header: 'Repository',
    width: 'minmax(120px, 0.7fr)',
    cell: ({ name }) => <PathText path={name} />,
    sortBy: ({ name }) => name,
  },
  {
    id: 'target',
    header: 'To',
    width: 'minmax(150px, 1fr)',
    cell: ({ target, created }) => (
      <span className={styles['named']}>
        {target === null ? <span className={styles['dim']}>not found out</span> : <PathText path={target} />}
        {created ? <Tag>new</Tag> : null}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '150px',
    cell: ({ state, problem }) => {
      const { tone, words } = sayRepositoryState(state);
      return (
        <StatusBadge tone={tone} {...(problem === null ? {} : { title: visibleText(problem) })}>
          {words}
        </StatusBadge>
      );
    },
    sortBy: ({ state }) => state,
  },
];

const verified: Column<RestoredGitRepository> = {
  id: 'verified',
  header: 'Verified',
  width: '200px',
  cell: (one) => {
    const { tone, words } = sayVerified(one);
    const title = [...(one.verified?.otherRefs ?? []), ...(one.verified?.otherParts ?? []), one.verified?.problem ?? '']
      .filter(Boolean)
      .map(visibleText)
      .join(', ');
    return (
      <StatusBadge tone={tone} title={title === '' ? words : title}>
        {words}
      </StatusBadge>
    );
  },
};

type RepositoryListProps = {
  readonly repositories: readonly RestoredGitRepository[];
  /** What was looked at afterwards. */
  readonly showsVerified?: boolean;
};

export function RepositoryList({ repositories, showsVerified = false }: RepositoryListProps) {
  const problems = repositories.filter(({ problem }) => problem !== null);
  return (
    <>
      <DataTable
        label="Repositories of the restore"
        columns={showsVerified ? [...ofRepositories, verified] : ofRepositories}
        rows={repositories}
        keyOf={({ path }) => path}
        maxHeight={320}
        empty={<EmptyState title="None is over yet" />}
      />
      {problems.length === 0 ? null : (
        <ul className={styles['list']} tabIndex={0} aria-label="Problems of repositories">
          {problems.map(({ path, name, problem }) => (
            <li key={path}>
              <PathText path={name} />
              <span className={styles['grow']}>{visibleText(problem ?? '')}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type Row = RestoredRef & { readonly repository: string };

const ofRefs: readonly Column<Row>[] = [
  {
    id: 'action',
    header: 'What happens',
    width: '150px',
    cell: (ref) => {
      const { tone, words } = sayRef(ref);
      return (
        <StatusBadge tone={tone} {...(ref.problem === null ? {} : { title: visibleText(ref.problem) })}>
          {words}
        </StatusBadge>
      );
    },
    sortBy: (ref) => sayRef(ref).words,
  },
  {
    id: 'name',
    header: 'Ref',
    width: 'minmax(140px, 1fr)',
    cell: ({ name }) => (
      <span className={styles['named']}>
        <PathText path={shortRef(name)} shorten={false} />
        {refKindOf(name) === 'tag' ? <Tag>tag</Tag> : null}
      </span>
    ),
    sortBy: ({ name }) => name,
  },
  { id: 'from', header: 'At the target', width: '110px', cell: ({ from }) => <Id id={from} /> },
  { id: 'to', header: 'In the snapshot', width: '110px', cell: ({ to }) => <Id id={to} /> },
];

export const ofRepository: Column<{ readonly repository: string }> = {
  id: 'repository',
  header: 'Repository',
  width: 'minmax(130px, 0.7fr)',
  cell: (row) => <PathText path={row.repository} />,
  sortBy: (row) => row.repository,
};

type RefListProps = { readonly repositories: readonly RestoredGitRepository[]; readonly several: boolean };

export function RefList({ repositories, several }: RefListProps) {
  const [shown, setShown] = useState<'all' | 'change' | 'attention'>('all');
  const rows = useMemo(() => {
    const all = repositories.flatMap(({ name, refs }) => refs.map((ref) => ({ ...ref, repository: name })));
    if (shown === 'all') return all;
    if (shown === 'change') return all.filter(({ action }) => action !== 'leave' && action !== 'unchanged');
    return all.filter(
      ({ action, result }) =>
        result === 'heldBack' || result === 'failed' || action === 'overwrite' || action === 'delete',
    );
  }, [repositories, shown]);
  return (
    <>
      <div>
        <SegmentedControl
          aria-label="Which refs are listed"
          data={[
            { value: 'all', label: 'All refs' },
            { value: 'change', label: 'That change' },
            { value: 'attention', label: 'That need a look' },
          ]}
          value={shown}
          onChange={setShown}
        />
      </div>
      <DataTable
        label="Refs of the restore"
        columns={several ? [ofRepository, ...ofRefs] : ofRefs}
        rows={rows}
        keyOf={(row) => `${row.repository} ${row.name}`}
        maxHeight={340}
        empty={<EmptyState title="None" />}
      />
    </>
  );
}

function Id({ id }: { readonly id: string | null }) {
  return id === null ? <span className={styles['dim']}>–</span> : <PathText path={shortId(id)} shorten={false} mono />;
}
