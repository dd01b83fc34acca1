/** Snapshots: the screen's entry. Its address says what is looked at: a source, a snapshot, a folder, a search. */
import { useSearch } from '@tanstack/react-router';

import { useHasState, useRepositories } from '../../client/live-store.ts';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { ComparePage } from './compare-page.tsx';
import { FindPage } from './find-page.tsx';
import { SnapshotPage } from './snapshot-page.tsx';
import { SourcesPage } from './sources-page.tsx';
import { viewOf } from './view.ts';

export { GitScreen } from './git/git-screen.tsx';

export function SnapshotsScreen() {
  const search = useSearch({ from: '/snapshots' });
  const repositories = useRepositories();
  const hasState = useHasState();
  const view = viewOf(search, repositories);
  if (!hasState) {
    return (
      <Page title="Snapshots">
        <Skeleton lines={8} />
      </Page>
    );
  }
  switch (view.kind) {
    case 'find':
      return <FindPage text={view.text} />;
    case 'compare':
      return <ComparePage key={`${view.snapshot} ${view.against}`} {...view} />;
    case 'source':
      return <SnapshotPage key={`${view.repository.id} ${view.source} ${view.host ?? ''}`} view={view} />;
    case 'sources':
      return <SourcesPage />;
  }
}
