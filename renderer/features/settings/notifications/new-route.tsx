/** Adds a route: which kind, and what it takes. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Route } from '../../../../shared/contract/routes.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { Panel } from '../../../components/page.tsx';
import styles from '../settings.module.css';
import { definitionOfRoute, newRoute, secretsOfRoute, type RouteDraft, type RouteKind } from './route-draft.ts';
import { RouteForm } from './route-form.tsx';

const kinds: readonly { readonly value: Exclude<RouteKind, 'desktop'>; readonly label: string }[] = [
  { value: 'mail', label: 'Mail' },
  { value: 'webhook', label: 'Webhook' },
  { value: 'healthCheck', label: 'Health check' },
];

const explained: Readonly<Record<Exclude<RouteKind, 'desktop'>, string>> = {
  mail: 'Alerts as letters, by a mail server that takes them.',
  webhook: 'Alerts as HTTP requests: for Slack, Mattermost, ntfy, or a program of your own.',
  healthCheck:
    'An address that is asked for while all is well, so that whoever waits there notices when this machine is silent.',
};

type NewRouteProps = {
  readonly routes: readonly Route[];
  readonly keepsSecrets: boolean;
  readonly onClose: () => void;
};

export function NewRoute({ routes, keepsSecrets, onClose }: NewRouteProps) {
  const [kind, setKind] = useState<Exclude<RouteKind, 'desktop'>>('mail');
  const order = useOrder(
    (client, draft: RouteDraft) =>
      client.routes.add({ route: definitionOfRoute(draft), secrets: secretsOfRoute(draft) }),
    [['routes.list']],
  );
  return (
    <Panel title="New route">
      <div className={styles['labelled']}>
        <SegmentedControl
          aria-label="Kind"
          data={kinds.map((one) => ({ ...one, disabled: !keepsSecrets && one.value !== 'mail' }))}
          value={kind}
          onChange={setKind}
        />
        <span className={styles['aside']}>{explained[kind]}</span>
      </div>
      <RouteForm
        key={kind}
        label="New route"
        begin={newRoute(kind)}
        before={null}
        routes={routes}
        verb="Add"
        busy={order.isPending}
        problem={problemIn(order)}
        onSave={(draft) => order.mutate(draft, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Panel>
  );
}
