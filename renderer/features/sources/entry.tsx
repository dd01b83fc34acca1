/** Sources: the screens' entry. */
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function SourcesScreen() {
  return (
    <Page title="Sources">
      <Skeleton />
    </Page>
  );
}

export function NewSourceScreen() {
  return (
    <Page title="Protect something new">
      <Skeleton />
    </Page>
  );
}

export function SourceScreen() {
  return (
    <Page title="Source">
      <Skeleton />
    </Page>
  );
}
