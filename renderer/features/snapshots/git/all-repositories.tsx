/** All Git repositories that a snapshot holds. */
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useGitRepositories } from '../../../client/git.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import type { SnapshotOf } from '../snapshot-of.ts';
import styles from './git.module.css';

type AllRepositoriesProps = { readonly snapshot: SnapshotOf; readonly onOpen: (path: string) => void };

export function AllRepositories({ snapshot, onOpen }: AllRepositoriesProps) {
  const { repository, id } = snapshot;
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed, 150);
  const found = useGitRepositories({ repository: repository.id, snapshot: id }, filter);
  if (found.problem !== null) return <ErrorNotice problem={found.problem} onRetry={found.askAgain} />;
  return (
    <Panel fill flush>
      <div className={styles['bar']}>
        <strong>Repositories</strong>
        <span className={styles['dim']}>
          {found.total === null ? null : found.matching === found.total ? (
            <Count value={found.total} />
          ) : (
            <>
              <Count value={found.matching} /> of <Count value={found.total} />
            </>
          )}
        </span>
        <TextInput
          className={styles['filter'] ?? ''}
          aria-label="Filter repositories"
          placeholder="Filter"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ShowCommand
          commands={[['holdfast', 'git', 'repositories', id.slice(0, 8), '--repository', repository.location]]}
        />
      </div>
      {found.whole ? null : (
        <Notice tone="part" title="There may be more">
          The snapshot has more folders than were looked through.
        </Notice>
      )}
      <GitRepositories
        rows={found.repositories}
        loading={found.waiting}
        onOpen={({ path }) => onOpen(path)}
        onEnd={found.fetchMore}
        empty={
          filter === '' ? (
            <EmptyState title="This snapshot holds no Git repository">
              Repositories are found where a source of Git or GitHub has put them. Its files can be looked at as files.
            </EmptyState>
          ) : (
            <EmptyState title="No repository is called so" />
          )
        }
      />
    </Panel>
  );
}
