/** The Git repositories that the newest snapshot of a source holds or should hold, with what has become of each. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { SourceState } from '../../../../shared/contract/live.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { useGitRepositories, useRepositorySearch, type FoundGit } from '../../../client/git.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { choicesIn, isTold, sayTrouble } from '../../../components/git-repository-words.ts';
import { Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { RepositoryBar } from '../../../components/repository-bar.tsx';
import { useNewestSnapshot, type NewestSnapshot } from './use-newest-snapshot.ts';
import { useRepositoryAlerts } from './use-repository-alerts.tsx';
import styles from './remote.module.css';

export function RepositoriesPanel({ source }: { readonly source: SourceState }) {
  const newest = useNewestSnapshot(source);
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

function Repositories({ source, newest }: { readonly source: SourceState; readonly newest: NewestSnapshot }) {
  const navigate = useNavigate();
  const { question, typed, onTyped, only, onOnly, sort, onSort } = useRepositorySearch();
  const where = { repository: newest.repository, source: source.name, host: source.hostname };
  const found = useGitRepositories(newest, question);
  const alerts = useRepositoryAlerts(source.name);
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
        <Troubled found={found} onShow={() => onOnly(found.counts?.trouble === 0 ? 'lfs' : 'trouble')} />
        <RepositoryBar {...{ typed, onTyped, only, onOnly }} counts={found.counts} matching={found.matching}>
          <span className={styles['dim']}>
            as of <DayTime at={newest.takenAt} />
          </span>
        </RepositoryBar>
        {found.problem === null ? (
          <GitRepositories
            window={found.window}
            only={only}
            shows={isTold(found) ? 'facts' : 'refs'}
            alerts={alerts}
            loading={found.waiting}
            {...{ sort, onSort }}
            onOpen={({ path }) => void navigate({ to: '/snapshots/git', search: { ...where, path } })}
            maxHeight={440}
            empty={
              found.total === 0 ? (
                <EmptyState title="It holds no repository">
                  The run found none that the filters select, or none could be fetched: see its log.
                </EmptyState>
              ) : (
                <EmptyState title="No repository is like that" />
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

/** Said before the list, whatever it is sorted by: none of it is to be found out by scrolling. */
function Troubled({ found: { counts }, onShow }: { readonly found: FoundGit; readonly onShow: () => void }) {
  if (counts === null) return null;
  const words = sayTrouble(counts);
  const large = counts.lfs;
  if (words === null && large === 0) return null;
  const many = counts.trouble === 0 ? large : counts.trouble;
  return (
    <Notice
      tone={counts.failed + counts.blocked > 0 ? 'fail' : 'part'}
      title={`${formatCount(many)} of ${formatCount(counts.all)} ${many === 1 ? 'is' : 'are'} not whole${words === null ? '' : `: ${words}`}`}
      actions={choicesIn(counts).length > 2 ? <Button onClick={onShow}>Show them</Button> : undefined}
    >
      {words === null ? null : 'What was fetched of them before is kept, in this snapshot too. '}
      {large === 0
        ? null
        : `Of ${formatCount(large)}, objects of Git LFS are missing: a restore cannot give those back.`}
    </Notice>
  );
}
