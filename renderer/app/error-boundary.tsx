/** Keeps a fault of one screen from taking the page down, and says what can be done. */
import { Button } from '@mantine/core';
import { Component, useEffect, useRef, type ReactNode } from 'react';
import { useIsLive } from '../client/live-store.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Page } from '../components/page.tsx';
import { isNotFetched, troubleOf } from './fault-words.ts';

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
  const missing = isNotFetched(error);
  useReloadWhenBack(missing);
  return (
    <Page title={missing ? 'This screen could not be loaded' : 'This screen has a fault'}>
      <ErrorNotice problem={troubleOf(error)} />
      <div>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </div>
    </Page>
  );
}

/** Once, when a connection that was lost is back: what failed while it was there would fail again. */
function useReloadWhenBack(wanted: boolean): void {
  const live = useIsLive();
  const lost = useRef(false);
  useEffect(() => {
    if (!live) lost.current = true;
    else if (wanted && lost.current) window.location.reload();
  }, [wanted, live]);
}
