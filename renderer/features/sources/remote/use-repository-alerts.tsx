/** Open alerts of a source, as a list of its repositories shows them: which speak of which, and the way to them. */
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import type { GitRepository } from '../../../../shared/contract/git-repositories.ts';
import { useOpenAlerts } from '../../../client/alerts.ts';
import { alertsAbout } from '../../../components/git-repository-words.ts';

export function useRepositoryAlerts(source: string) {
  const open = useOpenAlerts();
  return useMemo(() => {
    const own = open.filter(({ subject }) => subject.kind === 'source' && subject.name === source);
    if (!own.some(({ rule }) => rule === 'part-missing' || rule === 'history-lost')) return undefined;
    return {
      about: (one: GitRepository) => alertsAbout(one, own),
      link: (words: string, title: string): ReactNode => (
        <Link
          to="/alerts"
          search={{ find: source }}
          title={title}
          aria-label={`${words} alerts: ${title}`}
          tabIndex={-1}
        >
          {words}
        </Link>
      ),
    };
  }, [open, source]);
}
