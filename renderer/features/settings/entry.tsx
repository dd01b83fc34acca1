/** Settings: the screen's entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function SettingsScreen() {
  return (
    <Page title="Settings">
      <Skeleton />
    </Page>
  );
}
