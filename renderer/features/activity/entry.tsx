/** Activity: the screens' entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function ActivityScreen() {
  return (
    <Page title="Activity">
      <Skeleton />
    </Page>
  );
}

export function JobScreen() {
  return (
    <Page title="Job">
      <Skeleton />
    </Page>
  );
}
