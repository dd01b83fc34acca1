/** Subscriptions: what goes to whom, when, and what became of it. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Subscription } from '../../../shared/contract/reports.ts';
import { ruleWords } from '../../../shared/model/rule-words.ts';
import { recipientWords } from '../../../shared/model/subscriptions.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { LetterLog } from './letter-log.tsx';
import { OneSubscription } from './one-subscription.tsx';
import { SubscriptionForm } from './subscription-form.tsx';

export function SubscriptionsScreen() {
  const navigate = useNavigate();
  const { name } = useSearch({ from: '/reports/subscriptions' });
  const [editing, setEditing] = useState<Subscription | 'new' | null>(null);
  const answer = useAnswer(['subscriptions.list'], (client, signal) => client.subscriptions.list({}, { signal }));
  const problem = problemIn(answer);
  const subscriptions = answer.data?.subscriptions ?? [];
  const chosen = subscriptions.find((one) => one.name === name);
  return (
    <Page
      title="Subscriptions"
      sub={
        <>
          <Link to="/reports">Reports</Link> · sent to people and programs, by a schedule
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'subscription', 'list']]} />
          <May call="subscriptions.add">
            <Button variant="filled" onClick={() => setEditing('new')}>
              Add a subscription…
            </Button>
          </May>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {editing === null ? null : (
        <SubscriptionForm
          key={editing === 'new' ? '' : editing.name}
          before={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
      <Panel title="Subscriptions" flush>
        <DataTable
          label="Subscriptions"
          columns={columns}
          rows={subscriptions}
          keyOf={(one) => one.name}
          loading={answer.isPending}
          failed={answer.isError}
          onOpen={(one) => void navigate({ to: '/reports/subscriptions', search: { name: one.name } })}
          currentKey={chosen?.name}
          maxHeight={320}
          empty={
            <EmptyState title="No subscription yet">
              A subscription sends reports to an address, or by a route of alerts, every day, week or month. Nothing is
              sent to anybody who is not named in one.
            </EmptyState>
          }
        />
      </Panel>
      {chosen === undefined ? null : <OneSubscription subscription={chosen} onEdit={() => setEditing(chosen)} />}
      <LetterLog name={chosen?.name} />
    </Page>
  );
}

const columns: readonly Column<Subscription>[] = [
  { id: 'name', header: 'Subscription', width: 'minmax(120px, 1fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
  { id: 'to', header: 'To', width: 'minmax(130px, 1fr)', cell: ({ to }) => visibleText(recipientWords(to)) },
  { id: 'reports', header: 'Reports', width: 'minmax(120px, 1.4fr)', cell: ({ reports }) => reports.join(', ') },
  {
    id: 'when',
    header: 'When',
    width: 'minmax(110px, 0.8fr)',
    cell: ({ when }) => (when === null ? 'when asked for' : ruleWords(when)),
  },
  {
    id: 'next',
    header: 'Next',
    width: '140px',
    minTable: 820,
    cell: ({ nextAt, suspended }) =>
      suspended !== null ? 'suspended' : nextAt === null ? '–' : <DayTime at={nextAt} />,
  },
  { id: 'state', header: 'Last', width: '160px', cell: (one) => <Last subscription={one} /> },
];

function Last({ subscription: { last, problem } }: { readonly subscription: Subscription }) {
  if (problem !== null)
    return (
      <StatusBadge tone="fail" title={visibleText(problem)}>
        cannot be sent
      </StatusBadge>
    );
  if (last === null) return 'nothing sent yet';
  if (last.state === 'sent') return <StatusBadge tone="good">arrived</StatusBadge>;
  return (
    <StatusBadge tone="fail" title={visibleText(last.problem ?? '')}>
      did not arrive
    </StatusBadge>
  );
}
