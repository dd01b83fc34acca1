/** Recovery: the screen's entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function RecoveryScreen() {
  return (
    <Page title="Recovery">
      <Skeleton />
    </Page>
  );
}

export function RestoreScreen() {
  return (
    <Page title="Restore">
      <Skeleton />
    </Page>
  );
}
