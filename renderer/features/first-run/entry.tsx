/** Welcome to Holdfast: the screen's entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function FirstRunScreen() {
  return (
    <Page title="Welcome to Holdfast">
      <Skeleton />
    </Page>
  );
}
