/** An address that leads nowhere. */
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';

export function NotFound() {
  return (
    <Page title="Nothing is here">
      <EmptyState title="This address leads to no screen." action={<Link to="/">Go to the overview</Link>}>
        It may come from another version of Holdfast.
      </EmptyState>
    </Page>
  );
}
