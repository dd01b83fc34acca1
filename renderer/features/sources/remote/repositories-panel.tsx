/** The Git repositories that the newest snapshot of a source holds, with what has happened to them. */
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceState } from '../../../../shared/contract/live.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { useGitRepositories } from '../../../client/git.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './remote.module.css';

type Newest = NonNullable<SourceState['newest']>;

export function RepositoriesPanel({ source }: { readonly source: SourceState }) {
  const { newest } = source;
  if (newest === null) {
    return (
      <Panel title="Repositories">
        <EmptyState title="No snapshot yet">
          The repositories are listed here once the source has been protected for the first time.
        </EmptyState>
      </Panel>
    );
  }
  return <Repositories source={source} newest={newest} />;
}

function Repositories({ source, newest }: { readonly source: SourceState; readonly newest: Newest }) {
  const navigate = useNavigate();
  const primary = usePrimaryRepository();
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed, 150);
  const repository = newest.repository === '' ? (primary?.id ?? '') : newest.repository;
  const where = { repository, source: source.name, host: source.hostname };
  const found = useGitRepositories({ repository, snapshot: newest.snapshot }, filter);
  const losing = found.repositories.filter(({ lost }) => lost > 0);
  return (
    <Panel
      title={found.total === null ? 'Repositories' : `Repositories · ${formatCount(found.total)}`}
      aside={
        <Link to="/snapshots/git" search={where}>
          Look into them
        </Link>
      }
    >
      <div className={styles['fields']}>
        {losing.length === 0 ? null : (
          <Notice
            tone="part"
            title={
              losing.length === 1
                ? `${visibleText(losing[0]?.name ?? '')} has lost history at its server`
                : `${formatCount(losing.length)} repositories have lost history at their server`
            }
          >
            A forced push or a deletion has left commits behind. They are kept here: open the repository to look at
            them, or to give them back.
          </Notice>
        )}
        <div className={styles['line']}>
          <TextInput
            aria-label="Filter repositories"
            placeholder="Filter"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <span className={styles['dim']}>
            as of <DayTime at={newest.takenAt} />
            {found.matching === null || found.matching === found.total ? '' : `, ${formatCount(found.matching)} shown`}
          </span>
        </div>
        {found.problem === null ? (
          <GitRepositories
            rows={found.repositories}
            loading={found.waiting}
            onOpen={({ path }) => void navigate({ to: '/snapshots/git', search: { ...where, path } })}
            onEnd={found.fetchMore}
            maxHeight={340}
            empty={
              filter === '' ? (
                <EmptyState title="It holds no repository">
                  The run found none that the filters select, or none could be fetched: see its log.
                </EmptyState>
              ) : (
                <EmptyState title="No repository is called so" />
              )
            }
          />
        ) : (
          <ErrorNotice problem={found.problem} onRetry={found.askAgain} />
        )}
      </div>
    </Panel>
  );
}
