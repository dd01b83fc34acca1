/** All Git repositories that a snapshot holds. */
import { useGitRepositories, useRepositorySearch } from '../../../client/git.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { isTold } from '../../../components/git-repository-words.ts';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { RepositoryBar } from '../../../components/repository-bar.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import type { SnapshotOf } from '../snapshot-of.ts';
import styles from './git.module.css';

type AllRepositoriesProps = { readonly snapshot: SnapshotOf; readonly onOpen: (path: string) => void };

export function AllRepositories({ snapshot, onOpen }: AllRepositoriesProps) {
  const { repository, id } = snapshot;
  const { question, typed, onTyped, only, onOnly, sort, onSort } = useRepositorySearch();
  const found = useGitRepositories({ repository: repository.id, snapshot: id }, question);
  if (found.problem !== null) return <ErrorNotice problem={found.problem} onRetry={found.askAgain} />;
  return (
    <Panel fill flush>
      <div className={styles['head']}>
        <strong>
          Repositories <Count value={found.total} className={styles['dim']} />
        </strong>
        <RepositoryBar {...{ typed, onTyped, only, onOnly }} counts={found.counts} matching={found.matching}>
          <ShowCommand
            commands={[['holdfast', 'git', 'repositories', id.slice(0, 8), '--repository', repository.location]]}
          />
        </RepositoryBar>
      </div>
      {found.whole ? null : (
        <Notice tone="part" title="There may be more">
          The snapshot has more folders than were looked through.
        </Notice>
      )}
      <GitRepositories
        window={found.window}
        only={only}
        shows={isTold(found) ? 'both' : 'refs'}
        loading={found.waiting}
        {...{ sort, onSort }}
        onOpen={({ path }) => onOpen(path)}
        empty={
          found.total === 0 ? (
            <EmptyState title="This snapshot holds no Git repository">
              Repositories are found where a source of Git or GitHub has put them. Its files can be looked at as files.
            </EmptyState>
          ) : (
            <EmptyState title="No repository is like that" />
          )
        }
      />
    </Panel>
  );
}
