/** Keeps a fault of one screen from taking the page down, and says what can be done. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ProblemError } from '../client/problem.ts';
import { ErrorNotice, type Trouble } from '../components/error-notice.tsx';
import { Page } from '../components/page.tsx';

type Props = { readonly children: ReactNode };

export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override readonly state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <FaultScreen error={this.state.error} />;
  }
}

/** What the router shows in the place of a screen that threw. */
export function FaultScreen({ error }: { readonly error: unknown }) {
  return (
    <Page title="This screen has a fault">
      <ErrorNotice problem={troubleOf(error)} />
      <div>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </div>
    </Page>
  );
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof ProblemError) return error.problem;
  return {
    code: 'PAGE_FAULT',
    message: error instanceof Error ? error.message : 'The page came upon something it was not made for.',
    meaning: 'Only this page is affected; what runs in the engine goes on.',
    action: 'Reload the page, and report it if it comes back.',
  };
}
