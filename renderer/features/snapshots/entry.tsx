/** Snapshots: the screen's entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function SnapshotsScreen() {
  return (
    <Page title="Snapshots">
      <Skeleton />
    </Page>
  );
}
