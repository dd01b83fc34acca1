/** Overview: the screen's entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function OverviewScreen() {
  return (
    <Page title="Overview">
      <Skeleton />
    </Page>
  );
}
