/** One job for as long as somebody looks at it: live while it runs, and from the records once it is gone from there. */
import { useCallback } from 'react';
import type { Job } from '../../shared/contract/jobs.ts';
import { useAnswer } from './ask.ts';
import { useJob, useRepositories } from './live-store.ts';

export function useKnownJob(id: string): Job | undefined {
  const live = useJob(id);
  const kept = useAnswer(['jobs.show', id], (client, signal) => client.jobs.show({ job: id }, { signal }), {
    enabled: live === undefined,
  });
  return live ?? kept.data;
}

/** Work on a whole repository has its place for a title; people call it by its name. */
export function useJobNames(): (title: string) => string {
  const repositories = useRepositories();
  return useCallback((title) => repositories.find(({ location }) => location === title)?.name ?? title, [repositories]);
}
