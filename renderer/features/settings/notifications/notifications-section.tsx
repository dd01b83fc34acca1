/** Where alerts are told: routes, each with its test, its deliveries and its changes. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { problemIn } from '../../../client/ask.ts';
import { useRoutes } from '../../../client/alerts.ts';
import { useLive } from '../../../client/live-store.ts';
import { useRefusal } from '../../../client/me.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import styles from '../settings.module.css';
import { NewRoute } from './new-route.tsx';
import { RoutePanel } from './route-panel.tsx';

export function NotificationsSection() {
  const answer = useRoutes();
  const refusal = useRefusal('routes.add');
  const keepsSecrets = useLive((live) => (live.engine?.secretStore ?? null) !== null);
  const [adding, setAdding] = useState(false);
  const problem = problemIn(answer);
  const routes = answer.data?.routes ?? [];
  return (
    <>
      <p className={styles['lead']}>
        An alert is told once when it is raised, again in the interval of each route as long as nobody sees to it, and
        once when it is over. What succeeds is not told.
      </p>
      {refusal === null ? null : (
        <Notice tone="none" title={`Changing where alerts are told needs the role ${refusal.required}`}>
          Routes name hosts that are contacted, with secrets. You are signed in with the role {refusal.role}.
        </Notice>
      )}
      {keepsSecrets ? null : <NoStore />}
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={4} /> : null}
      {answer.isSuccess && routes.length === 0 && !adding ? (
        <Panel>
          <EmptyState title="Nobody is told of alerts">
            They stand on the screen Alerts alone. A mail or a webhook reaches whoever does not look.
          </EmptyState>
        </Panel>
      ) : null}
      {routes.map((route) => (
        <RoutePanel key={route.id} route={route} routes={routes} />
      ))}
      {adding ? <NewRoute routes={routes} keepsSecrets={keepsSecrets} onClose={() => setAdding(false)} /> : null}
      {refusal !== null || adding || !answer.isSuccess ? null : (
        <div className={styles['actions']}>
          <Button variant={routes.length === 0 ? 'filled' : 'default'} onClick={() => setAdding(true)}>
            Add a route
          </Button>
        </div>
      )}
    </>
  );
}

function NoStore() {
  return (
    <Notice tone="part" title="This engine can keep no secrets">
      Addresses of webhooks and health checks, passwords and tokens would be forgotten with it, so only mail without a
      password can be added. The desktop program keeps secrets in the keychain; <code>holdfast serve</code> does in a
      sealed file when it is started with <code>HOLDFAST_PASSPHRASE</code>.
    </Notice>
  );
}
