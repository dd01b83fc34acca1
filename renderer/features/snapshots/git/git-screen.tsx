/** Git repositories through time: the screen's entry. Its address says what is looked at. */
import { Link, useSearch } from '@tanstack/react-router';
import { useHasState, useRepositories } from '../../../client/live-store.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { GitComparePage } from './git-compare-page.tsx';
import { GitPage } from './git-page.tsx';
import { gitViewOf } from './git-view.ts';

export function GitScreen() {
  const search = useSearch({ from: '/snapshots/git' });
  const repositories = useRepositories();
  const hasState = useHasState();
  const view = gitViewOf(search, repositories);
  if (!hasState) {
    return (
      <Page title="Git">
        <Skeleton lines={8} />
      </Page>
    );
  }
  if (view === null) {
    return (
      <Page title="Git">
        <Panel>
          <EmptyState title="No source is named" action={<Link to="/snapshots">All snapshots</Link>}>
            Choose a source of Git repositories among those with snapshots.
          </EmptyState>
        </Panel>
      </Page>
    );
  }
  if (view.snapshot !== null && view.against !== null) {
    const { repository, snapshot, against, path } = view;
    return <GitComparePage key={[repository.id, snapshot, against, path].join(' ')} view={view} />;
  }
  return <GitPage key={`${view.repository.id} ${view.source} ${view.host ?? ''}`} view={view} />;
}
