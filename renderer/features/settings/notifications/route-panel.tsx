/** One route: where it leads, how its last message went, what can be done with it. */
import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { Route } from '../../../../shared/contract/routes.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useMay } from '../../../client/me.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel, Tag } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { DeliveriesTable } from './deliveries-table.tsx';
import { RemoveRoute } from './remove-route.tsx';
import { definitionOfRoute, draftOfRoute, secretsOfRoute, type RouteDraft } from './route-draft.ts';
import { RouteForm } from './route-form.tsx';
import { TestRoute } from './test-route.tsx';
import { kindWords, leadsTo, levelWords, reminderWords } from './route-words.ts';

type Task = 'edit' | 'deliveries' | 'remove';

type RoutePanelProps = { readonly route: Route; readonly routes: readonly Route[] };

export function RoutePanel({ route, routes }: RoutePanelProps) {
  const [task, setTask] = useState<Task | null>(null);
  const mayChange = useMay('routes.update');
  const mayTest = useMay('routes.test');
  const update = useOrder(
    (client, draft: RouteDraft) =>
      client.routes.update({ id: route.id, route: definitionOfRoute(draft), secrets: secretsOfRoute(draft) }),
    [['routes.list']],
  );
  const { name, enabled, target } = route;
  const toggle = (next: Task) => setTask(task === next ? null : next);
  const problem = problemIn(update);
  return (
    <Panel>
      <section aria-label={`Route ${visibleText(name)}`}>
        <div className={styles['head']}>
          <h2 className={styles['name']}>{visibleText(name)}</h2>
          <Tag>{kindWords(target.kind)}</Tag>
          <span className={styles['spring']} />
          {mayChange ? (
            <Switch
              label={enabled ? 'on' : 'off'}
              aria-label={`Tell alerts by ${visibleText(name)}`}
              checked={enabled}
              disabled={update.isPending}
              onChange={({ currentTarget: { checked } }) => update.mutate({ ...draftOfRoute(route), enabled: checked })}
            />
          ) : (
            <StatusBadge tone={enabled ? 'good' : 'none'}>{enabled ? 'on' : 'off'}</StatusBadge>
          )}
        </div>
        <RouteFacts route={route} />
        {problem === null || task === 'edit' ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          {mayTest ? <TestRoute route={route} /> : null}
          {mayChange ? (
            <Button aria-expanded={task === 'edit'} onClick={() => toggle('edit')}>
              Edit
            </Button>
          ) : null}
          <Button aria-expanded={task === 'deliveries'} onClick={() => toggle('deliveries')}>
            Deliveries
          </Button>
          {mayChange && target.kind !== 'desktop' ? <Button onClick={() => setTask('remove')}>Remove…</Button> : null}
        </div>
        {task === 'edit' ? (
          <div className={styles['block']}>
            <RouteForm
              label={`Route ${visibleText(name)}`}
              begin={draftOfRoute(route)}
              before={route}
              routes={routes}
              verb="Save"
              busy={update.isPending}
              problem={problem}
              onSave={(draft) => update.mutate(draft, { onSuccess: () => setTask(null) })}
              onCancel={() => setTask(null)}
            />
          </div>
        ) : null}
        {task === 'deliveries' ? <DeliveriesTable route={route} /> : null}
        <RemoveRoute route={route} opened={task === 'remove'} onClose={() => setTask(null)} />
      </section>
    </Panel>
  );
}

function RouteFacts({ route }: { readonly route: Route }) {
  const { target, atLeast, remindEveryMs, last } = route;
  return (
    <Facts>
      <Fact name="Leads to">{visibleText(leadsTo(route))}</Fact>
      {target.kind === 'healthCheck' ? (
        <Fact name="Asked for">
          {target.source === null
            ? `every ${formatDuration(target.everyMs)}, while no error is open`
            : `after each good run of ${visibleText(target.source)}`}
          {target.tellsFailure ? '; with /fail where it is not well' : ''}
        </Fact>
      ) : (
        <Fact name="Tells">
          {levelWords(atLeast)}; {remindEveryMs === null ? 'no reminders' : `reminders ${reminderWords(remindEveryMs)}`}
        </Fact>
      )}
      <Fact name="Last delivery">
        {last === null ? (
          'none yet'
        ) : (
          <>
            <StatusBadge tone={last.state === 'sent' ? 'good' : 'fail'}>
              {last.state === 'sent' ? 'delivered' : 'failed'}
            </StatusBadge>{' '}
            <RelativeTime at={last.at} />
            {last.problem === null ? null : <div>{visibleText(last.problem)}</div>}
          </>
        )}
      </Fact>
    </Facts>
  );
}
