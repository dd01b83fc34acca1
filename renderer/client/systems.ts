/** What live state tells of system snapshots, which are no part of it: that an answer about them is old. */
import { useCallback } from 'react';
import { useLive, useRepositories } from './live-store.ts';

/** Another text whenever a system snapshot may have begun, got a part, or ended. */
export function useSystemsChange(): string {
  return useLive(({ repositories, jobs }) => {
    const revisions = [...repositories.values()].map(({ id, revision }) => `${id} ${revision}`);
    const working = [...jobs.values()]
      .filter(({ kind }) => kind === 'system')
      .map(({ id, state, progress }) => `${id} ${state} ${progress?.phase ?? ''}`);
    return [...revisions, ...working].join();
  });
}

/** From the id in the config of a repository to that of its connection. */
export function useConnectionOf(): (repository: string) => string | undefined {
  const repositories = useRepositories();
  return useCallback(
    (repository: string) => repositories.find((one) => one.repository === repository)?.id,
    [repositories],
  );
}
