/** The repositories that the console works with. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useHasState, useRepositories } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { RepositoryPanel } from './repository-panel.tsx';
import styles from './settings.module.css';

export function RepositoriesSection() {
  const repositories = useRepositories();
  const hasState = useHasState();
  if (!hasState) return <Skeleton lines={6} />;
  if (repositories.length === 0) {
    return (
      <EmptyState
        title="No repository is connected"
        action={
          <Button component={Link} to="/welcome" variant="filled">
            Connect or make one
          </Button>
        }
      >
        A repository is the encrypted place where snapshots are stored: a folder, a bucket, or a server elsewhere.
      </EmptyState>
    );
  }
  return (
    <>
      {repositories.map((repository) => (
        <RepositoryPanel key={repository.id} repository={repository} several={repositories.length > 1} />
      ))}
      <May call="repositories.connect">
        <div className={styles['actions']}>
          <Button component={Link} to="/welcome">
            Connect another repository
          </Button>
        </div>
      </May>
    </>
  );
}
