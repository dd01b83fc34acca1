/** Says when what is on screen is no longer the present, and since when. */
import { Button } from '@mantine/core';
import { useCallback } from 'react';
import { useClientSource } from '../client/client-context.tsx';
import { useConnection } from '../client/live-store.ts';
import type { Problem } from '../client/problem.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { clockTime } from '../components/format-time.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { Page } from '../components/page.tsx';
import { useTicking } from '../components/ticker.ts';
import styles from './shell.module.css';

export function ConnectionBanner() {
  const connection = useConnection();
  if (connection.state === 'reconnecting') return <Lost since={connection.since} />;
  if (connection.state === 'connecting' && connection.tries >= 2) {
    return <Banner words="The engine does not answer. It is tried again by itself." />;
  }
  return null;
}

function Lost({ since }: { readonly since: number }) {
  const words = useTicking(
    useCallback(
      (now: number) => {
        const ago = formatDuration(Math.max(0, Math.floor((now - since) / 1000)) * 1000);
        return `The connection with the engine was lost ${ago} ago. What is shown is of ${clockTime(since)}; jobs in the engine may go on.`;
      },
      [since],
    ),
  );
  return <Banner words={words} />;
}

function Banner({ words }: { readonly words: string }) {
  const { retryNow } = useClientSource();
  return (
    <div className={styles['banner']} role="region" aria-label="Connection">
      <span>{words}</span>
      <Button size="compact-xs" onClick={retryNow}>
        Try now
      </Button>
    </div>
  );
}

export function RefusedScreen({ problem }: { readonly problem: Problem }) {
  const { retryNow } = useClientSource();
  return (
    <Page title="The engine does not let this page in">
      <ErrorNotice problem={problem} onRetry={retryNow} />
    </Page>
  );
}
